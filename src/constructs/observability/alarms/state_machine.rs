//! Alarms of state machines.

use super::alarm::{Alarm, AlarmActions, AlarmHandle};
use crate::constructs::core::Context;
use crate::terraform::tree::{Scope, Value};

/// The alarms of the state machine with this ARN, which names tell as `subject`.
pub fn add_state_machine_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    arn: &Value<String>,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    [
        ("failed", "A state machine failed", "ExecutionsFailed"),
        (
            "timed-out",
            "A state machine did not finish in time",
            "ExecutionsTimedOut",
        ),
        (
            "aborted",
            "Somebody stopped a state machine",
            "ExecutionsAborted",
        ),
        (
            "throttled",
            "A state machine was slowed down by the account's limits",
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
