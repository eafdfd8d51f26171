//! The workflow of a migration: the migration state machine and the rollback state machine.
//!
//! The order of their steps is that of the cutover: exactly one database is the writer, marker rows prove that
//! the fence holds, and a lossless rollback exists until the soak ends.

mod lambda_target;
mod migration;
mod retry;
mod rollback;
mod rollback_trigger;
mod state_machine;
mod timing;
mod traffic_steps;

pub use lambda_target::LambdaTarget;
pub use migration::Migration;
pub use rollback::Rollback;
pub use timing::{PollPolicy, Timing};
pub use traffic_steps::TrafficSteps;

use crate::asl::{Cause, Flow, TerminatedFlow};
use crate::config::Workflow as Config;
use crate::constructs::core::{Context, SectionRef, Statement};
use crate::constructs::data::bucket::PrivateBucket;
use crate::constructs::observability::alarms::AlarmActions;
use crate::constructs::security::kms_key::KmsKey;
use crate::newtypes::{Region, RetentionDays};
use crate::terraform::tree::{Scope, Value};
use rollback_trigger::{RollbackTriggerProps, add_rollback_trigger};
use state_machine::{StateMachine, StateMachineProps, arn_by_name, execution_arns};

/// A workflow that was added to a tree.
#[derive(Clone, Copy, Debug)]
pub struct Workflow {
    migration: StateMachine,
    rollback: StateMachine,
}

/// Configuration of a workflow.
#[derive(Debug)]
pub struct WorkflowProps<'a> {
    /// The section of the stack file.
    pub section: SectionRef<'a, Config>,
    /// The region of the scope.
    pub region: Region,
    /// The procedure that an execution runs.
    pub procedure: Procedure<'a>,
    /// Encrypts log groups.
    pub logs_key: KmsKey,
    /// Retention of log groups.
    pub retention: RetentionDays,
}

/// The procedure that an execution runs.
#[derive(Debug)]
pub enum Procedure<'a> {
    /// The migration, and its rollback.
    Available(Box<ProcedureProps<'a>>),
    /// None: an execution fails with this cause.
    Unavailable(&'static str),
}

/// Components and settings of a procedure.
#[derive(Debug)]
pub struct ProcedureProps<'a> {
    /// Runs the steps.
    pub cutover: LambdaTarget,
    /// Compares source and target.
    pub validation: LambdaTarget,
    /// Requests approvals.
    pub approval: LambdaTarget,
    /// The bucket of checkpoints, plans and results.
    pub checkpoints: PrivateBucket,
    /// Traffic percentages before and after the cutover.
    pub traffic: TrafficSteps,
    /// Time-outs and limits: [`Timing::from_config`].
    pub timing: Timing,
    /// Actions of the alarm on rollbacks that did not start.
    pub alarm_actions: &'a AlarmActions,
}

/// Type tokens of the state machines' names.
const MIGRATION: &str = "migration";
const ROLLBACK: &str = "rollback";

impl Workflow {
    /// Adds both state machines, and the rollback trigger of a procedure that is available.
    pub fn new(scope: &mut Scope<'_>, context: &Context<'_>, props: &WorkflowProps<'_>) -> Self {
        match &props.procedure {
            Procedure::Available(procedure) => Self::available(scope, context, props, procedure),
            Procedure::Unavailable(cause) => Self::unavailable(scope, context, props, cause),
        }
    }

    fn available(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        props: &WorkflowProps<'_>,
        procedure: &ProcedureProps<'_>,
    ) -> Self {
        let key = props.section.physical_name_key();
        let rollback = Rollback {
            cutover: procedure.cutover.clone(),
            approval: procedure.approval.clone(),
            timing: procedure.timing,
        };
        let permissions = vec![invoke_permissions([
            &procedure.cutover,
            &procedure.approval,
        ])];
        let rollback = props.machine(scope, context, ROLLBACK, rollback.flow(), permissions);

        let bucket = procedure.checkpoints;
        let functions = [
            &procedure.cutover,
            &procedure.validation,
            &procedure.approval,
        ];
        let mut permissions = vec![invoke_permissions(functions)];
        permissions.extend(validation_permissions(bucket));
        permissions.extend(start_execution_permissions(
            context,
            props.region,
            key,
            rollback.arn(),
        ));
        let migration = Migration {
            cutover: procedure.cutover.clone(),
            validation: procedure.validation.clone(),
            approval: procedure.approval.clone(),
            bucket: bucket.name(),
            comparison_concurrency: props.section.comparison_concurrency,
            traffic: procedure.traffic.clone(),
            timing: procedure.timing,
            rollback_arn: rollback.arn(),
        };
        let migration = props.machine(scope, context, MIGRATION, migration.flow(), permissions);
        let trigger = RollbackTriggerProps {
            key,
            migration_arn: migration.arn(),
            rollback_arn: rollback.arn(),
            alarm_actions: procedure.alarm_actions,
        };
        add_rollback_trigger(&mut scope.child("trigger"), context, trigger);
        Self {
            migration,
            rollback,
        }
    }

