//! Shared evidence about the clusters of databases.

use paymig::aws::{
    CloudwatchLogGroup, DbSubnetGroup, IamRole, IamRolePolicyAttachment, KmsKey, RdsCluster,
    RdsClusterInstance, RdsClusterParameterGroup, RdsGlobalCluster, SecretsmanagerSecret,
    SecretsmanagerSecretVersion, SecurityGroup, ephemeral,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, removed, weakened, weakened_in};
use crate::framework::requirement::{Query, SERVING, query};
use crate::queries::database;

pub(crate) fn clusters_have_an_instance() -> Query {
    query!(
        database::clusters_have_an_instance,
        [removed::<RdsClusterInstance>().at_once()]
    )
}

pub(crate) fn aurora_postgresql_in_both_regions() -> Query {
    query!(
        database::aurora_postgresql_in_both_regions,
        [
            removed::<RdsCluster>(),
            removed::<RdsGlobalCluster>(),
            weakened(A::<RdsCluster>::engine()),
            dropped(A::<RdsCluster>::global_cluster_identifier()),
            dropped(A::<RdsCluster>::source_region()),
        ]
    )
}

pub(crate) fn databases_are_backed_up() -> Query {
    query!(
        database::databases_are_backed_up,
        [
            weakened(A::<RdsCluster>::backup_retention_period()),
            dropped(A::<RdsCluster>::backup_retention_period()),
        ]
    )
}

pub(crate) fn databases_are_encrypted() -> Query {
    query!(
        database::databases_are_encrypted,
        [
            weakened(A::<RdsCluster>::storage_encrypted()),
            dropped(A::<RdsCluster>::kms_key_id()),
            dropped(A::<RdsClusterInstance>::performance_insights_kms_key_id()),
            removed::<KmsKey>().within("key/database"),
        ]
    )
}

pub(crate) fn databases_log_connections_but_no_data() -> Query {
    query!(
        database::databases_log_connections_but_no_data,
        [
            weakened(A::<RdsCluster>::enabled_cloudwatch_logs_exports()),
            removed::<CloudwatchLogGroup>().within("database/payments/primary/logs"),
            weakened_in(A::<RdsClusterParameterGroup>::parameter(), "value"),
        ]
    )
}

pub(crate) fn databases_accept_tls_only() -> Query {
    query!(
        database::databases_accept_tls_only,
        [
            removed::<RdsClusterParameterGroup>(),
            weakened(A::<RdsClusterParameterGroup>::parameter()),
            weakened_in(A::<RdsClusterParameterGroup>::parameter(), "value"),
        ]
    )
}

pub(crate) fn databases_record_changes_for_cdc() -> Query {
    query!(
        database::databases_record_changes_for_cdc,
        [weakened_in(
            A::<RdsClusterParameterGroup>::parameter(),
            "value"
        )]
    )
}

pub(crate) fn instances_are_private() -> Query {
    query!(
        database::instances_are_private,
        [
            weakened(A::<RdsClusterInstance>::publicly_accessible()),
            dropped(A::<RdsCluster>::vpc_security_group_ids()),
            removed::<SecurityGroup>().within("database/payments/primary"),
            removed::<DbSubnetGroup>(),
        ]
    )
}

pub(crate) fn instances_publish_performance_data() -> Query {
    query!(
        database::instances_publish_performance_data,
        [
            weakened(A::<RdsClusterInstance>::monitoring_interval()),
            dropped(A::<RdsClusterInstance>::monitoring_role_arn()),
            weakened(A::<RdsClusterInstance>::performance_insights_enabled()),
            removed::<IamRole>().within("database/payments/monitoring"),
            removed::<IamRolePolicyAttachment>(),
        ]
    )
}

pub(crate) fn passwords_are_not_in_the_state() -> Query {
    query!(
        database::passwords_are_not_in_the_state,
        [
            removed::<ephemeral::SecretsmanagerSecretVersion>(),
            removed::<SecretsmanagerSecretVersion>().within("database/payments/master"),
            removed::<ephemeral::SecretsmanagerRandomPassword>(),
            removed::<SecretsmanagerSecret>(),
        ]
    )
}

pub(crate) fn readers_in_both_regions() -> Query {
    query!(
        database::readers_in_both_regions,
        SERVING,
        [
            removed::<RdsClusterInstance>(),
            dropped(A::<RdsClusterInstance>::cluster_identifier()),
        ]
    )
}
