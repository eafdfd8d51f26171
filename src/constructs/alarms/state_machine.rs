//! Alarms of state machines.

use super::{Alarm, Comparison, Missing, Raised, Statistic, Told};
use crate::constructs::Context;
use crate::tree::{Scope, Value};

/// The alarms of the state machine with this ARN, which names tell as `subject`.
pub fn state_machine(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    arn: &Value<String>,
    told: &Told,
) -> Vec<Raised> {
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
        let alarm = Alarm {
            id,
            description,
            namespace: "AWS/States".into(),
            metric,
            dimensions: vec![("StateMachineArn", arn.clone())],
            statistic: Statistic::Sum,
            when: Comparison::Above,
            threshold: 0.0,
            period: 60,
            periods: 1,
            missing: Missing::Fine,
            subject,
        };
        alarm.add(scope, context, told)
    })
    .into()
}
