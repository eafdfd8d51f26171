//! The rollback: the way back that loses nothing, or a question where there is none.
//!
//! It may run twice for one failure, in the migration's own handler and by the event of its end, and each
//! of its operations finds what is done already.

use std::time::Duration;

use super::call::{Called, PATIENT, UNTIL_BACK, UNTIL_DRAINED};
use super::pace::Pace;
use crate::asl::{Ended, Flow, Path, Payload, Repeat, Task};

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
    pub fn flow(&self) -> Ended {
        let by_hand = Payload::object([("reason", "rolled back by hand")])
            .with("execution", Path::EXECUTION_NAME);
        let by_hand = Flow::new().set("Started by hand", ROLLBACK, by_hand);
        let reason = ("reason", Path::to(ROLLBACK).field("reason").into());
        let hold = self.cutover.with("hold_traffic", execution(), [reason]);
        // What failed may keep traffic from being held; the way back is not to wait for that.
        let hold = Flow::new().task("Hold traffic", hold.retry([PATIENT]));
        Flow::new()
            .choose(
                "Who started it?",
                [(Path::to(ROLLBACK).is_present(), Flow::new().into())],
                by_hand,
            )
            .guard(hold, Flow::new())
            .repeat(self.attempts())
            .succeed("Back on the source")
    }

    /// Attempts, with a person's decision between two.
    fn attempts(&self) -> Repeat {
        let path = Path::to(ASSESSMENT).field("path");
        let reason = Path::to(ASSESSMENT).field("reason");
        let not_yet = Payload::object([("path", "manual")]).with(
            "reason",
            Payload::Format("{}: {}", vec![Flow::error(), Flow::cause()]),
        );
        let not_yet = Flow::new().set("Not yet back", ASSESSMENT, not_yet);
        let question = Payload::Format(
            "The rollback needs you: {}. When that is mended, approve to let it look again.",
            vec![reason],
        );
        let ask = self
            .approval
            .question(question, execution(), self.pace.approval);
        let given_up = Flow::new().raise(
            "Given up",
            "RollbackFailed",
            "after every attempt there was no way back that loses nothing",
        );
        Repeat {
            name: "Rollback".into(),
            counter: "attempts",
            body: Flow::new().guard(self.attempt(), not_yet),
            exits: vec![(!path.is("manual"), Flow::new().into())],
            at_most: self.pace.rollbacks,
            between: Flow::new().guard(Flow::new().task("Ask for approval", ask), unasked()),
            exhausted: given_up.into(),
        }
    }

    fn attempt(&self) -> Flow {
        let path = Path::to(ASSESSMENT).field("path");
        let assess = self
            .soon("assess_rollback")
            .keep(ASSESSMENT, ["path", "reason"]);
        let reverse = Flow::new()
            .task("Fence target", self.soon("fence_target"))
            .task(
                "Drain reverse",
                self.soon("drain_target").retry([UNTIL_DRAINED]),
            )
            .task("Hand back", self.soon("promote_source"))
            .task(
                "Start forward replication",
                self.patiently("start_forward_replication"),
            );
        let ask = Flow::new().raise(
            "No lossless rollback",
            "NoLosslessRollback",
            Path::to(ASSESSMENT).field("reason"),
        );
        let unknown = (!path.is("unfence-source")).and(!path.is("reverse-replication"));
        Flow::new()
            .task("Assess", assess)
            .choose(
                "Which way back?",
                [
                    (unknown, ask.into()),
                    (path.is("reverse-replication"), reverse.into()),
                ],
                Flow::new().task("Open source", self.soon("unfence_source")),
            )
            .task("Release traffic", self.patiently("revert_traffic"))
            .task("Tell of rollback", self.patiently("record_rollback"))
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
    let rejected = Flow::new().raise("Rejected", "ApprovalRejected", Flow::cause());
    let unanswered = Flow::new().raise("Nobody answered", "ApprovalTimeout", Flow::cause());
    Flow::new().choose(
        "What came of the question?",
        [
            (Flow::error().is("ApprovalRejected"), rejected.into()),
            (Flow::error().is("States.Timeout"), unanswered.into()),
        ],
        Flow::new().wait("Wait to look again", UNASKED),
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
    Path::to(ROLLBACK).field("execution")
}
