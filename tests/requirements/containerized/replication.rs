use paymig::aws::{
    CloudwatchEventRule, CloudwatchEventTarget, CloudwatchLogGroup, CloudwatchMetricAlarm,
    DmsCertificate, DmsEndpoint, DmsReplicationInstance, DmsReplicationSubnetGroup,
    DmsReplicationTask, IamRole, SecretsmanagerSecretVersion, SecurityGroup,
    VpcSecurityGroupEgressRule, VpcSecurityGroupIngressRule, data,
};
use paymig::tree::Argument as A;

use crate::mutation::{dropped, redirected, removed, weakened};
use crate::queries::{loads, replication};
use crate::row::{MIGRATING, Row, query};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "001-REP-1",
            "DMS copies the datacenter's PostgreSQL without an end: all rows, then every change; and it can do so in the other direction.",
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
            replication::instances_reach_both_databases,
            MIGRATING,
            [
                removed::<VpcSecurityGroupEgressRule>().within("replication"),
                removed::<VpcSecurityGroupIngressRule>().within("replication"),
                weakened(A::<VpcSecurityGroupEgressRule>::to_port()).within("replication"),
            ]
        ))
        .tested("tests/engine/replication.rs", "replication_comes_and_goes_as_a_whole")
        .tested("tests/engine/replication.rs", "neither_phase_nor_traffic_touches_a_task"),
        Row::new(
            "001-REP-2",
            "500 GB of rows cross: loaded by several at once, into tables that stay as they are, with every column whole; what fails stops the task.",
        )
        .holds(query!(
            replication::replication_stops_at_what_it_cannot_do,
            MIGRATING,
            [
                weakened(A::<DmsReplicationTask>::replication_task_settings()),
                dropped(A::<DmsReplicationTask>::table_mappings()),
            ]
        ))
        .holds(query!(
            loads::loads_are_for_many_rows,
            MIGRATING,
            [
                weakened(A::<DmsReplicationTask>::replication_task_settings())
                    .within("replication/payments/task/load"),
                weakened(A::<DmsReplicationInstance>::allocated_storage()),
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
        .tested(
            "tests/lambda/test_validation_million.py",
            "test_under_writes_every_kind_of_difference_is_found_and_nothing_else",
        ),
        Row::new(
            "001-REP-3",
            "What replicates is out of reach and encrypted, and logs in by secrets over TLS, verified on both sides.",
        )
        .departs("the replication instance stands in one zone, for the budget: a zone that fails makes it wait, and loses nothing; `--set replication.payments.zones=multi` gives it two")
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
        ))
        .tested(
            "tests/engine/replication.rs",
            "an_account_without_the_roles_of_dms_fails_at_plan",
        ),
        Row::new(
            "001-REP-4",
            "Lag and a task that failed raise an alarm.",
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
