//! Alarms of a state machine.

use super::alarm::{Alarm, AlarmActions, AlarmHandle};
use crate::constructs::core::Context;
use crate::terraform::tree::{Scope, Value};

/// Adds the alarms of the state machine `arn`.
pub fn add_state_machine_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    arn: &Value<String>,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    [
        (
            "failed",
            "A state machine execution failed",
            "ExecutionsFailed",
        ),
        (
            "timed-out",
            "A state machine execution timed out",
            "ExecutionsTimedOut",
        ),
        (
            "aborted",
            "A state machine execution was aborted",
            "ExecutionsAborted",
        ),
        (
            "throttled",
            "State machine throttled: account limit reached",
            "ExecutionThrottled",
        ),
    ]
    .map(|(id, description, metric)| {
        let alarm = Alarm::on_any_occurrence(
            id,
            description,
            ("AWS/States", metric),
            vec![("StateMachineArn", arn.clone())],
            subject,
        );
        alarm.add(scope, context, actions)
    })
    .into()
}
