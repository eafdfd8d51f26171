//! A state machine with its role and its log.

use crate::asl::{Definition, MAX_HISTORY_EVENTS, TerminatedFlow};
use crate::aws;
use crate::aws::sfn_state_machine::{
    LoggingConfiguration, SfnStateMachineArgs, TracingConfiguration,
};
use crate::constructs::core::{Context, Policy, Role, Statement};
use crate::constructs::observability::log_group::log_group;
use crate::constructs::security::kms_key::Key;
use crate::diagnostic::Diagnostic;
use crate::newtypes::{Region, RetentionDays};
use crate::terraform::tree::{Handle, Scope, Value};

/// A machine to be.
pub(super) struct Plan<'a> {
    /// The type token of its names: `migration`.
    pub(super) token: &'static str,
    /// The key of its section, for names.
    pub(super) identity: &'a str,
    /// What its role is for.
    pub(super) description: &'static str,
    pub(super) flow: TerminatedFlow,
    /// What it may do, beside writing its log and traces.
    pub(super) allowed: Vec<Statement>,
    pub(super) logs_key: Key,
    pub(super) retention: RetentionDays,
}

/// Adds a machine. Identity-bearing: its history is evidence, so it stands in every phase.
pub(super) fn machine(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    plan: Plan<'_>,
) -> Handle<aws::SfnStateMachine> {
    let name = name(context, plan.token, plan.identity);
    let log_group = scope.add(
        "log-group",
        // Below this path the policy of the account's log resources does not grow with each group
        // (Step Functions user guide, "Logging in CloudWatch Logs").
        log_group(
            format!("/aws/vendedlogs/states/{name}"),
            plan.retention,
            plan.logs_key,
        ),
    );
    let role = Role::new(
        &mut scope.child("role"),
        self::name(context, &format!("{}-role", plan.token), plan.identity),
        plan.description,
        "states.amazonaws.com",
    );
    let allowed = plan.allowed.into_iter().chain([log_delivery(), traces()]);
    let policy = role.allow(&mut scope.child("role"), Policy::new(allowed));
    let machine = aws::SfnStateMachine::new(SfnStateMachineArgs {
        definition: definition(scope, plan.flow),
        role_arn: role.arn(),
    })
    .name(name)
    .r#type("STANDARD")
    .logging_configuration(
        LoggingConfiguration::new()
            .level("ALL")
            .include_execution_data(false)
            .log_destination(Value::concat([log_group.arn(), ":*".into()])),
    )
    .tracing_configuration(TracingConfiguration::new().enabled(true))
    .depends_on(policy);
    scope.add("machine", context.protect(machine))
}

/// The name of the machine, or of what belongs to it.
pub(super) fn name(context: &Context<'_>, token: &str, identity: &str) -> String {
    context.names.keyed(token, [identity])
}

/// The ARN of the machine by its name: a machine's own role cannot wait for the machine.
pub(super) fn arn(
    context: &Context<'_>,
    region: Region,
    token: &str,
    identity: &str,
) -> Value<String> {
    let name = name(context, token, identity);
    context
        .account
        .arn("states", region.as_str(), format!("stateMachine:{name}"))
}

/// The ARNs of the machine's executions, and of those of its maps.
pub(super) fn executions(
    context: &Context<'_>,
    region: Region,
    token: &str,
    identity: &str,
) -> [Value<String>; 2] {
    let name = name(context, token, identity);
    [format!("execution:{name}:*"), format!("execution:{name}/*")]
        .map(|resource| context.account.arn("states", region.as_str(), resource))
}

/// The definition's text. What is wrong with it is told by `Tree::finish`.
fn definition(scope: &mut Scope<'_>, flow: TerminatedFlow) -> Value<String> {
    match Definition::new(flow) {
        Ok(definition) => {
            let events = definition.max_history_events();
            if events > MAX_HISTORY_EVENTS {
                scope.report(Diagnostic::error(format!(
                    "the history of the state machine may have {events} events, {MAX_HISTORY_EVENTS} at most are allowed"
                )));
            }
            definition.to_json()
        }
        Err(wrong) => {
            for wrong in wrong {
                scope.report(Diagnostic::error(wrong.to_string()));
            }
            Value::from("")
        }
    }
}

/// Log deliveries have no permissions for single resources
/// (Step Functions user guide, "IAM policies for logging to CloudWatch Logs").
fn log_delivery() -> Statement {
    Statement::allow(
        [
            "logs:CreateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:DescribeLogGroups",
            "logs:DescribeResourcePolicies",
            "logs:GetLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:UpdateLogDelivery",
        ],
        ["*".into()],
    )
    .sid("ManageLogDelivery")
}

/// X-Ray has no permissions for single resources.
fn traces() -> Statement {
    Statement::allow(
        [
            "xray:GetSamplingRules",
            "xray:GetSamplingTargets",
            "xray:PutTelemetryRecords",
            "xray:PutTraceSegments",
        ],
        ["*".into()],
    )
    .sid("WriteTraces")
}
