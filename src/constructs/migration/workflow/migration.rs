//! The migration state machine: replicate, validate, shift traffic step by step, cut over.

use std::time::Duration;

use super::lambda_target::LambdaTarget;
use super::retry::{RETRY_DEFAULT, RETRY_UNHEALTHY, RETRY_WHILE_FENCED};
use super::rollback::{INITIATOR_MIGRATION, ROLLBACK_FIELD};
use super::timing::{PollPolicy, Timing};
use super::traffic_steps::TrafficSteps;
use crate::asl::{Branch, DistributedMap, Flow, Path, Payload, PollLoop, Task, TerminatedFlow};
use crate::newtypes::{Concurrency, Percent};
use crate::terraform::tree::Value;

/// Configuration of the migration state machine.
#[derive(Clone, Debug)]
pub struct Migration {
    /// Runs the steps.
    pub cutover: LambdaTarget,
    /// Compares source and target.
    pub validation: LambdaTarget,
    /// Requests approvals.
    pub approval: LambdaTarget,
    /// The name of the bucket of plans and results.
    pub bucket: Value<String>,
    /// Maximum number of chunks that are compared concurrently.
    pub comparison_concurrency: Concurrency,
    /// Traffic percentages before and after the cutover.
    pub traffic: TrafficSteps,
    /// Time-outs and limits.
    pub timing: Timing,
    /// The ARN of the rollback state machine.
    pub rollback_arn: Value<String>,
}

/// Input field that identifies the migration: the name of its first execution, and the number of the current
/// one, from 1.
const MIGRATION_FIELD: &str = "migration";

/// Input field of the last replication status.
const REPLICATION_FIELD: &str = "replication";

/// Input field of the ownership of the source.
const SOURCE_FIELD: &str = "source";

/// Input field of the error that caused the rollback.
const FAILURE_FIELD: &str = "failure";

impl Migration {
    /// The flow of the state machine. After `initialize` any error starts the rollback; afterwards the execution
    /// fails as `RolledBack`. Another error means that the rollback failed, or that the migration has changed nothing:
    /// an execution that is refused must not roll back the migration in progress.
    pub fn flow(&self) -> TerminatedFlow {
        let resumed = Path::input_field(MIGRATION_FIELD).is_present();
        let first = Payload::object([("name", Path::EXECUTION_NAME)]).with("part", 1_u8);
        let start = Flow::new()
            .pass("Start", MIGRATION_FIELD, first)
            .task("Begin migration", self.begin(Path::EXECUTION_NAME));
        let forward = self
            .replicate()
            .append(self.validate())
            .append(self.stop_rehearsal())
            .append(self.shift_traffic(&self.traffic.before_cutover))
            .append(self.cut_over())
            .append(self.shift_traffic(&self.traffic.after_cutover))
            .task("Begin soak", self.default_task("begin_soak"));
        Flow::new()
            .choice("New or resumed?", [(resumed, Flow::new().into())], start)
            .task("Initialize", self.default_task("initialize"))
            .catch(forward, self.roll_back())
            .succeed("Migrated")
    }

    /// Registers a state machine execution, so that its failure can start the rollback.
    fn begin(&self, state_machine_execution: impl Into<Payload>) -> Task {
        let argument = ("state_machine_execution", state_machine_execution.into());
        self.cutover
            .task_with("begin_migration", execution(), [argument])
            .retry([RETRY_DEFAULT])
    }

    fn replicate(&self) -> Flow {
        Flow::new()
            .task("Start full load", self.default_task("start_full_load"))
            .poll(self.poll_replication(
                "Replication",
                self.timing.replication,
                self.continue_in_new_execution().into(),
            ))
    }

    /// Polls until the target has caught up.
    fn poll_replication(
        &self,
        name: &'static str,
        policy: PollPolicy,
        exhausted: Branch,
    ) -> PollLoop {
        let state = Path::input_field(REPLICATION_FIELD).field("state");
        let check = self
            .default_task("replication_status")
            .result_path(REPLICATION_FIELD, ["state", "progress", "lag_seconds"]);
        let failed = Flow::new().fail(
            format!("{name}: failed"),
            "ReplicationFailed",
            "a replication task failed or has tables in error",
        );
        PollLoop {
            name: name.into(),
            counter: "checks",
            body: Flow::new().task(format!("{name}: check"), check),
            exits: vec![
                (state.equals("caught-up"), Flow::new().into()),
                (state.equals("failed"), failed.into()),
            ],
            max_iterations: policy.max_polls,
            between: Flow::new().wait(format!("{name}: wait"), policy.interval),
            exhausted,
        }
    }

    /// Starts an execution with an empty history. It repeats the completed operations, which are idempotent.
    fn continue_in_new_execution(&self) -> TerminatedFlow {
        let name = execution();
        let part = Path::input_field(MIGRATION_FIELD).field("part");
        let timed_out = Flow::new().fail(
            "Replication timed out",
            "ReplicationTimeout",
            "the target did not catch up with the source within the execution limit",
        );
        let next_name = Payload::Format("{}-{}", vec![name.clone(), part.clone()]);
        let next = Payload::object([("name", name)]).with("part", Payload::Increment(part.clone()));
        let start = Task::start_execution(
            Path::STATE_MACHINE_ID,
            next_name.clone(),
            Payload::object([(MIGRATION_FIELD, next)]),
            API_CALL_TIMEOUT,
        );
        let is_last = part.is_at_least(self.timing.max_executions.get());
        Flow::new()
            .choice(
                "Execution limit reached?",
                [(is_last, timed_out.into())],
                Flow::new(),
            )
            .task("Register next execution", self.begin(next_name))
            .task("Continue in new execution", start)
            .succeed("Continued")
    }

