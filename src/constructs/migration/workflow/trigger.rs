//! The rollback of a migration that ended badly, whatever ended it.
//!
//! A machine's own handlers miss some ends: an abort, a timeout of the whole, a history that is full, an
//! error of the runtime (Step Functions user guide, "Error names": `States.ALL` does not catch all).

use super::rollback::ROLLBACK;
use crate::aws;
use crate::aws::cloudwatch_event_target::{
    CloudwatchEventTargetArgs, InputTransformer, RetryPolicy,
};
use crate::constructs::core::{Context, Policy, Role, Statement};
use crate::constructs::observability::alarms::{self, AlarmActions};
use crate::terraform::tree::{Any, Handle, Object, Scope, Term, Value};

/// Starts `rollback` when an execution of `migration` fails, times out or is aborted.
///
/// There is no dead-letter queue: the event holds nothing that a rollback started by hand would lack. What
/// counts is that somebody learns that it did not start, so that raises an alarm.
pub(super) fn trigger(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    identity: &str,
    migration: Handle<aws::SfnStateMachine>,
    rollback: Handle<aws::SfnStateMachine>,
    alarm_actions: &AlarmActions,
) {
    let rule = scope.add(
        "rule",
        aws::CloudwatchEventRule::new()
            .name(context.names.keyed("rollback-rule", [identity]))
            .description("Rolls back a migration that failed, timed out or was aborted")
            .event_pattern(pattern(migration.arn())),
    );
    let starter = Role::new(
        &mut scope.child("role"),
        context.names.keyed("rollback-start-role", [identity]),
        "Starts a rollback",
        "events.amazonaws.com",
    );
    let start = Statement::allow(["states:StartExecution"], [rollback.arn()]).sid("StartRollback");
    let policy = starter.allow(&mut scope.child("role"), Policy::new([start]));
    let request =
        format!(r#"{{"{ROLLBACK}": {{"reason": "<status> in <name>", "execution": "<name>"}}}}"#);
    let target = aws::CloudwatchEventTarget::new(CloudwatchEventTargetArgs {
        arn: rollback.arn(),
        rule: rule.name(),
    })
    .target_id("rollback")
    .role_arn(starter.arn())
    .input_transformer(
        InputTransformer::new(request)
            .input_paths([("name", "$.detail.name"), ("status", "$.detail.status")]),
    )
    .retry_policy(
        RetryPolicy::new()
            .maximum_event_age_in_seconds(STALE_AFTER)
            .maximum_retry_attempts(20_u8),
    );
    scope.add("target", target.depends_on(policy));
    let subject = format!("rollback-{identity}");
    alarms::add_rule_alarm(scope, context, &subject, rule.name(), alarm_actions);
}

/// Seconds. A rollback that starts later might meet the next migration.
const STALE_AFTER: u16 = 15 * 60;

fn pattern(machine: Value<String>) -> Value<String> {
    let texts = |texts: &[&'static str]| {
        Term::List(
            texts
                .iter()
                .map(|text| Term::Text((*text).into()))
                .collect(),
        )
    };
    let detail = Object::from_iter([
        ("stateMachineArn", Term::List(vec![machine.into_term()])),
        ("status", texts(&["FAILED", "TIMED_OUT", "ABORTED"])),
    ]);
    let pattern = Object::from_iter([
        ("source", texts(&["aws.states"])),
        (
            "detail-type",
            texts(&["Step Functions Execution Status Change"]),
        ),
        ("detail", Term::Object(detail)),
    ]);
    Value::<Any>::from(pattern).to_json()
}
