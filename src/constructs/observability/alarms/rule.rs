//! Alarms of `EventBridge` rules.

use super::{Alarm, Raised, Told};
use crate::constructs::core::Context;
use crate::terraform::tree::{Scope, Value};

/// The alarm of the rule named `rule`, which names tell as `subject`.
pub fn rule(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    rule: Value<String>,
    told: &Told,
) -> Raised {
    let alarm = Alarm::never(
        "not-started",
        "What an event should have started was not started",
        ("AWS/Events", "FailedInvocations"),
        vec![("RuleName", rule)],
        subject,
    );
    alarm.add(scope, context, told)
}
