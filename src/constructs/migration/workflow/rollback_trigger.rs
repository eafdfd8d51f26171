//! The EventBridge rule that starts the rollback of a failed migration.
//!
//! The catchers of the state machine miss some ends: an abort, a time-out of the execution, a full history, a
//! runtime error (Step Functions user guide, "Error names": `States.ALL` does not catch all).

use super::rollback::{INITIATOR_MIGRATION, ROLLBACK_FIELD};
use crate::aws;
use crate::aws::cloudwatch_event_target::{
    CloudwatchEventTargetArgs, InputTransformer, RetryPolicy,
};
use crate::constructs::core::{Context, Policy, Role, Statement};
use crate::constructs::observability::alarms::{self, AlarmActions};
use crate::terraform::tree::{Any, Object, Scope, Term, Value};

/// Configuration of a rollback trigger.
pub(super) struct RollbackTriggerProps<'a> {
    /// The key in physical names.
    pub(super) key: &'a str,
    /// The ARN of the migration state machine.
    pub(super) migration_arn: Value<String>,
    /// The ARN of the rollback state machine.
    pub(super) rollback_arn: Value<String>,
    /// Actions of the alarm on failed starts.
    pub(super) alarm_actions: &'a AlarmActions,
}

/// Adds the rule that starts the rollback when an execution of the migration fails, times out or is aborted.
///
/// A dead-letter queue would add nothing: a rollback can be started manually without the event. An alarm
/// reports a failed start.
pub(super) fn add_rollback_trigger(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    props: RollbackTriggerProps<'_>,
) {
    let rule = scope.add(
        "rule",
        aws::CloudwatchEventRule::new()
            .name(context.names.keyed("rollback-rule", [props.key]))
            .description("Starts the rollback when a migration fails, times out or is aborted")
            .event_pattern(event_pattern(props.migration_arn)),
    );
    let role = Role::new(
        &mut scope.child("role"),
        context.names.keyed("rollback-start-role", [props.key]),
        "Starts the rollback state machine",
        "events.amazonaws.com",
    );
    let start = Statement::allow(["states:StartExecution"], [props.rollback_arn.clone()])
        .sid("StartRollback");
    let policy = role.allow(&mut scope.child("role"), Policy::new([start]));
    let input = format!(
        r#"{{"{ROLLBACK_FIELD}": {{"reason": "<status> in <name>", "execution": "<name>", "initiator": "{INITIATOR_MIGRATION}"}}}}"#
    );
    let target = aws::CloudwatchEventTarget::new(CloudwatchEventTargetArgs {
        arn: props.rollback_arn,
        rule: rule.name(),
    })
    .target_id("rollback")
    .role_arn(role.arn())
    .input_transformer(
        InputTransformer::new(input)
            .input_paths([("name", "$.detail.name"), ("status", "$.detail.status")]),
    )
    .retry_policy(
        RetryPolicy::new()
            .maximum_event_age_in_seconds(MAX_EVENT_AGE_SECONDS)
            .maximum_retry_attempts(20_u8),
    );
    scope.add("target", target.depends_on(policy));
    let subject = format!("rollback-{}", props.key);
    alarms::add_event_rule_alarm(scope, context, &subject, rule.name(), props.alarm_actions);
}

/// A later rollback could hit the next migration.
const MAX_EVENT_AGE_SECONDS: u16 = 15 * 60;

fn event_pattern(machine_arn: Value<String>) -> Value<String> {
    let texts = |texts: &[&'static str]| {
        Term::List(
            texts
                .iter()
                .map(|text| Term::Text((*text).into()))
                .collect(),
        )
    };
    let detail = Object::from_iter([
        ("stateMachineArn", Term::List(vec![machine_arn.into_term()])),
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
