//! What has a function withdraw the new side from DNS when an alarm goes off.
//!
//! The weights keep their one owner, the configuration: a function that moved them would be undone by the
//! next apply, and every plan before it would differ. Health checks on the alarms' metrics would be
//! declared whole, but they know nothing of the database that takes writes, read no percentiles, and are
//! healthy again as soon as requests are gone, which brings the requests back. So the function inverts the
//! health checks of the new side, and a person puts them back.

use crate::aws;
use crate::aws::cloudwatch_event_target::{CloudwatchEventTargetArgs, RetryPolicy};
use crate::aws::lambda_permission::LambdaPermissionArgs;
use crate::constructs::compute::function::Function;
use crate::constructs::core::Context;
use crate::constructs::observability::alarms::{self, AlarmActions, AlarmHandle};
use crate::terraform::tree::{Any, Object, Scope, Term, Value};

/// Calls `function` whenever one of `alarms` goes off, all of them in the region of `scope`; `told` learn
/// where it could not be called.
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
            .description("Withdraws the new side from DNS when payments suffer there")
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
            .maximum_event_age_in_seconds(STALE_AFTER)
            .maximum_retry_attempts(20_u8),
    );
    scope.add("target", target.depends_on(permission));
    alarms::add_rule_alarm(scope, context, "dns-failback", rule.name(), alarm_actions);
}

/// Seconds. What went off that long ago may be over.
const STALE_AFTER: u16 = 5 * 60;

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
