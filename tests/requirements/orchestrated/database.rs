use paymig::aws::{
    CloudwatchLogGroup, DbSubnetGroup, IamRole, IamRolePolicyAttachment, RdsCluster,
    RdsClusterInstance, RdsClusterParameterGroup, RdsGlobalCluster, SecretsmanagerSecret,
    SecretsmanagerSecretVersion, SecurityGroup,
};
use paymig::aws::{KmsKey, ephemeral};
use paymig::tree::Argument as A;

use crate::mutation::{dropped, removed, weakened, weakened_in};
use crate::queries::database;
use crate::row::{Row, SERVING, query};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "000-DB-1",
            "Aurora PostgreSQL takes writes in us-east-1 and is read in us-east-2.",
        )
        .holds(query!(
            database::aurora_postgresql_in_both_regions,
            [
                removed::<RdsCluster>(),
                removed::<RdsGlobalCluster>(),
                weakened(A::<RdsCluster>::engine()),
                dropped(A::<RdsCluster>::global_cluster_identifier()),
                dropped(A::<RdsCluster>::source_region()),
            ]
        ))
        .holds(query!(
            database::readers_in_both_regions,
            SERVING,
            [
                removed::<RdsClusterInstance>(),
                dropped(A::<RdsClusterInstance>::cluster_identifier()),
            ]
        ))
        .holds(query!(
            database::a_writer_at_least,
            [removed::<RdsClusterInstance>()
                .within("database/payments/primary")
                .at_once()]
        ))
        .tested(
            "tests/engine/systems.rs",
            "an_orchestrated_migration_lives_and_leaves",
        )
        .tested(
            "tests/engine/documents.rs",
            "a_phase_replaces_nothing_that_keeps_data",
        ),
        Row::new(
            "000-DB-2",
            "Databases are encrypted at rest, with keys of the system.",
        )
        .holds(query!(
            database::databases_are_encrypted,
            [
                weakened(A::<RdsCluster>::storage_encrypted()),
                dropped(A::<RdsCluster>::storage_encrypted()),
                dropped(A::<RdsCluster>::kms_key_id()),
                weakened(A::<RdsGlobalCluster>::storage_encrypted()),
                dropped(A::<RdsClusterInstance>::performance_insights_kms_key_id()),
                removed::<KmsKey>().within("key/database"),
            ]
        )),
        Row::new("000-DB-3", "Databases are encrypted in transit.").holds(query!(
            database::databases_take_tls_only,
            [
                removed::<RdsClusterParameterGroup>(),
                weakened(A::<RdsClusterParameterGroup>::parameter()),
                weakened_in(A::<RdsClusterParameterGroup>::parameter(), "value"),
            ]
        )),
        Row::new(
            "000-DB-4",
            "Changes can be captured on either side, so that replication can turn around.",
        )
        .holds(query!(
            database::databases_tell_their_changes,
            [weakened_in(
                A::<RdsClusterParameterGroup>::parameter(),
                "value"
            )]
        )),
        Row::new("000-DB-5", "Nobody reaches a database from outside.").holds(query!(
            database::instances_are_private,
            [
                weakened(A::<RdsClusterInstance>::publicly_accessible()),
                dropped(A::<RdsCluster>::vpc_security_group_ids()),
                removed::<SecurityGroup>().within("database/payments/primary"),
                removed::<DbSubnetGroup>(),
            ]
        )),
        Row::new(
            "000-DB-6",
            "The database's log tells who came and what they might do, and no card data.",
        )
        .holds(query!(
            database::databases_log_who_came_but_no_values,
            [
                weakened(A::<RdsCluster>::enabled_cloudwatch_logs_exports()),
                removed::<CloudwatchLogGroup>().within("database/payments/primary/logs"),
                removed::<CloudwatchLogGroup>().within("database/payments/replica/logs"),
                weakened_in(A::<RdsClusterParameterGroup>::parameter(), "value"),
            ]
        )),
        Row::new(
            "000-DB-7",
            "Passwords come from Secrets Manager and are in no state.",
        )
        .holds(query!(
            database::passwords_are_in_no_state,
            [
                removed::<ephemeral::SecretsmanagerSecretVersion>(),
                removed::<SecretsmanagerSecretVersion>().within("database/payments/master"),
                removed::<ephemeral::SecretsmanagerRandomPassword>(),
                removed::<SecretsmanagerSecret>(),
            ]
        )),
        Row::new(
            "000-DB-10",
            "Instances report what they do, for who looks for the cause of a delay.",
        )
        .holds(query!(
            database::instances_report_what_they_do,
            [
                weakened(A::<RdsClusterInstance>::monitoring_interval()),
                dropped(A::<RdsClusterInstance>::monitoring_role_arn()),
                weakened(A::<RdsClusterInstance>::performance_insights_enabled()),
                removed::<IamRole>().within("database/payments/monitoring"),
                removed::<IamRolePolicyAttachment>(),
            ]
        )),
        Row::new("000-DB-8", "A database can be restored.").holds(query!(
            database::databases_are_backed_up,
            [
                weakened(A::<RdsCluster>::backup_retention_period()),
                dropped(A::<RdsCluster>::backup_retention_period()),
            ]
        )),
        Row::new(
            "000-DB-9",
            "DMS loads all rows and then captures changes, without a gap.",
        )
        .see("000-REP-1"),
    ]
}
