//! Upper bound of the length of an execution's history.
//!
//! Events are those of the API reference, `HistoryEvent`: two for a state that is entered and exited, plus
//! the events of a task, of a map and of the execution. The bound takes the worst branch of each choice,
//! every iteration of each loop and every attempt of each task.

use super::flow::{Branch, End, Flow, Step, TerminatedFlow};

/// Computes an upper bound of the events of one execution.
pub(super) fn max_history_events(machine: &TerminatedFlow) -> u64 {
    EXECUTION + terminated(machine)
}

/// Reports whether the flow has a state that can pass an error to a catcher around it.
pub(super) fn can_fail(flow: &Flow) -> bool {
    flow.steps.iter().any(|step| match step {
        Step::Task(..) | Step::Map(..) => true,
        Step::Wait(..) | Step::Pass(..) => false,
        Step::Choice(_, branches, default) => {
            can_fail(default) || branches.iter().any(|(_, branch)| branch_can_fail(branch))
        }
        Step::PollLoop(poll) => {
            can_fail(&poll.body)
                || can_fail(&poll.between)
                || branch_can_fail(&poll.exhausted)
                || poll.exits.iter().any(|(_, exit)| branch_can_fail(exit))
        }
        Step::Catch(_, handler) => branch_can_fail(handler),
    })
}

fn branch_can_fail(branch: &Branch) -> bool {
    match branch {
        Branch::Continues(flow) => can_fail(flow),
        Branch::Terminates(terminated) => {
            can_fail(&terminated.flow) || matches!(terminated.end, End::Fail(..))
        }
    }
}

/// `ExecutionStarted` and the event of its end.
const EXECUTION: u64 = 2;
/// `StateEntered` and `StateExited`.
const STATE: u64 = 2;

/// Maximum number of events in a flow: up to the state after it, and up to an end or a catcher.
#[derive(Clone, Copy, Default)]
struct MaxEvents {
    to_next: u64,
    to_exit: u64,
}

impl MaxEvents {
    /// The events of states that can also fail after the last of them.
    fn fallible(events: u64) -> Self {
        Self {
            to_next: events,
            to_exit: events,
        }
    }

    fn max(self) -> u64 {
        self.to_next.max(self.to_exit)
    }

    /// Both in sequence.
    fn then(self, next: Self) -> Self {
        Self {
            to_next: self.to_next + next.to_next,
            to_exit: self.to_exit.max(self.to_next + next.to_exit),
        }
    }

    /// Either of them.
    fn or(self, other: Self) -> Self {
        Self {
            to_next: self.to_next.max(other.to_next),
            to_exit: self.to_exit.max(other.to_exit),
        }
    }
}

fn terminated(terminated: &TerminatedFlow) -> u64 {
    let max = flow(&terminated.flow);
    max.to_exit.max(max.to_next + STATE)
}

fn flow(flow: &Flow) -> MaxEvents {
    flow.steps
        .iter()
        .fold(MaxEvents::default(), |max, each| max.then(step(each)))
}

fn branch(branch: &Branch) -> MaxEvents {
    match branch {
        Branch::Continues(continues) => flow(continues),
        Branch::Terminates(terminates) => MaxEvents {
            to_next: 0,
            to_exit: terminated(terminates),
        },
    }
}

fn step(step: &Step) -> MaxEvents {
    match step {
        Step::Task(_, task) => MaxEvents::fallible(task.max_history_events()),
        Step::Map(_, map) => MaxEvents::fallible(map.max_history_events()),
        Step::Wait(..) | Step::Pass(..) => MaxEvents::fallible(STATE),
        Step::Choice(_, branches, default) => {
            let branches = branches.iter().map(|(_, each)| branch(each));
            MaxEvents::fallible(STATE).then(branches.fold(flow(default), MaxEvents::or))
        }
        Step::PollLoop(poll) => {
            let iteration = flow(&poll.body)
                .then(MaxEvents::fallible(STATE))
                .then(flow(&poll.between))
                .then(MaxEvents::fallible(STATE));
            let iterations = STATE + u64::from(poll.max_iterations.get()) * iteration.max();
            let exits = poll.exits.iter().map(|(_, exit)| branch(exit));
            MaxEvents::fallible(iterations).then(exits.fold(branch(&poll.exhausted), MaxEvents::or))
        }
        Step::Catch(caught, handler) => {
            let caught = flow(caught);
            let after_error = MaxEvents::fallible(caught.max()).then(branch(handler));
            caught.or(after_error)
        }
    }
}
