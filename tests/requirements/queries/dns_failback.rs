//! DNS failback: removal of a degraded new side from DNS.

use paymig::aws;
use paymig::terraform::tree::View;

use super::monitoring::{alarms_on, has_alarms_on_failed_requests};
use super::pipeline::statements_of;
use crate::framework::case::{Case, Item, Known, Text, Verdict};

/// Alarms on errors and latency of the load balancer invoke a function that inverts the health checks of the
/// new side, so that DNS answers with the old one. It may change nothing else in DNS.
pub(crate) fn alarms_start_a_failback(case: Case<'_>) -> Verdict {
    case.every::<aws::LambdaFunction>()
        .that("that fails back", |function| {
            let handler = function.handler().text();
            handler.is_some_and(|handler| handler.starts_with("dns_failback."))
        })
        .exactly(1)
        .must("be started by alarms on requests", |function| {
            type Target = aws::CloudwatchEventTarget;
            let targets = function.from::<Target, _>(View::<Target>::arn);
            let rules = targets
                .iter()
                .flat_map(|target| target.to::<aws::CloudwatchEventRule, _>(target.rule()));
            let seen: Vec<_> = rules
                .flat_map(|rule| rule.to::<aws::CloudwatchMetricAlarm, _>(rule.event_pattern()))
                .map(|alarm| alarm.node.node_id())
                .collect();
            let balancers = case.items::<aws::Lb>();
            let wanted = balancers.iter().flat_map(|balancer| {
                METRICS.map(|metric| alarms_on(balancer, "LoadBalancer", metric))
            });
            let mut wanted = wanted.collect::<Vec<_>>().into_iter();
            balancers.iter().all(has_alarms_on_failed_requests)
                && wanted.all(|alarms| {
                    !alarms.is_empty()
                        && alarms
                            .iter()
                            .all(|alarm| seen.contains(&alarm.node.node_id()))
                })
        })
        .must("allow events", |function| {
            type Permission = aws::LambdaPermission;
            let permissions = function.from::<Permission, _>(View::<Permission>::function_name);
            permissions.iter().any(|permission| {
                let rule = permission.source_arn();
                permission.principal().is("events.amazonaws.com")
                    && permission.to::<aws::CloudwatchEventRule, _>(rule).len() == 1
            })
        })
        .must(
            "invert the health checks of the new side only",
            |function| {
                let checks = may_turn_off(function);
                let records = case.items::<aws::Route53Record>();
                let new = records
                    .iter()
                    .filter(|record| record.set_identifier().is("new"))
                    .flat_map(|it| it.to::<aws::Route53HealthCheck, _>(it.health_check_id()));
                let new: Vec<_> = new.map(|check| check.node.node_id()).collect();
                !new.is_empty() && checks == new
            },
        )
        .verdict()
}

/// A rule whose invocations fail has an alarm.
pub(crate) fn failed_starts_are_notified(case: Case<'_>) -> Verdict {
    case.every::<aws::CloudwatchEventRule>()
        .that("that invokes a function", |rule| {
            type Target = aws::CloudwatchEventTarget;
            let targets = rule.from::<Target, _>(View::<Target>::rule);
            let mut targets = targets.iter();
            targets.any(|target| !target.to::<aws::LambdaFunction, _>(target.arn()).is_empty())
        })
        .must("have an alarm on failed starts", |rule| {
            !alarms_on(rule, "RuleName", "FailedInvocations").is_empty()
        })
        .verdict()
}

const METRICS: [&str; 3] = [
    "HTTPCode_ELB_5XX_Count",
    "HTTPCode_Target_5XX_Count",
    "TargetResponseTime",
];

/// The health checks that a function may update.
fn may_turn_off(function: &Item<'_, aws::LambdaFunction>) -> Vec<paymig::terraform::tree::NodeId> {
    let mut checks = Vec::new();
    for statement in statements_of(function) {
        if statement.actions() == ["route53:UpdateHealthCheck"] {
            for resource in statement.resources() {
                resource.references(&mut |id| checks.push(id));
            }
        }
    }
    checks
}
