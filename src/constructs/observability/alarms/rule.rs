//! Alarms of `EventBridge` rules.

use super::alarm::{Alarm, AlarmActions, AlarmHandle};
use crate::constructs::core::Context;
use crate::terraform::tree::{Scope, Value};

/// The alarm of the rule named `rule`, which names tell as `subject`.
pub fn add_rule_alarm(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    rule: Value<String>,
    actions: &AlarmActions,
) -> AlarmHandle {
    let alarm = Alarm::on_any_occurrence(
        "not-started",
        "What an event should have started was not started",
        ("AWS/Events", "FailedInvocations"),
        vec![("RuleName", rule)],
        subject,
    );
    alarm.add(scope, context, actions)
}
