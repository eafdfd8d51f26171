//! A state machine with its role and its log group.

use crate::asl::{Definition, MAX_HISTORY_EVENTS, TerminatedFlow};
use crate::aws;
use crate::aws::sfn_state_machine::{
    LoggingConfiguration, SfnStateMachineArgs, TracingConfiguration,
};
use crate::constructs::core::{Context, Policy, Role, Statement};
use crate::constructs::observability::log_group::log_group;
use crate::constructs::security::kms_key::KmsKey;
use crate::diagnostic::Diagnostic;
use crate::newtypes::{Region, RetentionDays};
use crate::terraform::tree::{Handle, Scope, Value};

/// A state machine that was added to a tree.
#[derive(Clone, Copy, Debug)]
pub(super) struct StateMachine {
    machine: Handle<aws::SfnStateMachine>,
}

/// Configuration of a state machine.
pub(super) struct StateMachineProps<'a> {
    /// The type token of its names: `migration`.
    pub(super) token: &'static str,
    /// The key in physical names.
    pub(super) key: &'a str,
    /// The flow that it runs.
    pub(super) flow: TerminatedFlow,
    /// Permissions of its role, in addition to logs and traces.
    pub(super) permissions: Vec<Statement>,
    /// Encrypts the log group.
    pub(super) logs_key: KmsKey,
    /// Retention of the log group.
    pub(super) retention: RetentionDays,
}

impl StateMachine {
    /// Adds the state machine. It exists in every phase, since its history is an audit trail.
    pub(super) fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        props: StateMachineProps<'_>,
    ) -> Self {
        let name = name(context, props.token, props.key);
        let log_group = scope.add(
            "log-group",
            // With this prefix the account's log resource policy does not grow with each log group
            // (Step Functions user guide, "Logging in CloudWatch Logs").
            log_group(
                format!("/aws/vendedlogs/states/{name}"),
                props.retention,
                props.logs_key,
            ),
        );
        let role = Role::new(
            &mut scope.child("role"),
            self::name(context, &format!("{}-role", props.token), props.key),
            format!("Runs the {} state machine", props.token),
            "states.amazonaws.com",
        );
        let permissions = props.permissions.into_iter();
        let permissions = permissions.chain([log_delivery_permissions(), trace_permissions()]);
        let policy = role.allow(&mut scope.child("role"), Policy::new(permissions));
        let machine = aws::SfnStateMachine::new(SfnStateMachineArgs {
            definition: definition(scope, props.flow),
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
        Self {
            machine: scope.add("machine", context.protect(machine)),
        }
    }

    pub(super) fn arn(self) -> Value<String> {
        self.machine.arn()
    }
}

/// The ARN, composed from the name: the machine's own role cannot depend on the machine.
pub(super) fn arn_by_name(
    context: &Context<'_>,
    region: Region,
    token: &str,
    key: &str,
) -> Value<String> {
    let name = name(context, token, key);
    context
        .account
        .arn("states", region.as_str(), format!("stateMachine:{name}"))
}

/// The ARN patterns of the machine's executions and of their map runs.
pub(super) fn execution_arns(
    context: &Context<'_>,
    region: Region,
    token: &str,
    key: &str,
) -> [Value<String>; 2] {
    let name = name(context, token, key);
    [format!("execution:{name}:*"), format!("execution:{name}/*")]
        .map(|resource| context.account.arn("states", region.as_str(), resource))
}

fn name(context: &Context<'_>, token: &str, key: &str) -> String {
    context.names.keyed(token, [key])
}

/// Encodes the definition. `Tree::finish` returns the errors that are reported here.
fn definition(scope: &mut Scope<'_>, flow: TerminatedFlow) -> Value<String> {
    match Definition::new(flow) {
        Ok(definition) => {
            let events = definition.max_history_events();
            if events > MAX_HISTORY_EVENTS {
                scope.report(Diagnostic::error(format!(
                    "the history of the state machine can have {events} events; the limit is {MAX_HISTORY_EVENTS}"
                )));
            }
            definition.to_json()
        }
        Err(errors) => {
            for error in errors {
                scope.report(Diagnostic::error(error.to_string()));
            }
            Value::from("")
        }
    }
}

/// IAM has no resource-level permissions for log deliveries
/// (Step Functions user guide, "IAM policies for logging to CloudWatch Logs").
fn log_delivery_permissions() -> Statement {
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

/// IAM has no resource-level permissions for X-Ray.
fn trace_permissions() -> Statement {
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
