//! Flows: states in the order in which they run.

use std::borrow::Cow;
use std::num::NonZeroU32;
use std::time::Duration;

use super::condition::Condition;
use super::path::Path;
use super::payload::Payload;
use super::task::{DistributedMap, Task};

/// The name of a state.
pub(super) type StateName = Cow<'static, str>;

/// A sequence of states. The state after the flow follows its last state.
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct Flow {
    pub(super) steps: Vec<Step>,
}

/// A flow that ends in `Succeed` or `Fail`; no state can follow it.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct TerminatedFlow {
    pub(super) flow: Flow,
    pub(super) end: End,
}

/// One branch of a choice.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum Branch {
    /// Continues with the state after the choice.
    Continues(Flow),
    /// Ends the machine, or passes its error to the catcher around it.
    Terminates(TerminatedFlow),
}

/// A body that repeats until one of its conditions holds or the number of iterations is exhausted.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct PollLoop {
    /// Prefix of the names of the loop's own states.
    pub name: Cow<'static, str>,
    /// Field of the input that holds the counter.
    pub counter: &'static str,
    /// Flow of each iteration.
    pub body: Flow,
    /// Conditions that end the loop, each with the branch taken.
    pub exits: Vec<(Condition, Branch)>,
    /// Maximum number of iterations.
    pub max_iterations: NonZeroU32,
    /// Flow between two iterations.
    pub between: Flow,
    /// Branch taken after the last iteration if no exit condition holds.
    pub exhausted: Branch,
}

/// The `Cause` of an error.
#[derive(Clone, Debug, PartialEq)]
pub enum Cause {
    /// A literal.
    Text(&'static str),
    /// The text at a path.
    Path(Path),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    Task(StateName, Task),
    Wait(StateName, Duration),
    Pass(StateName, &'static str, Payload),
    Map(StateName, DistributedMap),
    Choice(StateName, Vec<(Condition, Branch)>, Flow),
    PollLoop(Box<PollLoop>),
    Catch(Flow, Box<Branch>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum End {
    Succeed(StateName),
    /// Passes the error to the catcher around the flow, or fails the execution if there is none.
    Fail(StateName, &'static str, Cause),
}

/// The field in which a catcher receives the error output: `Error` and `Cause`.
pub(super) const ERROR_FIELD: &str = "error";

impl Flow {
    /// Creates an empty flow.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a `Task` state.
    pub fn task(self, name: impl Into<Cow<'static, str>>, task: Task) -> Self {
        self.step(Step::Task(name.into(), task))
    }

    /// Appends a `Wait` state.
    pub fn wait(self, name: impl Into<Cow<'static, str>>, duration: Duration) -> Self {
        self.step(Step::Wait(name.into(), duration))
    }

    /// Appends a `Pass` state that writes `value` into `field` of the input.
    pub fn pass(self, name: &'static str, field: &'static str, value: Payload) -> Self {
        self.step(Step::Pass(name.into(), field, value))
    }

    /// Appends a distributed `Map` state.
    pub fn map(self, name: &'static str, map: DistributedMap) -> Self {
        self.step(Step::Map(name.into(), map))
    }

    /// Appends a `Choice` state that takes the first branch whose condition holds, or else `default`.
    pub fn choice(
        self,
        name: &'static str,
        branches: impl IntoIterator<Item = (Condition, Branch)>,
        default: Self,
    ) -> Self {
        let branches = branches.into_iter().collect();
        self.step(Step::Choice(name.into(), branches, default))
    }

    /// Appends a loop.
    pub fn poll(self, poll_loop: PollLoop) -> Self {
        self.step(Step::PollLoop(Box::new(poll_loop)))
    }

    /// Appends `flow`, with a catcher for its errors: `handler` finds the error output at
    /// [`Flow::error`] and [`Flow::cause`].
    pub fn catch(self, flow: Self, handler: impl Into<Branch>) -> Self {
        self.step(Step::Catch(flow, Box::new(handler.into())))
    }

    /// Appends another flow.
    pub fn append(mut self, flow: Self) -> Self {
        self.steps.extend(flow.steps);
        self
    }

    /// Ends the flow with a `Succeed` state.
    pub fn succeed(self, name: &'static str) -> TerminatedFlow {
        self.end(End::Succeed(name.into()))
    }

    /// Ends the flow with `error`: the catcher around the flow receives it, or the execution fails.
    pub fn fail(
        self,
        name: impl Into<Cow<'static, str>>,
        error: &'static str,
        cause: impl Into<Cause>,
    ) -> TerminatedFlow {
        self.end(End::Fail(name.into(), error, cause.into()))
    }

    /// The path of the error's name in the input of a catcher.
    pub fn error() -> Path {
        Path::input_field(ERROR_FIELD).field("Error")
    }

    /// The path of the error's cause in the input of a catcher.
    pub fn cause() -> Path {
        Path::input_field(ERROR_FIELD).field("Cause")
    }

    fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    fn end(self, end: End) -> TerminatedFlow {
        TerminatedFlow { flow: self, end }
    }
}

impl From<Flow> for Branch {
    fn from(flow: Flow) -> Self {
        Self::Continues(flow)
    }
}

impl From<TerminatedFlow> for Branch {
    fn from(flow: TerminatedFlow) -> Self {
        Self::Terminates(flow)
    }
}

impl From<Cause> for Payload {
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::Text(cause) => cause.into(),
            Cause::Path(path) => path.into(),
        }
    }
}

impl From<&'static str> for Cause {
    fn from(text: &'static str) -> Self {
        Self::Text(text)
    }
}

impl From<Path> for Cause {
    fn from(path: Path) -> Self {
        Self::Path(path)
    }
}
