//! The migration: replicate, validate, move traffic step by step, cut over, or have it rolled back.

use std::time::Duration;

use super::call::{Called, PATIENT, QUICK, UNTIL_HEALTHY};
use super::pace::{Looks, Pace};
use super::traffic::Traffic;
use crate::asl::{Branch, DistributedMap, Flow, Path, Payload, PollLoop, Task, TerminatedFlow};
use crate::newtypes::{Concurrency, Percent};
use crate::terraform::tree::Value;

/// What the migration works with.
#[derive(Clone, Debug)]
pub struct Migration {
    /// Carries out the steps.
    pub cutover: Called,
    /// Compares source and target.
    pub validation: Called,
    /// Asks for approvals.
    pub approval: Called,
    /// The name of the bucket of plans and results.
    pub bucket: Value<String>,
    /// How many chunks are compared at one time.
    pub comparison_concurrency: Concurrency,
    /// The steps of traffic.
    pub traffic: Traffic,
    /// How fast it goes.
    pub pace: Pace,
    /// The ARN of the machine that rolls back.
    pub rollback: Value<String>,
}

/// The field of the input that says which migration this is: the name of its first execution, and which part
/// of it, from 1.
const MIGRATION: &str = "migration";

/// The field of the input with what the replication was last seen at.
const REPLICATION: &str = "replication";

/// The field of the input that says what was rolled back for.
const FAILURE: &str = "failure";

impl Migration {
    /// The migration as a flow. Whatever fails is rolled back, and then the execution fails as `RolledBack`;
    /// any other error means that the rollback failed too.
    pub fn flow(&self) -> TerminatedFlow {
        let continued = Path::input_field(MIGRATION).is_present();
        let first = Payload::object([("name", Path::EXECUTION_NAME)]).with("part", 1_u8);
        let begun = Flow::new().pass("Start", MIGRATION, first);
        let forward = self
            .replicate()
            .append(self.validate())
            .append(self.shift(&self.traffic.before))
            .append(self.cut_over())
            .append(self.shift(&self.traffic.after))
            .task("Begin soak", self.patiently("begin_soak"));
        Flow::new()
            .choice("New or resumed?", [(continued, Flow::new().into())], begun)
            .catch(forward, self.roll_back())
            .succeed("Migrated")
    }

    fn replicate(&self) -> Flow {
        Flow::new()
            .task("Initialize", self.patiently("initialize"))
            .task("Start full load", self.patiently("start_full_load"))
            .poll(self.look_at_replication(
                "Replication",
                self.pace.replication,
                self.go_on().into(),
            ))
    }

    /// Looks until the target has caught up.
    fn look_at_replication(&self, name: &'static str, looks: Looks, exhausted: Branch) -> PollLoop {
        let state = Path::input_field(REPLICATION).field("state");
        let look = self
            .patiently("replication_status")
            .result_path(REPLICATION, ["state", "progress", "lag_seconds"]);
        let failed = Flow::new().fail(
            format!("{name}: failed"),
            "ReplicationFailed",
            "a replication task failed or has tables in error",
        );
        PollLoop {
            name: name.into(),
            counter: "checks",
            body: Flow::new().task(format!("{name}: check"), look),
            exits: vec![
                (state.equals("caught-up"), Flow::new().into()),
                (state.equals("failed"), failed.into()),
            ],
            max_iterations: looks.at_most,
            between: Flow::new().wait(format!("{name}: wait"), looks.every),
            exhausted,
        }
    }

    /// Goes on in a fresh execution, whose history is empty. It goes through what is done already: each
    /// of those operations finds that it is.
    fn go_on(&self) -> TerminatedFlow {
        let name = execution();
        let part = Path::input_field(MIGRATION).field("part");
        let too_late = Flow::new().fail(
            "Replication timed out",
            "ReplicationTimeout",
            "the target did not catch up with the source within the execution limit",
        );
        let next = Payload::object([("name", name.clone())])
            .with("part", Payload::Increment(part.clone()));
        let start = Task::start_execution(
            Path::STATE_MACHINE_ID,
            Payload::Format("{}-{}", vec![name, part.clone()]),
            Payload::object([(MIGRATION, next)]),
            SHORT,
        );
        Flow::new()
            .choice(
                "Execution limit reached?",
                [(
                    part.is_at_least(self.pace.executions.get()),
                    too_late.into(),
                )],
                Flow::new(),
            )
            .task("Continue in new execution", start)
            .succeed("Continued")
    }

