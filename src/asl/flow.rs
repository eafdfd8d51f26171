//! Flows: states in the order in which they run.

use std::borrow::Cow;
use std::num::NonZeroU32;
use std::time::Duration;

use super::condition::Condition;
use super::path::Path;
use super::payload::{Payload, text};
use super::task::{DistributedMap, Task};
use crate::terraform::tree::Term;

/// The name of a state, as the console shows it.
pub(super) type Name = Cow<'static, str>;

/// States one after another; whatever follows the flow follows the last of them.
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct Flow {
    pub(super) steps: Vec<Step>,
}

/// A flow that nothing can follow.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Ended {
    pub(super) flow: Flow,
    pub(super) end: End,
}

/// One way that a choice leads to.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum Branch {
    /// Goes on with what follows the choice.
    Joins(Flow),
    /// Does not.
    Ends(Ended),
}

/// A body that is done again until it is enough, but not for ever.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Repeat {
    /// What the names of the loop's own states start with.
    pub name: Cow<'static, str>,
    /// The field of the input that counts.
    pub counter: &'static str,
    /// What is done in each round.
    pub body: Flow,
    /// When it is enough, and what comes then.
    pub exits: Vec<(Condition, Branch)>,
    /// How many rounds there are at most.
    pub at_most: NonZeroU32,
    /// What is done between two rounds.
    pub between: Flow,
    /// What comes after the last round, if it was not enough.
    pub exhausted: Branch,
}

/// What an error says.
#[derive(Clone, Debug, PartialEq)]
pub enum Cause {
    /// Always this.
    Text(&'static str),
    /// The text that is there.
    At(Path),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    Task(Name, Task),
    Wait(Name, Duration),
    Set(Name, &'static str, Payload),
    Map(Name, DistributedMap),
    Choose(Name, Vec<(Condition, Branch)>, Flow),
    Repeat(Box<Repeat>),
    Guard(Flow, Box<Branch>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum End {
    Succeed(Name),
    /// Goes to the handler around, or fails where there is none.
    Raise(Name, &'static str, Cause),
}

/// The field in which a handler finds what went wrong: `Error` and `Cause`.
pub(super) const ERROR: &str = "error";

impl Flow {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Then calls a service.
    pub fn task(self, name: impl Into<Cow<'static, str>>, task: Task) -> Self {
        self.then(Step::Task(name.into(), task))
    }

    /// Then waits.
    pub fn wait(self, name: impl Into<Cow<'static, str>>, time: Duration) -> Self {
        self.then(Step::Wait(name.into(), time))
    }

    /// Then puts `value` into `field` of the input.
    pub fn set(self, name: &'static str, field: &'static str, value: Payload) -> Self {
        self.then(Step::Set(name.into(), field, value))
    }

    /// Then works on each item of an array.
    pub fn map(self, name: &'static str, map: DistributedMap) -> Self {
        self.then(Step::Map(name.into(), map))
    }

    /// Then goes the first way whose condition holds, or else `otherwise`.
    pub fn choose(
        self,
        name: &'static str,
        ways: impl IntoIterator<Item = (Condition, Branch)>,
        otherwise: Self,
    ) -> Self {
        let ways = ways.into_iter().collect();
        self.then(Step::Choose(name.into(), ways, otherwise))
    }

    /// Then does something again and again.
    pub fn repeat(self, repeat: Repeat) -> Self {
        self.then(Step::Repeat(Box::new(repeat)))
    }

    /// Then goes through `flow`, and whatever fails in it leads to `handler`, which finds what went wrong
    /// at [`Flow::error`] and [`Flow::cause`].
    pub fn guard(self, flow: Self, handler: impl Into<Branch>) -> Self {
        self.then(Step::Guard(flow, Box::new(handler.into())))
    }

    /// Then goes through another flow.
    pub fn follow(mut self, flow: Self) -> Self {
        self.steps.extend(flow.steps);
        self
    }

    /// Ends well.
    pub fn succeed(self, name: &'static str) -> Ended {
        self.end(End::Succeed(name.into()))
    }

    /// Fails with `error`: to the handler around the flow, or where there is none, for good.
    pub fn raise(
        self,
        name: impl Into<Cow<'static, str>>,
        error: &'static str,
        cause: impl Into<Cause>,
    ) -> Ended {
        self.end(End::Raise(name.into(), error, cause.into()))
    }

    /// Where a handler finds the name of the error.
    pub fn error() -> Path {
        Path::to(ERROR).field("Error")
    }

    /// Where a handler finds what the error says.
    pub fn cause() -> Path {
        Path::to(ERROR).field("Cause")
    }

    fn then(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    fn end(self, end: End) -> Ended {
        Ended { flow: self, end }
    }
}

impl From<Flow> for Branch {
    fn from(flow: Flow) -> Self {
        Self::Joins(flow)
    }
}

impl From<Ended> for Branch {
    fn from(ended: Ended) -> Self {
        Self::Ends(ended)
    }
}

impl Cause {
    pub(super) fn of_fail(self) -> (&'static str, Term) {
        match self {
            Self::Text(cause) => ("Cause", text(cause)),
            Self::At(path) => ("CausePath", text(path.to_string())),
        }
    }
}

impl From<Cause> for Payload {
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::Text(cause) => cause.into(),
            Cause::At(path) => path.into(),
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
        Self::At(path)
    }
}
