//! The rollback: the way back that loses nothing, or a question where there is none.
//!
//! It may run twice for one failure, in the migration's own handler and by the event of its end, and each
//! of its operations finds what is done already.

use std::time::Duration;

use super::call::{Called, PATIENT, UNTIL_BACK, UNTIL_DRAINED};
use super::pace::Pace;
use crate::asl::{Flow, Path, Payload, PollLoop, Task, TerminatedFlow};

/// What the rollback works with.
#[derive(Clone, Debug)]
pub struct Rollback {
    /// Carries out the steps.
    pub cutover: Called,
    /// Asks for approvals.
    pub approval: Called,
    /// How fast it goes.
    pub pace: Pace,
}

/// The field of the input that says what is rolled back, and why: `execution` and `reason`.
pub(super) const ROLLBACK: &str = "rollback";
const ASSESSMENT: &str = "assessment";

impl Rollback {
    /// The rollback as a flow.
    pub fn flow(&self) -> TerminatedFlow {
        let by_hand = Payload::object([("reason", "manual rollback")])
            .with("execution", Path::EXECUTION_NAME);
        let by_hand = Flow::new().pass("Started manually", ROLLBACK, by_hand);
        let reason = ("reason", Path::input_field(ROLLBACK).field("reason").into());
        let hold = self.cutover.with("hold_traffic", execution(), [reason]);
        // What failed may keep traffic from being held; the way back is not to wait for that.
        let hold = Flow::new().task("Hold traffic", hold.retry([PATIENT]));
        Flow::new()
            .choice(
                "Manual start?",
                [(Path::input_field(ROLLBACK).is_present(), Flow::new().into())],
                by_hand,
            )
            .catch(hold, Flow::new())
            .poll(self.attempts())
            .succeed("Source is writer")
    }

    /// Attempts, with a person's decision between two.
    fn attempts(&self) -> PollLoop {
        let path = Path::input_field(ASSESSMENT).field("path");
        let reason = Path::input_field(ASSESSMENT).field("reason");
        let not_yet = Payload::object([("path", "manual")]).with(
            "reason",
            Payload::Format("{}: {}", vec![Flow::error(), Flow::cause()]),
        );
        let not_yet = Flow::new().pass("Rollback incomplete", ASSESSMENT, not_yet);
        let question = Payload::Format(
            "Rollback is blocked: {}. Fix the cause, then approve to retry.",
            vec![reason],
        );
        let ask = self
            .approval
            .question(question, execution(), self.pace.approval);
        let given_up = Flow::new().fail(
            "Rollback abandoned",
            "RollbackFailed",
            "no attempt found a lossless rollback path",
        );
        PollLoop {
            name: "Rollback".into(),
            counter: "attempts",
            body: Flow::new().catch(self.attempt(), not_yet),
            exits: vec![(!path.equals("manual"), Flow::new().into())],
            max_iterations: self.pace.rollbacks,
            between: Flow::new().catch(Flow::new().task("Request approval", ask), unasked()),
            exhausted: given_up.into(),
        }
    }

    fn attempt(&self) -> Flow {
        let path = Path::input_field(ASSESSMENT).field("path");
        let assess = self
            .soon("assess_rollback")
            .result_path(ASSESSMENT, ["path", "reason"]);
        let reverse = Flow::new()
            .task("Fence target", self.soon("fence_target"))
            .task(
                "Drain target",
                self.soon("drain_target").retry([UNTIL_DRAINED]),
            )
            .task("Promote source", self.soon("promote_source"))
            .task(
                "Start forward replication",
                self.patiently("start_forward_replication"),
            );
        let ask = Flow::new().fail(
            "No lossless rollback",
            "NoLosslessRollback",
            Path::input_field(ASSESSMENT).field("reason"),
        );
        let unknown = (!path.equals("unfence-source")).and(!path.equals("reverse-replication"));
        Flow::new()
            .task("Assess rollback", assess)
            .choice(
                "Select rollback path",
                [
                    (unknown, ask.into()),
                    (path.equals("reverse-replication"), reverse.into()),
                ],
                Flow::new().task("Unfence source", self.soon("unfence_source")),
            )
            .task("Revert traffic", self.patiently("revert_traffic"))
            .task("Notify rollback", self.patiently("record_rollback"))
    }

    /// While writes are held.
    fn soon(&self, operation: &'static str) -> Task {
        self.cutover
            .operation(operation, execution())
            .retry([UNTIL_BACK])
    }

    fn patiently(&self, operation: &'static str) -> Task {
        self.cutover
            .operation(operation, execution())
            .retry([PATIENT])
    }
}

/// What becomes of a question without approval: a decision ends the rollback, and where nobody could be
/// asked it looks again, for what was in the way may be gone.
fn unasked() -> Flow {
    let rejected = Flow::new().fail("Rejected", "ApprovalRejected", Flow::cause());
    let unanswered = Flow::new().fail("Approval timed out", "ApprovalTimeout", Flow::cause());
    Flow::new().choice(
        "Approval outcome",
        [
            (Flow::error().equals("ApprovalRejected"), rejected.into()),
            (Flow::error().equals("States.Timeout"), unanswered.into()),
        ],
        Flow::new().wait("Wait before retry", UNASKED),
    )
}

const UNASKED: Duration = Duration::from_mins(1);

/// How long a rollback may take: as often as it asks, and some hours for its steps.
pub(super) fn longest(pace: &Pace) -> Duration {
    let attempt = pace.approval.saturating_add(STEPS);
    attempt
        .saturating_mul(pace.rollbacks.get())
        .min(LONGEST_TIMEOUT)
}

/// All steps of one attempt, each tried as often as it may be.
const STEPS: Duration = Duration::from_hours(6);

/// The states language: a timeout has eight digits at most.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(99_999_999);

fn execution() -> Path {
    Path::input_field(ROLLBACK).field("execution")
}
