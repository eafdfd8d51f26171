use paymig::aws::{
    CloudwatchEventRule, CloudwatchEventTarget, CloudwatchMetricAlarm, IamRolePolicy,
    LambdaFunction, LambdaPermission, Lb, LbListenerRule, LbTargetGroup, Route53HealthCheck,
    Route53Record, SsmParameter, data,
};
use paymig::terraform::tree::Argument as A;

use crate::deployments::deployments;
use crate::framework::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::framework::requirement::{MIGRATING, Requirement, SERVING, query};
use crate::queries::{balancers, dns_traffic};
use crate::shared;

const DNS: &str = "tests/terraform/dns.rs";
const HERE: &str = "tests/requirements/containerized/traffic.rs";

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "001-TRA-1",
            "Weighted records shift requests to AWS in steps: 0, 10, 50 and 100 percent.",
        )
        .verified_by(query!(
            dns_traffic::traffic_shifts_in_four_steps,
            MIGRATING,
            [
                removed::<Route53Record>().within("dns/payments/split/new"),
                removed::<Route53Record>().within("dns/payments/split/old"),
                weakened_in(A::<Route53Record>::weighted_routing_policy(), "weight")
                    .within("dns/payments/split/new"),
                weakened_in(A::<Route53Record>::weighted_routing_policy(), "weight")
                    .within("dns/payments/split/old"),
                weakened(A::<Route53Record>::r#type()).within("dns/payments/split/new"),
                dropped(A::<Route53Record>::ttl()).within("dns/payments/split/old"),
                dropped(A::<Route53Record>::health_check_id()).within("dns/payments/split/new"),
                dropped(A::<Route53Record>::health_check_id()).within("dns/payments/split/old"),
                dropped(A::<Route53Record>::set_identifier()).within("dns/payments/split/old"),
                weakened(A::<Route53Record>::records()).within("dns/payments/split/new"),
                removed::<data::Route53Zone>(),
            ]
        ))
        .verified_by(query!(
            dns_traffic::new_side_is_a_load_balancer,
            MIGRATING,
            [
                removed::<Route53Record>().within("dns/payments/split/network"),
                dropped(A::<Route53Record>::alias()),
                dropped(A::<Route53Record>::health_check_id()).within("dns/payments/split/network"),
                weakened(A::<Route53HealthCheck>::fqdn()).within("dns/payments/split/network"),
                removed::<Lb>(),
            ]
        ))
        .verified_by(shared::split_in_dns::records_have_the_weights_of_the_stage())
        .tested(HERE, "traffic_has_the_four_steps")
        .tested(shared::traffic::FILE, "traffic_step_of_every_stack_changes_weights_only")
        .tested(DNS, "traffic_step_changes_weights_and_monitoring_and_reverts_without_a_plan"),
        Requirement::new(
            "001-TRA-2",
            "Both sides have health checks and alarms. A side that cannot take payments receives none.",
        )
        .verified_by(query!(
            dns_traffic::sides_are_health_checked,
            MIGRATING,
            [
                removed::<Route53HealthCheck>(),
                weakened(A::<Route53HealthCheck>::r#type()),
                weakened(A::<Route53HealthCheck>::resource_path()),
                weakened(A::<Route53HealthCheck>::enable_sni()),
                dropped(A::<Route53HealthCheck>::fqdn()),
                weakened(A::<Route53HealthCheck>::request_interval()),
                weakened(A::<Route53HealthCheck>::failure_threshold()),
                removed::<CloudwatchMetricAlarm>().within("alarms/dns"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions()).within("alarms/dns"),
                weakened(A::<CloudwatchMetricAlarm>::metric_name()).within("alarms/dns"),
            ]
        ))
        .tested(DNS, "route_53_alarms_are_in_the_region_of_its_metrics"),
        Requirement::new(
            "001-TRA-3",
            "A blue and a green version run in parallel, and requests are switched between them.",
        )
        .verified_by(query!(
            balancers::blue_and_green_have_weights,
            SERVING,
            [
                removed::<LbListenerRule>(),
                removed::<LbTargetGroup>(),
                weakened_in(A::<LbListenerRule>::action(), "weight"),
                weakened_in(A::<LbListenerRule>::action(), "forward"),
                weakened(A::<LbListenerRule>::condition()),
                dropped(A::<LbListenerRule>::listener_arn()),
            ]
        ))
        .verified_by(query!(
            balancers::blue_and_green_run_separate_images,
            SERVING,
            [
                removed::<LambdaFunction>().within("function/payments"),
                removed::<data::EcrImage>().at_once(),
                redirected(
                    A::<LambdaFunction>::image_uri(),
                    "existing.image/payments/use2/tag/1-0-0"
                )
                .within("function/payments/green"),
            ]
        ))
        .tested(DNS, "release_weights_are_independent_of_the_dns_weights")
        .tested("tests/terraform/images.rs", "release_changes_one_color_and_shifts_traffic_by_the_rule_only"),
        Requirement::new(
            "001-TRA-4",
            "A DNS rollback takes five minutes at most: an alarm removes the new side from DNS, without an apply.",
        )
        .verified_by(query!(
            dns_traffic::alarms_start_the_dns_failback,
            MIGRATING,
            [
                removed::<CloudwatchEventRule>().within("dns-failback"),
                removed::<CloudwatchEventTarget>().within("dns-failback"),
                removed::<LambdaPermission>().within("dns-failback"),
                removed::<LambdaFunction>().within("dns-failback"),
                weakened(A::<LambdaPermission>::principal()).within("dns-failback"),
                weakened_in(A::<LambdaFunction>::environment(), "HEALTH_CHECK_IDS")
                    .within("dns-failback"),
                weakened_in(A::<IamRolePolicy>::policy(), "Statement").within("dns-failback"),
                weakened_in(A::<CloudwatchEventRule>::event_pattern(), "resources")
                    .within("dns-failback"),
                removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/errors"),
            ]
        ))
        .verified_by(shared::split_in_dns::rollback_takes_five_minutes_at_most())
        .tested(DNS, "dns_rollback_above_the_limit_is_an_error")
        .tested(
            "tests/lambda/dns_failback/test_dns_failback.py",
            "test_alarm_inverts_health_checks_and_sets_hold",
        )
        .tested(
            "tests/lambda/dns_failback/test_dns_failback.py",
            "test_writer_other_than_source_requires_manual_action",
        ),
        Requirement::new(
            "001-TRA-5",
            "Every program reads the writer from a parameter, and no apply resets it.",
        )
        .verified_by(query!(
            dns_traffic::no_apply_resets_the_writer,
            MIGRATING,
            [
                removed::<SsmParameter>(),
                dropped(A::<SsmParameter>::allowed_pattern()),
                weakened(A::<SsmParameter>::name()),
            ]
        )),
    ]
}

#[test]
fn traffic_has_the_four_steps() {
    for deployment in deployments() {
        if deployment.stack != "containerized" || deployment.environment.is_bootstrap() {
            continue;
        }
        let stages = deployment.stages();
        let mut steps: Vec<_> = stages.iter().filter_map(|stage| stage.traffic).collect();
        steps.dedup();
        let steps: Vec<_> = steps.iter().map(|step| step.get()).collect();
        assert_eq!(steps, [0, 10, 50, 100], "{}", deployment.id());
    }
}
