//! The rollback state machine: make the source the writer again without data loss, or request help.
//!
//! It may run twice for one failure: started by the migration's catcher, and by the event of its end. Its
//! operations are idempotent. A failure of another execution than the migration in progress changes nothing, and
//! neither does one whose rollback an operator has rejected. An operator may start it at any time, with a reason.

use std::time::Duration;

use super::lambda_target::LambdaTarget;
use super::retry::{RETRY_DEFAULT, RETRY_ROLLBACK, RETRY_WITHOUT_FALLBACK};
use super::timing::Timing;
use crate::asl::{Flow, Path, Payload, PollLoop, Task, TerminatedFlow};

/// Configuration of the rollback state machine.
#[derive(Clone, Debug)]
pub struct Rollback {
    /// Runs the steps.
    pub cutover: LambdaTarget,
    /// Requests approvals.
    pub approval: LambdaTarget,
    /// Time-outs and limits.
    pub timing: Timing,
}

/// Input field of the request: the migration's `execution`, the `reason` and the `initiator`.
pub(super) const ROLLBACK_FIELD: &str = "rollback";

/// The initiator of a rollback that a failed migration requests.
pub(super) const INITIATOR_MIGRATION: &str = "migration";

/// The initiator of a rollback that an operator starts.
const INITIATOR_OPERATOR: &str = "operator";

/// Input field that an operator sets: why the migration is rolled back.
const REASON_FIELD: &str = "reason";

/// Input field of the assessment: the rollback `path` and the `reason` for it.
const ASSESSMENT_FIELD: &str = "assessment";

/// Input field of the check of the request: its `state`.
const CHECK_FIELD: &str = "check";

/// The rollback path that requires an operator.
const MANUAL: &str = "manual";

impl Rollback {
    /// The flow of the state machine.
    pub fn flow(&self) -> TerminatedFlow {
        let request = Payload::object([("reason", Path::input_field(REASON_FIELD))])
            .with("execution", Path::EXECUTION_NAME)
            .with("initiator", INITIATOR_OPERATOR);
        let manual_start = Flow::new().pass("Started by operator", ROLLBACK_FIELD, request);
        let without_reason = Flow::new().fail("Reason missing", "InvalidEvent", REASON_MISSING);
        let has_reason = Path::input_field(REASON_FIELD).is_present();
        let is_requested = Path::input_field(ROLLBACK_FIELD).is_present();
        let reason = ("reason", rollback_field("reason").into());
        let hold = self
            .cutover
            .task_with("hold_traffic", execution(), [reason])
            .retry([RETRY_DEFAULT]);
        Flow::new()
            .choice(
                "Start by operator?",
                [
                    (is_requested, self.check_request().into()),
                    (!has_reason, without_reason.into()),
                ],
                manual_start,
            )
            // The failure may also prevent the hold; the rollback must not wait for that.
            .catch(Flow::new().task("Hold traffic", hold), Flow::new())
            .poll(self.attempts())
            .succeed("Source is writer")
    }

    /// Ends the rollback if the failed execution is not the migration in progress, such as one that was refused.
    fn check_request(&self) -> Flow {
        let check = self
            .rollback_task("check_rollback_request")
            .result_path(CHECK_FIELD, ["state"]);
        let is_current = Path::input_field(CHECK_FIELD)
            .field("state")
            .equals("current");
        Flow::new().task("Check request", check).choice(
            "Current migration?",
            [(!is_current, Flow::new().succeed("Request ignored").into())],
            Flow::new(),
        )
    }

    /// Attempts, with an approval between two of them.
    fn attempts(&self) -> PollLoop {
        let assessment = Payload::object([("path", MANUAL)]).with(
            "reason",
            Payload::Format("{}: {}", vec![Flow::error(), Flow::cause()]),
        );
        // Whatever has failed: a fenced target accepts writes again, unless the promotion of the source is decided.
        let unfence = self
            .cutover
            .task("unfence_target", execution())
            .retry(RETRY_WITHOUT_FALLBACK);
        let incomplete = Flow::new()
            .pass("Rollback incomplete", ASSESSMENT_FIELD, assessment)
            .catch(Flow::new().task("Unfence target", unfence), Flow::new());
        let question = Payload::Format(QUESTION, vec![assessment_field("reason")]);
        let approval =
            self.approval
                .approval_task(question, execution(), self.timing.approval_timeout);
        let abandoned = Flow::new().fail(
            "Rollback abandoned",
            "RollbackFailed",
            "no attempt found a lossless rollback path",
        );
        PollLoop {
            name: "Rollback".into(),
            counter: "attempts",
            body: Flow::new().catch(self.attempt(), incomplete),
            exits: vec![(!assessment_field("path").equals(MANUAL), Flow::new().into())],
            max_iterations: self.timing.max_rollback_attempts,
            between: Flow::new().catch(
                Flow::new().task("Request approval", approval),
                self.on_approval_error(),
            ),
            exhausted: abandoned.into(),
        }
    }