    /// Adds both state machines without rights: their history is an audit trail.
    fn unavailable(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        props: &WorkflowProps<'_>,
        cause: &'static str,
    ) -> Self {
        let [rollback, migration] = [ROLLBACK, MIGRATION].map(|token| {
            let flow = Flow::new().fail("Unavailable", "MigrationUnavailable", Cause::Text(cause));
            props.machine(scope, context, token, flow, Vec::new())
        });
        Self {
            migration,
            rollback,
        }
    }

    /// The ARN of the migration state machine.
    pub fn migration_arn(&self) -> Value<String> {
        self.migration.arn()
    }

    /// The ARN of the rollback state machine.
    pub fn rollback_arn(&self) -> Value<String> {
        self.rollback.arn()
    }
}

impl WorkflowProps<'_> {
    /// Adds one state machine.
    fn machine(
        &self,
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        token: &'static str,
        flow: TerminatedFlow,
        permissions: Vec<Statement>,
    ) -> StateMachine {
        let props = StateMachineProps {
            token,
            key: self.section.physical_name_key(),
            flow,
            permissions,
            logs_key: self.logs_key,
            retention: self.retention,
        };
        StateMachine::new(&mut scope.child(token), context, props)
    }
}

fn invoke_permissions<'f>(functions: impl IntoIterator<Item = &'f LambdaTarget>) -> Statement {
    let versions = functions.into_iter().map(LambdaTarget::all_versions_arn);
    Statement::allow(["lambda:InvokeFunction"], versions).sid("InvokeFunctions")
}

/// Permissions of the distributed map: it reads plans and writes results below one prefix.
/// Source: Step Functions user guide, "IAM policies for using Distributed Map states".
fn validation_permissions(bucket: PrivateBucket) -> [Statement; 2] {
    let objects = [
        "s3:AbortMultipartUpload",
        "s3:GetObject",
        "s3:ListMultipartUploadParts",
        "s3:PutObject",
    ];
    [
        Statement::allow(objects, [bucket.objects_arn("validation/")]).sid("ReadWriteValidation"),
        Statement::allow(["kms:Decrypt", "kms:GenerateDataKey"], [bucket.key().arn()])
            .sid("ValidationKey"),
    ]
}

/// Permissions to start the rollback, map runs and the next execution of the migration.
/// Source: Step Functions user guide, "Start a new workflow from a running execution".
fn start_execution_permissions(
    context: &Context<'_>,
    region: Region,
    key: &str,
    rollback_arn: Value<String>,
) -> [Statement; 3] {
    let migration_arn = arn_by_name(context, region, MIGRATION, key);
    let executions = [MIGRATION, ROLLBACK]
        .into_iter()
        .flat_map(|token| execution_arns(context, region, token, key));
    // Step Functions receives the end of the rollback through this managed rule.
    let rule = "rule/StepFunctionsGetEventsForStepFunctionsExecutionRule";
    [
        Statement::allow(["states:StartExecution"], [migration_arn, rollback_arn])
            .sid("StartExecutions"),
        Statement::allow(
            ["states:DescribeExecution", "states:StopExecution"],
            executions,
        )
        .sid("ControlExecutions"),
        Statement::allow(
            ["events:DescribeRule", "events:PutRule", "events:PutTargets"],
            [context.account.arn("events", region.as_str(), rule)],
        )
        .sid("ManageExecutionEvents"),
    ]
}
