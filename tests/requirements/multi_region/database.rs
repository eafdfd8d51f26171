use paymig::aws::{
    CloudwatchEventRule, CloudwatchEventTarget, CloudwatchLogGroup, CloudwatchMetricAlarm,
    DbSubnetGroup, DmsCertificate, DmsEndpoint, DmsReplicationInstance, DmsReplicationSubnetGroup,
    DmsReplicationTask, IamRole, KmsKey, RdsCluster, RdsClusterInstance, RdsClusterParameterGroup,
    RdsGlobalCluster, SecretsmanagerSecretVersion, SecurityGroup, VpcSecurityGroupEgressRule,
    VpcSecurityGroupIngressRule, data,
};
use paymig::terraform::tree::Argument as A;

use crate::asked;
use crate::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::queries::{database, legacy, replication};
use crate::row::{MIGRATING, Row, query};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "002-DB-1",
            "An Aurora PostgreSQL global database takes writes in us-east-1 and is read in us-east-2.",
        )
        .holds(asked::database::aurora_postgresql_in_both_regions())
        .holds(asked::database::readers_in_both_regions())
        .holds(query!(
            database::a_writer_at_least,
            [removed::<RdsClusterInstance>()
                .within("database/payments/primary")
                .at_once()]
        ))
        .tested(
            "tests/terraform/harness.rs",
            "a_global_database_applies_replans_empty_and_is_destroyed",
        ),
        Row::new(
            "002-DB-2",
            "It is backed up by itself, and can be restored to any second of five weeks.",
        )
        .holds(asked::database::databases_are_backed_up()),
        Row::new(
            "002-DB-3",
            "It is encrypted at rest with keys of the system, one in each region.",
        )
        .holds(query!(
            database::databases_are_encrypted,
            [
                weakened(A::<RdsCluster>::storage_encrypted()),
                dropped(A::<RdsCluster>::kms_key_id()),
                weakened(A::<RdsGlobalCluster>::storage_encrypted()),
                dropped(A::<RdsClusterInstance>::performance_insights_kms_key_id()),
                removed::<KmsKey>().within("key/database"),
            ]
        )),
        Row::new("002-DB-4", "It refuses connections that are not encrypted.").holds(asked::database::databases_take_tls_only()),
        Row::new(
            "002-DB-5",
            "It stands in private subnets; who is let in is named, in the other region and in the old network too.",
        )
        .holds(query!(
            database::instances_are_private,
            [
                weakened(A::<RdsClusterInstance>::publicly_accessible()),
                dropped(A::<RdsCluster>::vpc_security_group_ids()),
                removed::<SecurityGroup>().within("database/payments/primary"),
                removed::<SecurityGroup>().within("database/payments/replica"),
                removed::<DbSubnetGroup>(),
            ]
        ))
        .holds(query!(
            legacy::the_new_database_lets_other_networks_in,
            MIGRATING,
            [removed::<VpcSecurityGroupIngressRule>().within("database/payments/admits")]
        )),
        Row::new(
            "002-DB-6",
            "Its passwords are drawn, kept in Secrets Manager, and in no state.",
        )
        .holds(asked::database::passwords_are_in_no_state()),
        Row::new(
            "002-DB-7",
            "Its logs tell who came and no card data; instances report what they do.",
        )
        .holds(query!(
            database::databases_log_who_came_but_no_values,
            [
                weakened(A::<RdsCluster>::enabled_cloudwatch_logs_exports()),
                removed::<CloudwatchLogGroup>().within("database/payments/primary/logs"),
                removed::<CloudwatchLogGroup>().within("database/payments/replica/logs"),
                weakened_in(A::<RdsClusterParameterGroup>::parameter(), "value"),
            ]
        ))
        .holds(asked::database::instances_report_what_they_do()),
        Row::new(
            "002-DB-8",
            "The rows of the old database are loaded and followed while it serves, and the way back is kept open.",
        )
        .holds(query!(
            replication::rows_are_loaded_and_followed_both_ways,
            MIGRATING,
            [
                removed::<DmsReplicationTask>(),
                removed::<DmsReplicationInstance>(),
                removed::<DmsEndpoint>(),
                weakened(A::<DmsReplicationTask>::migration_type()),
            ]
        ))
        .holds(asked::database::databases_tell_their_changes())
        .holds(asked::replication::replication_stops_at_what_it_cannot_do())
        .holds(query!(
            replication::instances_log_into_a_group_of_the_stack,
            MIGRATING,
            [removed::<CloudwatchLogGroup>().within("replication/payments/log-group")]
        ))
        .holds(query!(
            replication::instances_have_subnets_of_their_own,
            [
                removed::<DmsReplicationSubnetGroup>(),
                redirected(
                    A::<DmsReplicationSubnetGroup>::subnet_ids(),
                    "network/primary/subnet/private-a"
                ),
            ]
        ))
        .holds(query!(
            replication::instances_are_sealed,
            MIGRATING,
            [
                weakened(A::<DmsReplicationInstance>::publicly_accessible()),
                dropped(A::<DmsReplicationInstance>::kms_key_arn()),
                removed::<SecurityGroup>().within("replication"),
                removed::<data::IamRoles>(),
            ]
        ))
        .holds(asked::replication::instances_stand_in_two_zones())
        .holds(query!(
            replication::endpoints_use_tls_and_secrets,
            MIGRATING,
            [
                weakened(A::<DmsEndpoint>::ssl_mode()),
                removed::<DmsCertificate>(),
                dropped(A::<DmsEndpoint>::secrets_manager_arn()),
                removed::<IamRole>().within("replication"),
                removed::<SecretsmanagerSecretVersion>().within("replication/payments/source-user"),
                removed::<SecretsmanagerSecretVersion>().within("replication/payments/target-user"),
            ]
        ))
        .holds(query!(
            legacy::what_replicates_reaches_both_databases,
            MIGRATING,
            [
                removed::<VpcSecurityGroupEgressRule>()
                    .within("replication/payments/security-group"),
                removed::<VpcSecurityGroupIngressRule>()
                    .within("replication/payments/security-group"),
            ]
        )),
        Row::new(
            "002-DB-9",
            "Replication that lags or fails raises an alarm.",
        )
        .holds(query!(
            replication::lag_is_noticed,
            MIGRATING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/replication"),
                weakened(A::<CloudwatchMetricAlarm>::threshold()).within("alarms/replication"),
                weakened(A::<CloudwatchMetricAlarm>::metric_name()).within("alarms/replication"),
            ]
        ))
        .holds(query!(
            replication::failures_are_told,
            MIGRATING,
            [
                removed::<CloudwatchEventRule>().within("replication"),
                removed::<CloudwatchEventTarget>().within("replication"),
            ]
        )),
    ]
}
