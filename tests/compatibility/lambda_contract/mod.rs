//! Rust and Python agree in `lambda/contract.toml`: the Rust half, held against every embedded stack.
//!
//! Python's half is `tests/lambda/contract`.

mod contract;
mod operations_page;
mod synthesized;

use std::collections::{BTreeMap, BTreeSet};

use contract::Contract;
use synthesized::Synthesized;

#[test]
fn functions_get_the_variables_of_the_contract() {
    let (contract, synthesized) = both();
    let packages: BTreeSet<_> = synthesized.variables.keys().collect();
    assert_eq!(packages, contract.functions.keys().collect());
    let mut wrong = Vec::new();
    for (package, function) in &contract.functions {
        let functions = &synthesized.variables[package];
        let by_contract = |name: &String| contract.variables[name].set_by.is_none();
        let required: Vec<_> = function
            .required
            .iter()
            .filter(|name| by_contract(name))
            .collect();
        let optional: Vec<_> = function
            .optional
            .iter()
            .filter(|name| by_contract(name))
            .collect();
        let is = |set: &str, name: &str| {
            set == name || (contract.variables[name].prefix && set.starts_with(name))
        };
        for name in &required {
            if !functions
                .iter()
                .all(|set| set.iter().any(|set| is(set, name)))
            {
                wrong.push(format!(
                    "{package}: {name} is required, and a function lacks it"
                ));
            }
        }
        for name in &optional {
            let is_set = functions.iter().flatten().any(|set| is(set, name));
            if is_set == function.unset_in_stacks.contains(*name) {
                wrong.push(format!("{package}: {name} is optional, and set: {is_set}"));
            }
        }
        for set in functions.iter().flatten().collect::<BTreeSet<_>>() {
            if !required.iter().chain(&optional).any(|name| is(set, name)) {
                wrong.push(format!(
                    "{package}: {set} is set, and the contract lacks it"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_variable_of_the_contract_belongs_to_a_function() {
    let contract = Contract::read();
    let functions = contract.functions.values();
    let named: BTreeSet<_> = functions
        .flat_map(|it| it.required.union(&it.optional))
        .collect();
    assert_eq!(named, contract.variables.keys().collect());
}

#[test]
fn state_machines_run_the_operations_of_the_contract() {
    let (contract, synthesized) = both();
    assert_eq!(synthesized.operations, contract.workflow_operations());
}

#[test]
fn state_machines_compare_answers_of_the_contract() {
    let (contract, synthesized) = both();
    let operations = contract
        .functions
        .values()
        .flat_map(|it| it.operations.values());
    let answers = operations.flat_map(|operation| operation.answer.values());
    let words: BTreeSet<_> = answers
        .flat_map(|answer| answer.split([' ', ',']))
        .collect();
    let unknown: Vec<_> = synthesized
        .compared
        .iter()
        .filter(|compared| !words.contains(compared.as_str()))
        // Also names of errors: those of Step Functions have a dot.
        .filter(|compared| !contract.errors.contains_key(*compared) && !compared.contains('.'))
        .collect();
    assert!(!synthesized.compared.is_empty());
    assert!(unknown.is_empty(), "no operation answers {unknown:?}");
}

#[test]
fn state_machines_retry_the_errors_that_the_contract_calls_retried() {
    let (contract, synthesized) = both();
    let retried = contract.errors.iter().filter(|(_, error)| error.retried);
    let retried: BTreeSet<_> = retried.map(|(name, _)| name.clone()).collect();
    assert_eq!(synthesized.retried, retried);
}

#[test]
fn state_machines_raise_errors_of_the_contract() {
    let (contract, synthesized) = both();
    let known: BTreeSet<_> = contract.errors.keys().cloned().collect();
    let of_machines: BTreeSet<_> = contract
        .errors
        .iter()
        .filter(|(_, error)| error.raised_by.as_deref() == Some("state machine"))
        .map(|(name, _)| name.clone())
        .collect();
    assert!(
        synthesized.raised.is_subset(&known) && synthesized.raised.is_superset(&of_machines),
        "raised or caught: {:?}, in the contract: {known:?}",
        synthesized.raised
    );
}

#[test]
fn metric_filters_count_the_events_of_the_contract() {
    let (contract, synthesized) = both();
    let events = contract.events.iter();
    let counted = events.filter_map(|(name, event)| Some((name.clone(), event.metric.clone()?)));
    assert_eq!(synthesized.events, counted.collect::<BTreeMap<_, _>>());
}

#[test]
fn alarms_and_dashboards_read_the_metrics_of_the_contract() {
    let (contract, synthesized) = both();
    let counted = contract
        .events
        .values()
        .filter_map(|event| event.metric.clone());
    let known: BTreeSet<_> = contract.metrics.keys().cloned().chain(counted).collect();
    let unknown: Vec<_> = synthesized.metrics.difference(&known).collect();
    assert!(unknown.is_empty(), "not in the contract: {unknown:?}");
    // Operators read the other metrics; nobody but these alarms reads the agent's.
    let others = contract
        .metrics
        .iter()
        .filter(|(_, metric)| metric.written_by.is_some());
    let unread: Vec<_> = others
        .filter(|(name, _)| !synthesized.metrics.contains(*name))
        .collect();
    assert!(
        unread.is_empty(),
        "on no dashboard and in no alarm: {unread:?}"
    );
}

#[test]
fn parameters_are_those_of_the_contract() {
    let (contract, synthesized) = both();
    assert_eq!(
        synthesized.parameters,
        contract.parameters.into_keys().collect()
    );
}

#[test]
fn functions_may_use_the_objects_of_the_contract() {
    let (contract, synthesized) = both();
    let objects = contract.objects.into_iter();
    let checkpoints = objects.filter(|(_, objects)| objects.bucket == "checkpoint bucket");
    assert_eq!(
        synthesized.objects,
        checkpoints.map(|(prefix, _)| prefix).collect()
    );
}

#[test]
fn replications_have_the_fields_of_the_contract() {
    let (contract, synthesized) = both();
    let fields = &contract.replication;
    for set in &synthesized.replication_fields {
        let lacking: Vec<_> = fields.required.difference(set).collect();
        assert!(lacking.is_empty(), "a replication lacks {lacking:?}");
        let tasks: BTreeSet<_> = fields.tasks.intersection(set).collect();
        assert!(
            tasks.is_empty() || tasks.len() == fields.tasks.len(),
            "{tasks:?}"
        );
    }
    let set: BTreeSet<_> = synthesized.replication_fields.iter().flatten().collect();
    let known = fields.required.iter().chain(&fields.optional);
    assert_eq!(set, known.chain(&fields.tasks).collect());
}

#[test]
fn slots_are_named_as_the_contract_says() {
    let (contract, synthesized) = both();
    assert!(synthesized.slots.keys().eq(contract.slots.keys()));
    for (kind, pattern) in &contract.slots {
        let (before, after) = pattern.split_once("NAME").unwrap();
        for slot in &synthesized.slots[kind] {
            let name = slot
                .strip_prefix(before)
                .and_then(|rest| rest.strip_suffix(after));
            assert!(
                name.is_some_and(|name| !name.is_empty()),
                "{slot} is not {pattern}"
            );
        }
    }
}

fn both() -> (Contract, &'static Synthesized) {
    (Contract::read(), Synthesized::read())
}
