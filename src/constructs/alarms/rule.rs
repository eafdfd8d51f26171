//! Alarms of `EventBridge` rules.

use super::{Alarm, Comparison, Missing, Raised, Statistic, Told};
use crate::constructs::Context;
use crate::tree::{Scope, Value};

/// The alarm of the rule named `rule`, which names tell as `subject`.
pub fn rule(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    rule: Value<String>,
    told: &Told,
) -> Raised {
    let alarm = Alarm {
        id: "not-started",
        description: "What an event should have started was not started",
        namespace: "AWS/Events".into(),
        metric: "FailedInvocations",
        dimensions: vec![("RuleName", rule)],
        statistic: Statistic::Sum,
        when: Comparison::Above,
        threshold: 0.0,
        period: 60,
        periods: 1,
        missing: Missing::Fine,
        subject,
    };
    alarm.add(scope, context, told)
}