    fn validate(&self) -> Flow {
        let plan = self
            .validation
            .task("plan", execution())
            .retry([RETRY_DEFAULT])
            .result_path("plan", ["bucket", "key", "chunks"]);
        let compare = self
            .validation
            .task_with(
                "compare",
                // From the chunk: a child execution has its own input.
                Path::input_field("execution"),
                [("chunk", Path::INPUT.into())],
            )
            .retry([RETRY_DEFAULT])
            .output_only();
        let compare = DistributedMap {
            items_bucket: Path::input_field("plan").field("bucket"),
            items_key: Path::input_field("plan").field("key"),
            max_concurrency: self.comparison_concurrency.get(),
            item_task: ("Compare chunk", compare),
            results_bucket: self.bucket.clone(),
            results_prefix: Payload::Format("validation/{}/results", vec![execution()]),
            result_field: "comparison",
            retries: Vec::new(),
        };
        let results = ("results", Path::input_field("comparison").into());
        let summarize = self
            .validation
            .task_with("summarize", execution(), [results])
            .retry([RETRY_DEFAULT])
            .result_path("validation", ["consistent", "tables", "rows", "different"]);
        Flow::new()
            .task("Plan validation", plan)
            .map("Compare chunks", compare)
            .task("Summarize validation", summarize)
    }

    /// Ends the execution of a rehearsal. Payments of its new side would reach the source that another environment
    /// owns, which could fence it at any time.
    fn stop_rehearsal(&self) -> Flow {
        let status = self
            .default_task("ownership_status")
            .result_path(SOURCE_FIELD, ["ownership", "owner"]);
        let ownership = Path::input_field(SOURCE_FIELD).field("ownership");
        let end = Flow::new()
            .task("End rehearsal", self.default_task("end_rehearsal"))
            .succeed("Rehearsed");
        Flow::new().task("Check ownership", status).choice(
            "Rehearsal?",
            [(ownership.equals("rehearsal"), end.into())],
            Flow::new(),
        )
    }

    fn shift_traffic(&self, steps: &[Percent]) -> Flow {
        steps.iter().fold(Flow::new(), |flow, percent| {
            let arguments = [("percent", percent.get().into())];
            let shift = self
                .cutover
                .task_with("shift_traffic", execution(), arguments)
                .retry([RETRY_DEFAULT, RETRY_UNHEALTHY]);
            flow.task(format!("Shift traffic to {percent} %"), shift)
                .poll(self.check_alarms(format!("Check alarms at {percent} %")))
        })
    }

    /// Checks the guard alarms for the whole soak; an alarm in ALARM fails the task.
    fn check_alarms(&self, name: String) -> PollLoop {
        let policy = self.timing.alarms;
        PollLoop {
            body: Flow::new()
                .wait(format!("{name}: wait"), policy.interval)
                .task(name.clone(), self.default_task("check_alarms")),
            name: name.into(),
            counter: "checks",
            exits: Vec::new(),
            max_iterations: policy.max_polls,
            between: Flow::new(),
            exhausted: Flow::new().into(),
        }
    }

    fn cut_over(&self) -> Flow {
        let approval =
            self.approval
                .approval_task(QUESTION, execution(), self.timing.approval_timeout);
        let lagging = Flow::new().fail(
            "Replication lag too high",
            "ReplicationFailed",
            "the replication lag exceeds the limit for a cutover",
        );
        Flow::new()
            .task("Request approval", approval)
            .task("Check alarms", self.default_task("check_alarms"))
            .poll(self.poll_replication("Lag", self.timing.lag, lagging.into()))
            .task("Fence source", self.fenced_task("fence_source"))
            .task("Drain source", self.fenced_task("drain_source"))
            .task("Final validation", self.fenced_task("final_validation"))
            .task("Promote target", self.fenced_task("promote_target"))
            .task(
                "Start reverse replication",
                self.default_task("start_reverse_replication"),
            )
            .poll(self.check_alarms("Check alarms on target".to_owned()))
    }

    fn roll_back(&self) -> TerminatedFlow {
        let reason = Payload::Format("{} in {}", vec![Flow::error(), Path::EXECUTION_NAME]);
        let request = Payload::object([("reason", reason)])
            .with("execution", execution())
            .with("initiator", INITIATOR_MIGRATION);
        let input = Payload::object([(ROLLBACK_FIELD, request)]);
        let cause = Payload::Format("{}: {}", vec![Flow::error(), Flow::cause()]);
        let failure = Payload::object([("text", cause)]);
        let roll_back = Task::start_execution_sync(
            self.rollback_arn.clone(),
            input,
            self.timing.rollback_timeout(),
        );
        Flow::new()
            .task("Roll back", roll_back)
            .pass("Set failure cause", FAILURE_FIELD, failure)
            .fail(
                "Rolled back",
                "RolledBack",
                Path::input_field(FAILURE_FIELD).field("text"),
            )
    }

    fn default_task(&self, operation: &'static str) -> Task {
        self.cutover
            .task(operation, execution())
            .retry([RETRY_DEFAULT])
    }

    fn fenced_task(&self, operation: &'static str) -> Task {
        self.cutover
            .task(operation, execution())
            .retry(RETRY_WHILE_FENCED)
    }
}

/// The name of the migration for the functions, the same in all its executions.
fn execution() -> Path {
    Path::input_field(MIGRATION_FIELD).field("name")
}

const QUESTION: &str = "Validation found no differences, and no guard alarm is in ALARM. Approve to make the target the writer.";

const API_CALL_TIMEOUT: Duration = Duration::from_mins(1);
