//! The EventBridge rule that invokes the DNS failback function when an alarm changes to ALARM.
//!
//! Terraform owns the traffic weights: the next apply would undo a function that changes them. The function
//! inverts the health checks of the new side instead, and an operator restores them. Health checks on the
//! metrics of the alarms are no alternative: they do not depend on the writer, read no percentiles, and
//! become healthy once requests stop, which returns the requests.

use crate::aws;
use crate::aws::cloudwatch_event_target::{CloudwatchEventTargetArgs, RetryPolicy};
use crate::aws::lambda_permission::LambdaPermissionArgs;
use crate::constructs::compute::function::Function;
use crate::constructs::core::Context;
use crate::constructs::observability::alarms::{self, AlarmActions, AlarmHandle};
use crate::terraform::tree::{Any, Object, Scope, Term, Value};

/// Invokes `function` when one of `alarms`, all in the region of `scope`, changes to ALARM. An alarm with
/// `alarm_actions` reports invocations that failed.
pub fn invoke_on_alarm(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    function: Function,
    alarms: &[AlarmHandle],
    alarm_actions: &AlarmActions,
) {
    let rule = scope.add(
        "rule",
        aws::CloudwatchEventRule::new()
            .name(context.names.of("dns-failback-rule"))
            .description("Starts the DNS failback when the new side is degraded")
            .event_pattern(pattern(alarms)),
    );
    let permission = scope.add(
        "permission",
        aws::LambdaPermission::new(LambdaPermissionArgs {
            action: "lambda:InvokeFunction".into(),
            function_name: function.name(),
            principal: "events.amazonaws.com".into(),
        })
        .source_arn(rule.arn()),
    );
    let target = aws::CloudwatchEventTarget::new(CloudwatchEventTargetArgs {
        arn: function.arn(),
        rule: rule.name(),
    })
    .target_id("dns-failback")
    .retry_policy(
        RetryPolicy::new()
            .maximum_event_age_in_seconds(MAX_EVENT_AGE_SECONDS)
            .maximum_retry_attempts(20_u8),
    );
    scope.add("target", target.depends_on(permission));
    alarms::add_event_rule_alarm(scope, context, "dns-failback", rule.name(), alarm_actions);
}

/// The age of an event after which it is dropped: the alarm may be OK again.
const MAX_EVENT_AGE_SECONDS: u16 = 5 * 60;

/// The pattern of events from `alarms`.
///
/// Source: CloudWatch user guide, "Alarm events and EventBridge".
fn pattern(alarms: &[AlarmHandle]) -> Value<String> {
    let text = |text: &'static str| Term::List(vec![Term::Text(text.into())]);
    let state = Object::from_iter([("value", text("ALARM"))]);
    let detail = Object::from_iter([("state", Term::Object(state))]);
    let alarms = alarms.iter().map(|alarm| alarm.arn().into_term());
    let pattern = Object::from_iter([
        ("source", text("aws.cloudwatch")),
        ("detail-type", text("CloudWatch Alarm State Change")),
        ("resources", Term::List(alarms.collect())),
        ("detail", Term::Object(detail)),
    ]);
    Value::<Any>::from(pattern).to_json()
}
