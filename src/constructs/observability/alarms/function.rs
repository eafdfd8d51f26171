//! Alarms of a Lambda function.

use super::alarm::{Alarm, AlarmActions, AlarmHandle};
use crate::constructs::core::Context;
use crate::terraform::tree::{Scope, Value};

/// Adds the alarms of the function `name`.
pub fn add_function_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    name: &Value<String>,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    [
        ("errors", "Lambda function errors", "Errors"),
        (
            "throttles",
            "Lambda function throttled: concurrency limit reached",
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
