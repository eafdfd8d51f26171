//! How long the history of an execution can become.
//!
//! Events are those of the API reference, `HistoryEvent`: two for a state that is entered and left, and what a
//! task, a map or the execution adds. The bound takes the worst way through each choice, every round of each
//! loop and every attempt of each task.

use super::flow::{Branch, End, Ended, Flow, Step};

/// An upper bound of the events of an execution of this machine.
pub(super) fn most_events(machine: &Ended) -> u64 {
    BEGINNING_AND_END + ended(machine)
}

/// Whether anything in the flow could lead to a handler around it.
pub(super) fn may_fail(flow: &Flow) -> bool {
    flow.steps.iter().any(|step| match step {
        Step::Task(..) | Step::Map(..) => true,
        Step::Wait(..) | Step::Set(..) => false,
        Step::Choose(_, ways, otherwise) => {
            may_fail(otherwise) || ways.iter().any(|(_, branch)| branch_may_fail(branch))
        }
        Step::Repeat(repeat) => {
            may_fail(&repeat.body)
                || may_fail(&repeat.between)
                || branch_may_fail(&repeat.exhausted)
                || repeat.exits.iter().any(|(_, exit)| branch_may_fail(exit))
        }
        Step::Guard(_, handler) => branch_may_fail(handler),
    })
}

fn branch_may_fail(branch: &Branch) -> bool {
    match branch {
        Branch::Joins(flow) => may_fail(flow),
        Branch::Ends(ended) => may_fail(&ended.flow) || matches!(ended.end, End::Raise(..)),
    }
}

/// `ExecutionStarted` and how it ended.
const BEGINNING_AND_END: u64 = 2;
/// A state is entered and left.
const STATE: u64 = 2;

/// Events on the worst way: `through` a flow to what follows it, `out` of it to an end or a handler.
#[derive(Clone, Copy, Default)]
struct Worst {
    through: u64,
    out: u64,
}

impl Worst {
    fn either(self) -> u64 {
        self.through.max(self.out)
    }

    /// What comes after this.
    fn then(self, next: Self) -> Self {
        Self {
            through: self.through + next.through,
            out: self.out.max(self.through + next.out),
        }
    }

    /// This or the other.
    fn or(self, other: Self) -> Self {
        Self {
            through: self.through.max(other.through),
            out: self.out.max(other.out),
        }
    }
}

fn ended(ended: &Ended) -> u64 {
    let worst = flow(&ended.flow);
    worst.out.max(worst.through + STATE)
}

fn flow(flow: &Flow) -> Worst {
    flow.steps
        .iter()
        .fold(Worst::default(), |worst, each| worst.then(step(each)))
}

fn branch(branch: &Branch) -> Worst {
    match branch {
        Branch::Joins(joins) => flow(joins),
        Branch::Ends(ends) => Worst {
            through: 0,
            out: ended(ends),
        },
    }
}

fn step(step: &Step) -> Worst {
    match step {
        Step::Task(_, task) => may_end(task.most_events()),
        Step::Map(_, map) => may_end(map.most_events()),
        Step::Wait(..) | Step::Set(..) => may_end(STATE),
        Step::Choose(_, ways, otherwise) => {
            let ways = ways.iter().map(|(_, way)| branch(way));
            may_end(STATE).then(ways.fold(flow(otherwise), Worst::or))
        }
        Step::Repeat(repeat) => {
            let round = flow(&repeat.body)
                .then(may_end(STATE))
                .then(flow(&repeat.between))
                .then(may_end(STATE));
            let rounds = STATE + u64::from(repeat.at_most.get()) * round.either();
            let exits = repeat.exits.iter().map(|(_, exit)| branch(exit));
            may_end(rounds).then(exits.fold(branch(&repeat.exhausted), Worst::or))
        }
        Step::Guard(guarded, handler) => {
            let guarded = flow(guarded);
            let after_failure = may_end(guarded.either()).then(branch(handler));
            guarded.or(after_failure)
        }
    }
}

/// What may also fail after all its events.
fn may_end(events: u64) -> Worst {
    Worst {
        through: events,
        out: events,
    }
}
