//! The workflow of a migration: two state machines, one that migrates and one that goes back.
//!
//! The order of their steps is that of the cutover: exactly one database takes writes, the fence is
//! proved by marker rows, and there is a way back that loses nothing until it is closed on purpose.

mod call;
mod definition;
mod machine;
mod pace;
mod rollback;
mod traffic;
mod trigger;

pub use call::Called;
pub use definition::Migration;
pub use pace::{Looks, Pace};
pub use rollback::Rollback;
pub use traffic::Traffic;

use crate::aws;
use crate::config::Workflow as Config;
use crate::constructs::core::{Context, SectionRef, Statement};
use crate::constructs::data::bucket::PrivateBucket;
use crate::constructs::observability::alarms::AlarmActions;
use crate::constructs::security::kms_key::Key;
use crate::newtypes::{Region, RetentionDays};
use crate::terraform::tree::{Handle, Scope, Value};
use machine::{Plan, executions, machine};

/// What a workflow needs.
#[derive(Debug)]
pub struct Inputs<'a> {
    /// The region of the scope.
    pub region: Region,
    /// Carries out the steps.
    pub cutover: Called,
    /// Compares source and target.
    pub validation: Called,
    /// Asks for approvals.
    pub approval: Called,
    /// The bucket of checkpoints, plans and results.
    pub checkpoints: PrivateBucket,
    /// The steps of traffic.
    pub traffic: Traffic,
    /// How fast it goes: [`Pace::of`] the stack file.
    pub pace: Pace,
    /// Encrypts log groups.
    pub logs_key: Key,
    /// How long log groups are kept.
    pub retention: RetentionDays,
    /// Who learns that a rollback did not start.
    pub alarm_actions: &'a AlarmActions,
}

/// A workflow that was added to a tree.
#[derive(Clone, Copy, Debug)]
pub struct Workflow {
    migration: Handle<aws::SfnStateMachine>,
    rollback: Handle<aws::SfnStateMachine>,
}

/// Type tokens of the machines' names.
const MIGRATION: &str = "migration";
const ROLLBACK: &str = "rollback";

impl Workflow {
    /// The workflow that `config` describes.
    pub fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        config: SectionRef<'_, Config>,
        inputs: Inputs<'_>,
    ) -> Self {
        let identity = config.physical_name_key();
        let rollback = Rollback {
            cutover: inputs.cutover.clone(),
            approval: inputs.approval.clone(),
            pace: inputs.pace,
        };
        let plan = Plan {
            token: ROLLBACK,
            identity,
            description: "What the rollback of a migration may do",
            flow: rollback.flow(),
            allowed: vec![calls([&inputs.cutover, &inputs.approval])],
            logs_key: inputs.logs_key,
            retention: inputs.retention,
        };
        let rollback = machine(&mut scope.child("rollback"), context, plan);

        let bucket = inputs.checkpoints;
        let called = [&inputs.cutover, &inputs.validation, &inputs.approval];
        let mut allowed = vec![calls(called)];
        allowed.extend(validates(bucket));
        allowed.extend(starts(context, inputs.region, identity, rollback));
        let migration = Migration {
            cutover: inputs.cutover,
            validation: inputs.validation,
            approval: inputs.approval,
            bucket: bucket.name(),
            comparison_concurrency: config.comparison_concurrency,
            traffic: inputs.traffic,
            pace: inputs.pace,
            rollback: rollback.arn(),
        };
        let plan = Plan {
            token: MIGRATION,
            identity,
            description: "What a migration may do",
            flow: migration.flow(),
            allowed,
            logs_key: inputs.logs_key,
            retention: inputs.retention,
        };
        let migration = machine(&mut scope.child("migration"), context, plan);
        let mut trigger = scope.child("trigger");
        trigger::trigger(
            &mut trigger,
            context,
            identity,
            migration,
            rollback,
            inputs.alarm_actions,
        );
        Self {
            migration,
            rollback,
        }
    }

    /// The ARN of the machine that migrates.
    pub fn migration_arn(&self) -> Value<String> {
        self.migration.arn()
    }

    /// The ARN of the machine that rolls back.
    pub fn rollback_arn(&self) -> Value<String> {
        self.rollback.arn()
    }

    /// The ARNs of both machines by their names, for the role of the function that answers them: the
    /// machines wait for that function.
    pub fn machines(
        context: &Context<'_>,
        config: SectionRef<'_, Config>,
        region: Region,
    ) -> [Value<String>; 2] {
        [MIGRATION, ROLLBACK]
            .map(|token| machine::arn(context, region, token, config.physical_name_key()))
    }
}

fn calls<'c>(called: impl IntoIterator<Item = &'c Called>) -> Statement {
    let versions = called.into_iter().map(Called::versions);
    Statement::allow(["lambda:InvokeFunction"], versions).sid("InvokeFunctions")
}

/// Plans are read and results written below one prefix.
/// Source: Step Functions user guide, "IAM policies for using Distributed Map states".
fn validates(bucket: PrivateBucket) -> [Statement; 2] {
    let objects = [
        "s3:AbortMultipartUpload",
        "s3:GetObject",
        "s3:ListMultipartUploadParts",
        "s3:PutObject",
    ];
    [
        Statement::allow(objects, [bucket.objects("validation/")]).sid("ReadWriteValidation"),
        Statement::allow(["kms:Decrypt", "kms:GenerateDataKey"], [bucket.key().arn()])
            .sid("ValidationKey"),
    ]
}

/// The rollback, the map's executions, and the next execution of the migration itself.
/// Source: Step Functions user guide, "Start a new workflow from a running execution".
fn starts(
    context: &Context<'_>,
    region: Region,
    identity: &str,
    rollback: Handle<aws::SfnStateMachine>,
) -> [Statement; 3] {
    let itself = machine::arn(context, region, MIGRATION, identity);
    let started = [MIGRATION, ROLLBACK]
        .into_iter()
        .flat_map(|token| executions(context, region, token, identity));
    // By this rule Step Functions learns that the rollback ended.
    let rule = "rule/StepFunctionsGetEventsForStepFunctionsExecutionRule";
    [
        Statement::allow(["states:StartExecution"], [itself, rollback.arn()])
            .sid("StartExecutions"),
        Statement::allow(
            ["states:DescribeExecution", "states:StopExecution"],
            started,
        )
        .sid("ControlExecutions"),
        Statement::allow(
            ["events:DescribeRule", "events:PutRule", "events:PutTargets"],
            [context.account.arn("events", region.as_str(), rule)],
        )
        .sid("ManageExecutionEvents"),
    ]
}
