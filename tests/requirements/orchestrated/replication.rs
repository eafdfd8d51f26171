use paymig::aws::{
    CloudwatchEventRule, CloudwatchEventTarget, CloudwatchLogGroup, CloudwatchMetricAlarm,
    DmsCertificate, DmsEndpoint, DmsReplicationInstance, DmsReplicationSubnetGroup,
    DmsReplicationTask, IamRole, SecretsmanagerSecretVersion, SecurityGroup,
    VpcSecurityGroupEgressRule, VpcSecurityGroupIngressRule, data,
};
use paymig::tree::Argument as A;

use crate::mutation::{dropped, redirected, removed, weakened};
use crate::queries::replication;
use crate::row::{MIGRATING, Row, query};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "000-REP-1",
            "DMS loads all rows and then captures changes, and can do so in the other direction.",
        )
        .holds(query!(
            replication::rows_are_loaded_and_followed_both_ways,
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
        ))
        .holds(query!(
            replication::replication_stops_at_what_it_cannot_do,
            MIGRATING,
            [
                weakened(A::<DmsReplicationTask>::replication_task_settings()),
                dropped(A::<DmsReplicationTask>::table_mappings()),
            ]
        ))
        .holds(query!(
            replication::instances_log_into_a_group_of_the_stack,
            MIGRATING,
            [
                removed::<CloudwatchLogGroup>().within("replication/payments/log-group"),
                weakened(A::<CloudwatchLogGroup>::name())
                    .within("replication/payments/log-group"),
            ]
        ))
        .see("000-DB-4"),
        Row::new(
            "000-REP-2",
            "Replication instances have private subnets of their own, in three zones.",
        )
        .holds(query!(
            replication::instances_have_subnets_of_their_own,
            [
                removed::<DmsReplicationSubnetGroup>(),
                redirected(
                    A::<DmsReplicationSubnetGroup>::subnet_ids(),
                    "network/migration/subnet/private-a"
                ),
            ]
        )),
        Row::new(
            "000-REP-3",
            "What replicates is encrypted, survives the loss of a zone, and logs in by secrets over TLS.",
        )
        .holds(query!(
            replication::instances_stand_in_two_zones,
            MIGRATING,
            [weakened(A::<DmsReplicationInstance>::multi_az())]
        ))
        .holds(query!(
            replication::instances_are_sealed,
            MIGRATING,
            [
                weakened(A::<DmsReplicationInstance>::publicly_accessible()),
                dropped(A::<DmsReplicationInstance>::kms_key_arn()),
                removed::<DmsReplicationSubnetGroup>(),
                removed::<SecurityGroup>().within("replication"),
                removed::<data::IamRoles>(),
            ]
        ))
        .holds(query!(
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
        )),
        Row::new(
            "000-REP-4",
            "The replication instance reaches both databases, and nothing else but AWS.",
        )
        .holds(query!(
            replication::instances_reach_both_databases,
            MIGRATING,
            [
                removed::<VpcSecurityGroupEgressRule>().within("replication"),
                removed::<VpcSecurityGroupIngressRule>().within("replication"),
                weakened(A::<VpcSecurityGroupEgressRule>::to_port()).within("replication"),
            ]
        )),
        Row::new(
            "000-REP-5",
            "Lag of more than five seconds, and a task that failed, raise an alarm.",
        )
        .holds(query!(
            replication::lag_is_noticed,
            MIGRATING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/replication"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions()).within("alarms/replication"),
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
                weakened(A::<CloudwatchEventRule>::event_pattern()).within("replication"),
            ]
        )),
    ]
}
