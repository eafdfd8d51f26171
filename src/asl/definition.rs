//! From flows to states with transitions, and to the text that AWS takes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::condition::Condition;
use super::flow::{Branch, ERROR, End, Ended, Flow, Name, Repeat, Step};
use super::history;
use super::path::Path;
use super::payload::{Payload, seconds, text};
use crate::terraform::tree::{Any, Object, Term, Value};

/// The definition of a state machine.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Definition {
    start: Name,
    states: BTreeMap<Name, Object>,
    most_events: u64,
}

/// What keeps a flow from being a state machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Two states have this name.
    Twice(String),
    /// The name is longer than 80 characters, the most that the language allows.
    Long(String),
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Twice(name) => write!(f, "two states are named `{name}`"),
            Self::Long(name) => write!(
                f,
                "the state name `{name}` has {} characters, {LONGEST_NAME} at most are allowed",
                name.chars().count()
            ),
        }
    }
}

impl std::error::Error for Wrong {}

const LONGEST_NAME: usize = 80;

impl Definition {
    /// The machine that goes through `flow`.
    ///
    /// Fails with every name that is not fit for a state.
    pub fn new(flow: Ended) -> Result<Self, Vec<Wrong>> {
        let most_events = history::most_events(&flow);
        let mut states = Assembly::default();
        let start = states.ended(flow, None);
        if states.wrong.is_empty() {
            Ok(Self {
                start,
                states: states.states,
                most_events,
            })
        } else {
            Err(states.wrong)
        }
    }

    /// An upper bound of the events in the history of an execution.
    pub fn most_events(&self) -> u64 {
        self.most_events
    }

    /// The JSON text that AWS takes.
    pub fn to_json(self) -> Value<String> {
        Value::<Any>::from(machine(self.start, self.states)).to_json()
    }
}

fn machine(start: Name, states: BTreeMap<Name, Object>) -> Object {
    let states = states.into_iter();
    let states = states.map(|(name, state)| (name, Term::Object(state)));
    Object::from_iter([
        ("StartAt", text(start)),
        ("States", Term::Object(states.collect())),
    ])
}

/// The states so far. A flow is put in from its end, so that what a state leads to is there first; only
/// a loop leads back, to the first state of its body.
#[derive(Default)]
struct Assembly {
    states: BTreeMap<Name, Object>,
    names: BTreeSet<Name>,
    wrong: Vec<Wrong>,
}

/// What follows a state, and where its failures lead.
#[derive(Clone, Copy)]
struct Around<'n> {
    next: &'n Name,
    handler: Option<&'n Name>,
}

impl Assembly {
    /// Puts a flow in and tells its first state.
    fn ended(&mut self, ended: Ended, handler: Option<&Name>) -> Name {
        let (name, state) = match ended.end {
            End::Succeed(name) => (name, object([("Type", text("Succeed"))])),
            End::Raise(name, error, cause) => {
                let state = match handler {
                    None => object([
                        ("Type", text("Fail")),
                        ("Error", text(error)),
                        cause.of_fail(),
                    ]),
                    Some(handler) => {
                        let error = Payload::object([("Error", error)]).with("Cause", cause);
                        let mut state = set(ERROR, error);
                        state.set("Next", text(handler.clone()));
                        state
                    }
                };
                (name, state)
            }
        };
        let last = self.put(name, state);
        let next = &last;
        self.flow(ended.flow, Around { next, handler })
    }

    fn flow(&mut self, flow: Flow, around: Around<'_>) -> Name {
        let handler = around.handler;
        let steps = flow.steps.into_iter().rev();
        steps.fold(around.next.clone(), |next, step| {
            let next = &next;
            self.step(step, Around { next, handler })
        })
    }

    fn branch(&mut self, branch: Branch, around: Around<'_>) -> Name {
        match branch {
            Branch::Joins(flow) => self.flow(flow, around),
            Branch::Ends(ended) => self.ended(ended, around.handler),
        }
    }