    fn validate(&self) -> Flow {
        let plan = self
            .validation
            .operation("plan", execution())
            .retry([PATIENT])
            .result_path("plan", ["bucket", "key", "chunks"]);
        let compare = self
            .validation
            .with(
                "compare",
                // The chunk's own: an item has an execution of its own.
                Path::input_field("execution"),
                [("chunk", Path::INPUT.into())],
            )
            .retry([PATIENT])
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
            .with("summarize", execution(), [results])
            .retry([PATIENT])
            .result_path("validation", ["consistent", "tables", "rows", "different"]);
        Flow::new()
            .task("Plan validation", plan)
            .map("Compare chunks", compare)
            .task("Summarize validation", summarize)
    }

    fn shift(&self, steps: &[Percent]) -> Flow {
        steps.iter().fold(Flow::new(), |flow, percent| {
            let arguments = [("percent", percent.get().into())];
            let shift = self
                .cutover
                .with("shift_traffic", execution(), arguments)
                .retry([PATIENT, UNTIL_HEALTHY]);
            flow.task(format!("Shift traffic to {percent} %"), shift)
                .poll(self.watch(format!("Check alarms at {percent} %")))
        })
    }

    fn watch(&self, name: String) -> PollLoop {
        let Looks { every, at_most } = self.pace.watch;
        PollLoop {
            body: Flow::new()
                .wait(format!("{name}: wait"), every)
                .task(name.clone(), self.patiently("check_alarms")),
            name: name.into(),
            counter: "checks",
            exits: Vec::new(),
            max_iterations: at_most,
            between: Flow::new(),
            exhausted: Flow::new().into(),
        }
    }

    fn cut_over(&self) -> Flow {
        let question = "Validation found no differences, and no guard alarm is in ALARM. Approve to make the target the writer.";
        let approval = self
            .approval
            .question(question, execution(), self.pace.approval);
        let behind = Flow::new().fail(
            "Replication lag too high",
            "ReplicationFailed",
            "the replication lag exceeds the limit for a cutover",
        );
        Flow::new()
            .task("Request approval", approval)
            .task("Check alarms", self.patiently("check_alarms"))
            .poll(self.look_at_replication("Lag", self.pace.lag, behind.into()))
            .task("Fence source", self.quickly("fence_source"))
            .task("Drain source", self.quickly("drain_source"))
            .task("Final validation", self.quickly("final_validation"))
            .task("Promote target", self.quickly("promote_target"))
            .task(
                "Start reverse replication",
                self.patiently("start_reverse_replication"),
            )
            .poll(self.watch("Check alarms on target".to_owned()))
    }

    fn roll_back(&self) -> TerminatedFlow {
        let reason = Payload::Format("{} in {}", vec![Flow::error(), Path::EXECUTION_NAME]);
        let request = Payload::object([("reason", reason)]).with("execution", execution());
        let input = Payload::object([(super::rollback::ROLLBACK, request)]);
        let why = Payload::Format("{}: {}", vec![Flow::error(), Flow::cause()]);
        let why = Payload::object([("text", why)]);
        let within = super::rollback::longest(&self.pace);
        Flow::new()
            .task(
                "Roll back",
                Task::start_execution_sync(self.rollback.clone(), input, within),
            )
            .pass("Set failure cause", FAILURE, why)
            .fail(
                "Rolled back",
                "RolledBack",
                Path::input_field(FAILURE).field("text"),
            )
    }

    fn patiently(&self, operation: &'static str) -> Task {
        self.cutover
            .operation(operation, execution())
            .retry([PATIENT])
    }

    fn quickly(&self, operation: &'static str) -> Task {
        self.cutover
            .operation(operation, execution())
            .retry([QUICK])
    }
}

/// What the functions know the migration by: all its executions share it.
fn execution() -> Path {
    Path::input_field(MIGRATION).field("name")
}

/// Enough for an API call.
const SHORT: Duration = Duration::from_mins(1);
