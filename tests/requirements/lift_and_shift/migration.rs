use paymig::aws::{
    CloudwatchEventRule, CloudwatchEventTarget, CloudwatchLogMetricFilter, CloudwatchMetricAlarm,
    DmsCertificate, DmsEndpoint, DmsReplicationSubnetGroup, IamRole, IamRolePolicy, LambdaFunction,
    LambdaPermission, Route53HealthCheck, Route53Record, SecurityGroup, SsmParameter,
    VpcSecurityGroupEgressRule, VpcSecurityGroupIngressRule, data,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::framework::requirement::{MIGRATING, Requirement, query};
use crate::queries::{dns_failback, existing, runbook, split_in_dns};
use crate::shared;

const FORWARD: &str = "tests/lambda/cutover/test_cutover_forward.py";
const BACK: &str = "tests/lambda/dns_failback/test_dns_failback.py";

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "003-REP-1",
            "A DMS replication instance: encrypted, in two zones, in private subnets, logging into a group of the stack.",
        )
        .verified_by(shared::replication::instances_are_sealed())
        .verified_by(shared::replication::instances_stand_in_two_zones())
        .verified_by(shared::replication::instances_log_into_a_group_of_the_stack())
        .verified_by(query!(
            existing::replication_reaches_both_databases,
            MIGRATING,
            [
                removed::<VpcSecurityGroupEgressRule>().within("replication"),
                removed::<VpcSecurityGroupIngressRule>().within("replication"),
                weakened(A::<VpcSecurityGroupEgressRule>::to_port()).within("replication"),
                redirected(
                    A::<DmsReplicationSubnetGroup>::subnet_ids(),
                    "network/main/subnet/public-a"
                ),
            ]
        )),
        Requirement::new(
            "003-REP-2",
            "DMS tasks load all rows, then capture changes without end, and can do so in the other direction.",
        )
        .verified_by(shared::replication::rows_are_loaded_and_followed_both_ways())
        .verified_by(shared::replication::replication_stops_at_what_it_cannot_do())
        .verified_by(shared::database::databases_tell_their_changes())
        .verified_by(query!(
            existing::endpoints_log_in_by_secrets_that_exist,
            MIGRATING,
            [
                weakened(A::<DmsEndpoint>::ssl_mode()),
                removed::<DmsCertificate>(),
                dropped(A::<DmsEndpoint>::secrets_manager_arn()),
                dropped(A::<DmsEndpoint>::kms_key_arn()),
                removed::<IamRole>().within("replication"),
                removed::<data::SecretsmanagerSecret>().within("replication/payments/source-user"),
                removed::<data::SecretsmanagerSecret>().within("replication/payments/target-user"),
            ]
        ))
        .tested("tests/terraform/replication.rs", "replication_is_created_and_destroyed_as_a_whole"),
        Requirement::new(
            "003-REP-3",
            "Lag of more than five seconds, and a task that failed, raise an alarm.",
        )
        .verified_by(query!(
            runbook::lag_of_each_task_is_noticed,
            MIGRATING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/replication"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions()).within("alarms/replication"),
                weakened(A::<CloudwatchMetricAlarm>::threshold()).within("alarms/replication"),
                weakened(A::<CloudwatchMetricAlarm>::metric_name()).within("alarms/replication"),
            ]
        ))
        .verified_by(shared::replication::failures_are_notified())
        .same_as("003-OUT-2"),
        Requirement::new(
            "003-REP-4",
            "What both databases hold stays the same: programs compare it, and cut over behind a fence.",
        )
        .verified_by(query!(
            runbook::programs_of_the_migration_are_there,
            MIGRATING,
            [
                removed::<LambdaFunction>().within("runbook"),
                weakened(A::<LambdaFunction>::handler()).within("runbook"),
                weakened_in(A::<LambdaFunction>::environment(), "REPLICATIONS").within("runbook"),
                weakened_in(A::<LambdaFunction>::environment(), "CHECKPOINT_BUCKET").within("runbook"),
                removed::<CloudwatchLogMetricFilter>().within("runbook"),
                removed::<VpcSecurityGroupEgressRule>().within("runbook"),
                removed::<VpcSecurityGroupIngressRule>().within("runbook"),
                removed::<SecurityGroup>().within("runbook"),
            ]
        ))
        .verified_by(shared::buckets::checkpoints_have_a_bucket())
        .tested("tests/lambda/validation/test_validation.py", "test_every_kind_of_difference_is_counted_and_named")
        .tested(FORWARD, "test_cutover_under_load_keeps_every_payment"),
        Requirement::new(
            "003-TRA-1",
            "Route 53 shares out requests between the datacenter and AWS by weights.",
        )
        .verified_by(shared::split_in_dns::one_name_weighs_old_and_new())
        .verified_by(shared::split_in_dns::the_new_side_leads_to_its_entry()),
        Requirement::new(
            "003-TRA-2",
            "The shares can be shifted in steps, forward and back, while both systems run.",
        )
        .tested("tests/terraform/dns.rs", "traffic_step_changes_weights_only_and_reverts_without_a_plan")
        .tested("tests/terraform/dns.rs", "side_records_follow_the_phases")
        .verified_by(query!(
            runbook::the_state_of_the_migration_is_kept,
            MIGRATING,
            [
                removed::<SsmParameter>().within("runtime"),
                dropped(A::<SsmParameter>::allowed_pattern()).within("runtime"),
            ]
        )),
        Requirement::new(
            "003-TRA-3",
            "The way back is quick: minutes by hand, and by itself where payments suffer on AWS.",
        )
        .verified_by(query!(
            dns_failback::alarms_start_the_failback,
            MIGRATING,
            [
                removed::<LambdaFunction>().within("dns-failback"),
                removed::<CloudwatchEventRule>().within("dns-failback"),
                removed::<CloudwatchEventTarget>().within("dns-failback"),
                removed::<LambdaPermission>().within("dns-failback"),
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/errors"),
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/latency"),
                weakened_in(A::<CloudwatchEventRule>::event_pattern(), "resources")
                    .within("dns-failback"),
                weakened_in(A::<IamRolePolicy>::policy(), "Statement").within("dns-failback"),
                removed::<Route53HealthCheck>().within("dns/payments/split/network"),
            ]
        ))
        .verified_by(query!(
            dns_failback::failed_starts_are_notified,
            MIGRATING,
            [removed::<CloudwatchMetricAlarm>().within("dns-failback/failed-invocations")]
        ))
        .tested("tests/terraform/dns.rs", "dns_rollback_of_every_stage_takes_five_minutes_at_most")
        .tested(BACK, "test_writer_other_than_source_requires_manual_action")
        .tested("tests/lambda/cutover/test_cutover_rollback.py", "test_rollback_returns_payments_of_the_target_to_the_source")
        .open("the command `runbook`, which prints the calls of the way back"),
        Requirement::new(
            "003-TRA-4",
            "Health checks look at both sides, and a side that fails is told.",
        )
        .verified_by(query!(
            split_in_dns::each_side_is_checked,
            MIGRATING,
            [
                removed::<Route53HealthCheck>(),
                weakened(A::<Route53HealthCheck>::resource_path()),
                weakened(A::<Route53HealthCheck>::request_interval()),
                weakened(A::<Route53HealthCheck>::r#type()),
                dropped(A::<Route53Record>::health_check_id()).within("dns/payments/split/new"),
                dropped(A::<Route53Record>::health_check_id()).within("dns/payments/split/old"),
            ]
        ))
        .verified_by(query!(
            split_in_dns::sides_that_fail_are_told,
            MIGRATING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/dns"),
                dropped(A::<CloudwatchMetricAlarm>::alarm_actions()).within("alarms/dns"),
            ]
        )),
    ]
}