    fn step(&mut self, step: Step, around: Around<'_>) -> Name {
        let (name, mut state) = match step {
            Step::Task(name, task) => (name, caught(task.into_object(), around.handler)),
            Step::Wait(name, time) => (
                name,
                object([("Type", text("Wait")), ("Seconds", seconds(time))]),
            ),
            Step::Set(name, field, value) => (name, set(field, value)),
            Step::Map(name, map) => {
                let (item, task) = map.each.clone();
                let item = Name::from(item);
                self.check(&item);
                let mut state = task.into_object();
                state.set("End", Term::Bool(true));
                let processor = processor(item, state);
                (name, caught(map.into_object(processor), around.handler))
            }
            Step::Choose(name, ways, otherwise) => {
                let ways = ways
                    .into_iter()
                    .map(|(condition, branch)| (condition, self.branch(branch, around)))
                    .collect();
                let otherwise = self.flow(otherwise, around);
                return self.put(name, choice(ways, otherwise));
            }
            Step::Repeat(repeat) => return self.repeat(*repeat, around),
            Step::Guard(flow, _) if !history::may_fail(&flow) => return self.flow(flow, around),
            Step::Guard(flow, branch) => {
                let handler = Some(&self.branch(*branch, around));
                return self.flow(flow, Around { handler, ..around });
            }
        };
        state.set("Next", text(around.next.clone()));
        self.put(name, state)
    }

    fn repeat(&mut self, repeat: Repeat, around: Around<'_>) -> Name {
        let count = Path::to(repeat.counter).field("count");
        let question = Name::from(format!("{}: enough?", repeat.name));
        let next = &question;
        let body = self.flow(repeat.body, Around { next, ..around });

        let successor = Payload::object([("count", Payload::Successor(count.clone()))]);
        let mut counting = set(repeat.counter, successor);
        counting.set("Next", text(body.clone()));
        let counting = self.put(format!("{}: count", repeat.name).into(), counting);
        let next = &counting;
        let again = self.flow(repeat.between, Around { next, ..around });

        let mut ways: Vec<_> = repeat
            .exits
            .into_iter()
            .map(|(condition, branch)| (condition, self.branch(branch, around)))
            .collect();
        let exhausted = self.branch(repeat.exhausted, around);
        ways.push((count.is_at_least(repeat.at_most.get()), exhausted));
        self.put(question, choice(ways, again));

        let mut beginning = set(repeat.counter, Payload::object([("count", 1_u8)]));
        beginning.set("Next", text(body));
        self.put(format!("{}: begin", repeat.name).into(), beginning)
    }

    fn put(&mut self, name: Name, state: Object) -> Name {
        self.check(&name);
        self.states.insert(name.clone(), state);
        name
    }

    fn check(&mut self, name: &Name) {
        if !self.names.insert(name.clone()) {
            self.wrong.push(Wrong::Twice(name.to_string()));
        }
        if name.chars().count() > LONGEST_NAME {
            self.wrong.push(Wrong::Long(name.to_string()));
        }
    }
}

fn choice(ways: Vec<(Condition, Name)>, otherwise: Name) -> Object {
    let ways = ways.into_iter().map(|(condition, next)| {
        let mut way = condition.into_object();
        way.set("Next", text(next));
        Term::Object(way)
    });
    object([
        ("Type", text("Choice")),
        ("Choices", Term::List(ways.collect())),
        ("Default", text(otherwise)),
    ])
}

fn processor(name: Name, state: Object) -> Object {
    let config = [
        ("Mode", text("DISTRIBUTED")),
        ("ExecutionType", text("STANDARD")),
    ];
    let mut processor = machine(name.clone(), BTreeMap::from([(name, state)]));
    processor.set("ProcessorConfig", Term::Object(object(config)));
    processor
}

fn set(field: &'static str, value: Payload) -> Object {
    object([
        ("Type", text("Pass")),
        ("Parameters", value.into_term()),
        ("ResultPath", text(Path::to(field).to_string())),
    ])
}

/// Every error of a state leads to the handler around it.
fn caught(mut state: Object, handler: Option<&Name>) -> Object {
    if let Some(handler) = handler {
        let catcher = object([
            ("ErrorEquals", Term::List(vec![text("States.ALL")])),
            ("ResultPath", text(Path::to(ERROR).to_string())),
            ("Next", text(handler.clone())),
        ]);
        state.set("Catch", Term::List(vec![Term::Object(catcher)]));
    }
    state
}

fn object(fields: impl IntoIterator<Item = (&'static str, Term)>) -> Object {
    fields.into_iter().collect()
}
