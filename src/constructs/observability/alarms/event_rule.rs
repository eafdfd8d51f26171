//! Alarms of an `EventBridge` rule.

use super::alarm::{Alarm, AlarmActions, AlarmHandle};
use crate::constructs::core::Context;
use crate::terraform::tree::{Scope, Value};

/// Adds the alarm of the rule `name`.
pub fn add_event_rule_alarm(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    name: Value<String>,
    actions: &AlarmActions,
) -> AlarmHandle {
    let alarm = Alarm::on_any_occurrence(
        "failed-invocations",
        "EventBridge could not invoke the target of a rule",
        ("AWS/Events", "FailedInvocations"),
        vec![("RuleName", name)],
        subject,
    );
    alarm.add(scope, context, actions)
}
