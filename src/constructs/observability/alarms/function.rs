//! Alarms of functions.

use super::alarm::{Alarm, AlarmActions, AlarmHandle};
use crate::constructs::core::Context;
use crate::terraform::tree::{Scope, Value};

/// The alarms of `function`, which names tell as `subject`.
pub fn add_function_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    name: &Value<String>,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    [
        ("errors", "A function failed", "Errors"),
        (
            "throttles",
            "A function was refused an execution: the account's pool is used up",
            "Throttles",
        ),
    ]
    .map(|(id, description, metric)| {
        let alarm = Alarm::on_any_occurrence(
            id,
            description,
            ("AWS/Lambda", metric),
            vec![("FunctionName", name.clone())],
            subject,
        );
        alarm.add(scope, context, actions)
    })
    .into()
}