    fn attempt(&self) -> Flow {
        let path = assessment_field("path");
        let initiator = ("initiator", rollback_field("initiator").into());
        let assess = self
            .cutover
            .task_with("assess_rollback", execution(), [initiator])
            .retry(RETRY_WITHOUT_FALLBACK)
            .result_path(ASSESSMENT_FIELD, ["path", "reason"]);
        let reverse = Flow::new()
            .task("Fence target", self.rollback_task("fence_target"))
            .task("Drain target", self.rollback_task("drain_target"))
            .task("Final validation", self.rollback_task("final_validation"))
            .task("Promote source", self.rollback_task("promote_source"))
            .task(
                "Start forward replication",
                self.default_task("start_forward_replication"),
            );
        let blocked = Flow::new().fail(
            "No lossless rollback",
            "NoLosslessRollback",
            assessment_field("reason"),
        );
        let unfence = self
            .cutover
            .task("unfence_source", execution())
            .retry(RETRY_WITHOUT_FALLBACK);
        let unfence = Flow::new().task("Unfence source", unfence);
        // While the rollback waited for an approval, the migration has ended and another one may have begun.
        let ignored = Flow::new().succeed("Request outdated");
        let is_manual = (!path.equals("unfence-source")).and(!path.equals("reverse-replication"));
        Flow::new()
            .task("Assess rollback", assess)
            .choice(
                "Select rollback path",
                [
                    (path.equals("ignored"), ignored.into()),
                    (is_manual, blocked.into()),
                    (path.equals("reverse-replication"), reverse.into()),
                ],
                unfence,
            )
            .task("Revert traffic", self.default_task("revert_traffic"))
            .task("Notify rollback", self.default_task("record_rollback"))
    }

    fn rollback_task(&self, operation: &'static str) -> Task {
        self.cutover
            .task(operation, execution())
            .retry(RETRY_ROLLBACK)
    }

    fn default_task(&self, operation: &'static str) -> Task {
        self.cutover
            .task(operation, execution())
            .retry([RETRY_DEFAULT])
    }

    /// A rejection and a time-out end the rollback. If the request itself failed, the rollback retries: the
    /// blocker may be gone.
    fn on_approval_error(&self) -> Flow {
        let record = self
            .cutover
            .task("record_rejection", execution())
            .retry(RETRY_WITHOUT_FALLBACK);
        let rejected = Flow::new().task("Record rejection", record).fail(
            "Rejected",
            "ApprovalRejected",
            Flow::cause(),
        );
        let timed_out = Flow::new().fail("Approval timed out", "ApprovalTimeout", Flow::cause());
        Flow::new().choice(
            "Approval outcome",
            [
                (Flow::error().equals("ApprovalRejected"), rejected.into()),
                (Flow::error().equals("States.Timeout"), timed_out.into()),
            ],
            Flow::new().wait("Wait before retry", RETRY_INTERVAL),
        )
    }
}

fn execution() -> Path {
    rollback_field("execution")
}

fn rollback_field(name: &'static str) -> Path {
    Path::input_field(ROLLBACK_FIELD).field(name)
}

fn assessment_field(name: &'static str) -> Path {
    Path::input_field(ASSESSMENT_FIELD).field(name)
}

const QUESTION: &str = "Rollback is blocked: {}. Fix the cause, then approve to retry.";

const REASON_MISSING: &str = "the input has no reason: start the rollback with {\"reason\": \"why the migration is rolled back\"}";

const RETRY_INTERVAL: Duration = Duration::from_mins(1);
