//! Definitions: flows as states with transitions, and their JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::flow::{Branch, ERROR_FIELD, End, Flow, PollLoop, StateName, Step, TerminatedFlow};
use super::history;
use super::path::Path;
use super::payload::{Payload, seconds, text};
use super::states::{choice, fail, item_processor, machine, object, pass, with_catch};
use crate::terraform::tree::{Any, Object, Term, Value};

/// The definition of a state machine.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Definition {
    start: StateName,
    states: BTreeMap<StateName, Object>,
    max_history_events: u64,
}

/// A state name that the language does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DefinitionError {
    /// Two states have this name.
    DuplicateName(String),
    /// The name has more than 80 characters.
    NameTooLong(String),
}

impl fmt::Display for DefinitionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DuplicateName(name) => write!(f, "two states are named `{name}`"),
            Self::NameTooLong(name) => write!(
                f,
                "the state name `{name}` has {} characters; the limit is {MAX_NAME_LENGTH}",
                name.chars().count()
            ),
        }
    }
}

impl std::error::Error for DefinitionError {}

const MAX_NAME_LENGTH: usize = 80;

impl Definition {
    /// Creates the definition of the machine that runs `flow`.
    ///
    /// Fails with every invalid state name.
    pub fn new(flow: TerminatedFlow) -> Result<Self, Vec<DefinitionError>> {
        let max_history_events = history::max_history_events(&flow);
        let mut assembly = Assembly::default();
        let start = assembly.terminated(flow, None);
        if assembly.errors.is_empty() {
            Ok(Self {
                start,
                states: assembly.states,
                max_history_events,
            })
        } else {
            Err(assembly.errors)
        }
    }

    /// An upper bound of the events in the history of one execution.
    pub fn max_history_events(&self) -> u64 {
        self.max_history_events
    }

    /// Encodes the definition as JSON.
    pub fn to_json(self) -> Value<String> {
        Value::<Any>::from(machine(self.start, self.states)).to_json()
    }
}

/// The states added so far.
///
/// A flow is added from its end, so that the target of each transition exists first. Only a loop has a
/// transition backwards, to the first state of its body.
#[derive(Default)]
struct Assembly {
    states: BTreeMap<StateName, Object>,
    names: BTreeSet<StateName>,
    errors: Vec<DefinitionError>,
}

/// The transitions out of a state: to the next one, and to the catcher.
#[derive(Clone, Copy)]
struct Transitions<'n> {
    next: &'n StateName,
    handler: Option<&'n StateName>,
}

/// Each method adds states and returns the name of the first.
impl Assembly {
    fn terminated(&mut self, terminated: TerminatedFlow, handler: Option<&StateName>) -> StateName {
        let (name, state) = match terminated.end {
            End::Succeed(name) => (name, object([("Type", text("Succeed"))])),
            End::Fail(name, error, cause) => {
                let state = match handler {
                    None => fail(error, cause),
                    Some(handler) => {
                        let error = Payload::object([("Error", error)]).with("Cause", cause);
                        let mut state = pass(ERROR_FIELD, error);
                        state.set("Next", text(handler.clone()));
                        state
                    }
                };
                (name, state)
            }
        };
        let last = self.add(name, state);
        let next = &last;
        self.flow(terminated.flow, Transitions { next, handler })
    }

    fn flow(&mut self, flow: Flow, transitions: Transitions<'_>) -> StateName {
        let handler = transitions.handler;
        let steps = flow.steps.into_iter().rev();
        steps.fold(transitions.next.clone(), |next, step| {
            let next = &next;
            self.step(step, Transitions { next, handler })
        })
    }

    fn branch(&mut self, branch: Branch, transitions: Transitions<'_>) -> StateName {
        match branch {
            Branch::Continues(flow) => self.flow(flow, transitions),
            Branch::Terminates(terminated) => self.terminated(terminated, transitions.handler),
        }
    }

    fn step(&mut self, step: Step, transitions: Transitions<'_>) -> StateName {
        let (name, mut state) = match step {
            Step::Task(name, task) => {
                let state = with_catch(task.into_object(), transitions.handler);
                (name, state)
            }
            Step::Wait(name, duration) => (
                name,
                object([("Type", text("Wait")), ("Seconds", seconds(duration))]),
            ),
            Step::Pass(name, field, value) => (name, pass(field, value)),
            Step::Map(name, map) => {
                let (item, task) = map.item_task.clone();
                let item = StateName::from(item);
                self.check(&item);
                let mut state = task.into_object();
                state.set("End", Term::Bool(true));
                let state = map.into_object(item_processor(item, state));
                (name, with_catch(state, transitions.handler))
            }
            Step::Choice(name, branches, default) => {
                let branches = branches
                    .into_iter()
                    .map(|(condition, branch)| (condition, self.branch(branch, transitions)))
                    .collect();
                let default = self.flow(default, transitions);
                return self.add(name, choice(branches, default));
            }
            Step::PollLoop(poll) => return self.poll_loop(*poll, transitions),
            Step::Catch(flow, _) if !history::can_fail(&flow) => {
                return self.flow(flow, transitions);
            }
            Step::Catch(flow, branch) => {
                let handler = Some(&self.branch(*branch, transitions));
                let next = transitions.next;
                return self.flow(flow, Transitions { next, handler });
            }
        };
        state.set("Next", text(transitions.next.clone()));
        self.add(name, state)
    }

    fn poll_loop(&mut self, poll: PollLoop, transitions: Transitions<'_>) -> StateName {
        let handler = transitions.handler;
        let count = Path::input_field(poll.counter).field("count");
        let exit_choice = StateName::from(format!("{}: complete?", poll.name));
        let next = &exit_choice;
        let body = self.flow(poll.body, Transitions { next, handler });

        let incremented = Payload::object([("count", Payload::Increment(count.clone()))]);
        let mut increment = pass(poll.counter, incremented);
        increment.set("Next", text(body.clone()));
        let increment = self.add(
            format!("{}: increment counter", poll.name).into(),
            increment,
        );
        let next = &increment;
        let repeat = self.flow(poll.between, Transitions { next, handler });

        let mut branches: Vec<_> = poll
            .exits
            .into_iter()
            .map(|(condition, branch)| (condition, self.branch(branch, transitions)))
            .collect();
        let exhausted = self.branch(poll.exhausted, transitions);
        branches.push((count.is_at_least(poll.max_iterations.get()), exhausted));
        self.add(exit_choice, choice(branches, repeat));

        let mut start = pass(poll.counter, Payload::object([("count", 1_u8)]));
        start.set("Next", text(body));
        self.add(format!("{}: start counter", poll.name).into(), start)
    }

    fn add(&mut self, name: StateName, state: Object) -> StateName {
        self.check(&name);
        self.states.insert(name.clone(), state);
        name
    }

    fn check(&mut self, name: &StateName) {
        if !self.names.insert(name.clone()) {
            let error = DefinitionError::DuplicateName(name.to_string());
            self.errors.push(error);
        }
        if name.chars().count() > MAX_NAME_LENGTH {
            let error = DefinitionError::NameTooLong(name.to_string());
            self.errors.push(error);
        }
    }
}
