//! Shared evidence about replication between databases.

use paymig::aws::{
    CloudwatchEventRule, CloudwatchEventTarget, CloudwatchLogGroup, CloudwatchMetricAlarm,
    DmsCertificate, DmsEndpoint, DmsReplicationInstance, DmsReplicationSubnetGroup,
    DmsReplicationTask, IamRole, SecretsmanagerSecretVersion, SecurityGroup,
    VpcSecurityGroupEgressRule, VpcSecurityGroupIngressRule, data,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::framework::requirement::{MIGRATING, Query, query};
use crate::queries::replication;

pub(crate) fn endpoints_use_tls_and_secrets() -> Query {
    query!(
        replication::endpoints_use_tls_and_secrets,
        MIGRATING,
        [
            weakened(A::<DmsEndpoint>::ssl_mode()),
            removed::<DmsCertificate>(),
            dropped(A::<DmsEndpoint>::secrets_manager_arn()),
            dropped(A::<DmsEndpoint>::kms_key_arn()),
            removed::<IamRole>().within("replication"),
            removed::<SecretsmanagerSecretVersion>().within("replication/payments/source-user"),
            removed::<SecretsmanagerSecretVersion>().within("replication/payments/target-user"),
        ]
    )
}

pub(crate) fn failures_are_notified() -> Query {
    query!(
        replication::failures_are_notified,
        MIGRATING,
        [
            removed::<CloudwatchEventRule>().within("replication"),
            removed::<CloudwatchEventTarget>().within("replication"),
            weakened(A::<CloudwatchEventRule>::event_pattern()).within("replication"),
            weakened_in(A::<CloudwatchEventRule>::event_pattern(), "eventType")
                .within("replication"),
            removed::<CloudwatchMetricAlarm>().within("replication/payments/stops"),
        ]
    )
}

pub(crate) fn instances_are_private_and_encrypted() -> Query {
    query!(
        replication::instances_are_private_and_encrypted,
        MIGRATING,
        [
            weakened(A::<DmsReplicationInstance>::publicly_accessible()),
            dropped(A::<DmsReplicationInstance>::kms_key_arn()),
            removed::<DmsReplicationSubnetGroup>(),
            removed::<SecurityGroup>().within("replication"),
            removed::<data::IamRoles>(),
        ]
    )
}

pub(crate) fn instances_log_to_a_log_group_of_the_stack() -> Query {
    query!(
        replication::instances_log_to_a_log_group_of_the_stack,
        MIGRATING,
        [
            removed::<CloudwatchLogGroup>().within("replication/payments/log-group"),
            weakened(A::<CloudwatchLogGroup>::name()).within("replication/payments/log-group"),
        ]
    )
}

pub(crate) fn instances_reach_both_databases() -> Query {
    query!(
        replication::instances_reach_both_databases,
        MIGRATING,
        [
            removed::<VpcSecurityGroupEgressRule>().within("replication"),
            removed::<VpcSecurityGroupIngressRule>().within("replication"),
            weakened(A::<VpcSecurityGroupEgressRule>::to_port()).within("replication"),
        ]
    )
}

pub(crate) fn instances_are_multi_az() -> Query {
    query!(
        replication::instances_are_multi_az,
        MIGRATING,
        [weakened(A::<DmsReplicationInstance>::multi_az())]
    )
}

pub(crate) fn replication_lag_has_an_alarm() -> Query {
    query!(
        replication::replication_lag_has_an_alarm,
        MIGRATING,
        [
            removed::<CloudwatchMetricAlarm>().within("alarms/replication"),
            weakened(A::<CloudwatchMetricAlarm>::dimensions()).within("alarms/replication"),
            weakened(A::<CloudwatchMetricAlarm>::threshold()).within("alarms/replication"),
            weakened(A::<CloudwatchMetricAlarm>::metric_name()).within("alarms/replication"),
        ]
    )
}

pub(crate) fn replication_stops_at_errors() -> Query {
    query!(
        replication::replication_stops_at_errors,
        MIGRATING,
        [
            weakened(A::<DmsReplicationTask>::replication_task_settings()),
            dropped(A::<DmsReplicationTask>::table_mappings()),
        ]
    )
}

pub(crate) fn rows_are_loaded_and_replicated_both_ways() -> Query {
    query!(
        replication::rows_are_loaded_and_replicated_both_ways,
        MIGRATING,
        [
            removed::<DmsReplicationTask>(),
            removed::<DmsReplicationInstance>(),
            removed::<DmsEndpoint>(),
            weakened(A::<DmsReplicationTask>::migration_type()),
            redirected(
                A::<DmsReplicationTask>::source_endpoint_arn(),
                "replication/payments/endpoint/target"
            ),
        ]
    )
}
