//! Alarms of functions.

use super::{Alarm, Raised, Told};
use crate::constructs::compute::function::Function;
use crate::constructs::core::Context;
use crate::terraform::tree::Scope;

/// The alarms of `function`, which names tell as `subject`.
pub fn function(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    function: &Function,
    told: &Told,
) -> Vec<Raised> {
    [
        ("errors", "A function failed", "Errors"),
        (
            "throttles",
            "A function was refused an execution: the account's pool is used up",
            "Throttles",
        ),
    ]
    .map(|(id, description, metric)| {
        let alarm = Alarm::never(
            id,
            description,
            ("AWS/Lambda", metric),
            vec![("FunctionName", function.name())],
            subject,
        );
        alarm.add(scope, context, told)
    })
    .into()
}
