use paymig::aws::{
    CloudwatchEventRule, CloudwatchEventTarget, CloudwatchLogMetricFilter, CloudwatchMetricAlarm,
    DmsCertificate, DmsEndpoint, DmsReplicationSubnetGroup, IamRole, IamRolePolicy, LambdaFunction,
    LambdaPermission, Route53HealthCheck, Route53Record, SecurityGroup, SsmParameter,
    VpcSecurityGroupEgressRule, VpcSecurityGroupIngressRule, data,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::framework::requirement::{MIGRATING, Requirement, query};
use crate::queries::{dns_failback, existing_resources, runbook, split_in_dns};
use crate::shared;

/// The cutover and its rollback on MySQL, the engine of this stack.
const FORWARD: &str = "tests/lambda/cutover/test_cutover_mysql.py";
const BACK: &str = "tests/lambda/dns_failback/test_dns_failback.py";

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "003-REP-1",
            "The DMS replication instance is encrypted, Multi-AZ and in private subnets, and logs to a log group of the stack.",
        )
        .verified_by(shared::replication::instances_are_private_and_encrypted())
        .verified_by(shared::replication::instances_are_multi_az())
        .verified_by(shared::replication::instances_log_to_a_log_group_of_the_stack())
        .verified_by(query!(
            existing_resources::replication_reaches_both_databases,
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
            "DMS tasks load all rows, then capture changes continuously, and can replicate in reverse.",
        )
        .verified_by(shared::replication::rows_are_loaded_and_replicated_both_ways())
        .verified_by(shared::replication::replication_stops_at_errors())
        .verified_by(shared::database::databases_record_changes_for_cdc())
        .verified_by(query!(
            existing_resources::endpoints_use_tls_and_existing_secrets,
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
            "Replication lag above five seconds and a failed task cause an alarm.",
        )
        .verified_by(query!(
            runbook::lag_of_each_task_has_an_alarm,
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
            "Both databases stay consistent: programs compare the rows, and perform the cutover under a fence.",
        )
        .verified_by(query!(
            runbook::runbook_functions_exist,
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
        .verified_by(shared::buckets::checkpoint_bucket_exists())
        .tested("tests/lambda/validation/test_validation_million_mysql.py", "test_validation_under_writes_finds_exactly_the_inserted_differences")
        .tested(FORWARD, "test_different_row_stops_the_cutover")
        .tested(FORWARD, "test_fence_ends_sessions_and_blocks_logins")
        .tested(FORWARD, "test_login_during_the_fence_is_ended")
        .tested(FORWARD, "test_cutover_and_rollback_with_kills_at_every_effect_succeed"),
        Requirement::new(
            "003-TRA-1",
            "Route 53 distributes requests between the datacenter and AWS by weights.",
        )
        .verified_by(shared::split_in_dns::both_sides_have_weighted_records())
        .verified_by(shared::split_in_dns::records_have_the_weights_of_the_stage())
        .verified_by(shared::split_in_dns::new_side_record_points_to_the_load_balancer()),
        Requirement::new(
            "003-TRA-2",
            "The weights can be shifted in steps, forward and back, while both systems run.",
        )
        .tested("tests/terraform/dns.rs", "traffic_step_changes_weights_and_monitoring_and_reverts_without_a_plan")
        .tested(shared::traffic::FILE, "traffic_step_of_every_stack_changes_weights_only")
        .verified_by(query!(
            runbook::migration_state_is_in_parameters,
            MIGRATING,
            [
                removed::<SsmParameter>().within("runtime"),
                dropped(A::<SsmParameter>::allowed_pattern()).within("runtime"),
            ]
        )),
        Requirement::new(
            "003-TRA-3",
            "The rollback is fast: within minutes by an operator, and automatic if payments fail on AWS.",
        )
        .verified_by(query!(
            dns_failback::alarms_start_a_failback,
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
        .verified_by(shared::split_in_dns::rollback_takes_five_minutes_at_most())
        .tested(BACK, "test_writer_other_than_source_requires_manual_action")
        .tested(FORWARD, "test_cutover_rollback_and_second_cutover_succeed")
        .tested(FORWARD, "test_fence_can_be_lifted_until_the_promotion")
        .tested(FORWARD, "test_failed_changes_require_manual_rollback")
        .open("the command `runbook`, which prints the calls of the rollback, does not exist yet"),
        Requirement::new(
            "003-TRA-4",
            "Both sides have health checks, and the failure of a side notifies operators.",
        )
        .verified_by(query!(
            split_in_dns::each_side_has_a_health_check,
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
            split_in_dns::failed_sides_are_notified,
            MIGRATING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/dns"),
                dropped(A::<CloudwatchMetricAlarm>::alarm_actions()).within("alarms/dns"),
            ]
        )),
    ]
}
