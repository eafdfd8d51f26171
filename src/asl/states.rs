//! The JSON of states: `Choice`, `Pass`, `Fail`, and what states have in common.

use std::collections::BTreeMap;

use super::condition::Condition;
use super::flow::{Cause, ERROR_FIELD, StateName};
use super::path::Path;
use super::payload::{Payload, text};
use crate::terraform::tree::{Object, Term};

/// Returns a `Choice` state: the first branch whose condition holds, or else the default.
pub(super) fn choice(branches: Vec<(Condition, StateName)>, default: StateName) -> Object {
    let rules = branches.into_iter().map(|(condition, next)| {
        let mut rule = condition.into_object();
        rule.set("Next", text(next));
        Term::Object(rule)
    });
    object([
        ("Type", text("Choice")),
        ("Choices", Term::List(rules.collect())),
        ("Default", text(default)),
    ])
}

/// Returns a `Pass` state that writes a value to a field of the input.
pub(super) fn pass(field: &'static str, value: Payload) -> Object {
    object([
        ("Type", text("Pass")),
        ("Parameters", value.into_term()),
        ("ResultPath", text(Path::input_field(field).to_string())),
    ])
}

/// Returns a `Fail` state.
pub(super) fn fail(error: &'static str, cause: Cause) -> Object {
    let cause = match cause {
        Cause::Text(cause) => ("Cause", text(cause)),
        Cause::Path(path) => ("CausePath", text(path.to_string())),
    };
    object([("Type", text("Fail")), ("Error", text(error)), cause])
}

/// Returns the processor of a distributed map, with one state.
pub(super) fn item_processor(name: StateName, state: Object) -> Object {
    let config = [
        ("Mode", text("DISTRIBUTED")),
        ("ExecutionType", text("STANDARD")),
    ];
    let mut processor = machine(name.clone(), BTreeMap::from([(name, state)]));
    processor.set("ProcessorConfig", Term::Object(object(config)));
    processor
}

/// Adds a catcher for all errors, if there is a handler.
pub(super) fn with_catch(mut state: Object, handler: Option<&StateName>) -> Object {
    if let Some(handler) = handler {
        let catcher = object([
            ("ErrorEquals", Term::List(vec![text("States.ALL")])),
            (
                "ResultPath",
                text(Path::input_field(ERROR_FIELD).to_string()),
            ),
            ("Next", text(handler.clone())),
        ]);
        state.set("Catch", Term::List(vec![Term::Object(catcher)]));
    }
    state
}

/// Returns a state machine, or the part of one, with its states.
pub(super) fn machine(start: StateName, states: BTreeMap<StateName, Object>) -> Object {
    let states = states.into_iter();
    let states = states.map(|(name, state)| (name, Term::Object(state)));
    Object::from_iter([
        ("StartAt", text(start)),
        ("States", Term::Object(states.collect())),
    ])
}

/// Returns an object with these fields.
pub(super) fn object(fields: impl IntoIterator<Item = (&'static str, Term)>) -> Object {
    fields.into_iter().collect()
}
