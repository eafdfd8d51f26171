//! How the synthesized configurations deviate from a contract: one check a kind of entry.

use std::collections::BTreeSet;
use std::fmt::Debug;

use super::contract::{Contract, Function, Retried};
use super::synthesized::Synthesized;

/// Finds the deviations of one kind of entry.
pub(crate) type Check = fn(&Contract, &Synthesized) -> Vec<String>;

pub(crate) const CHECKS: [Check; 13] = [
    check_functions,
    check_function_variables,
    check_variables,
    check_operations,
    check_answers,
    check_retried_errors,
    check_raised_errors,
    check_events,
    check_metrics,
    check_parameters,
    check_objects,
    check_replications,
    check_slots,
];

/// Returns what every check finds.
pub(crate) fn deviations(contract: &Contract, synthesized: &Synthesized) -> Vec<String> {
    let deviations = CHECKS.iter().flat_map(|check| check(contract, synthesized));
    deviations.collect()
}

/// Compares the packages that functions run with the functions of the contract.
pub(crate) fn check_functions(contract: &Contract, synthesized: &Synthesized) -> Vec<String> {
    let packages = synthesized.variables.keys().cloned().collect();
    difference(
        "functions",
        &packages,
        &contract.functions.keys().cloned().collect(),
    )
}

/// Compares the variables of each function with those that the contract requires and allows.
pub(crate) fn check_function_variables(
    contract: &Contract,
    synthesized: &Synthesized,
) -> Vec<String> {
    let mut deviations = Vec::new();
    for (package, function) in &contract.functions {
        if let Some(sets) = synthesized.variables.get(package) {
            deviations.extend(function_variables(contract, package, function, sets));
        }
    }
    deviations
}

/// Compares the variables that functions have with all that are defined.
pub(crate) fn check_variables(contract: &Contract, _: &Synthesized) -> Vec<String> {
    let functions = contract.functions.values();
    let listed = functions
        .flat_map(|it| it.required.union(&it.optional))
        .cloned()
        .collect();
    let defined = contract.variables.keys().cloned().collect();
    difference("variables", &listed, &defined)
}

/// Compares the operations that state machines run, with their arguments.
pub(crate) fn check_operations(contract: &Contract, synthesized: &Synthesized) -> Vec<String> {
    difference(
        "operations",
        &synthesized.operations,
        &contract.workflow_operations(),
    )
}

/// Finds texts that state machines compare with an answer and that no operation answers.
pub(crate) fn check_answers(contract: &Contract, synthesized: &Synthesized) -> Vec<String> {
    let operations = contract
        .functions
        .values()
        .flat_map(|it| it.operations.values());
    let answers = operations.flat_map(|operation| operation.answer.values());
    let words: BTreeSet<_> = answers
        .flat_map(|answer| answer.split([' ', ',']))
        .collect();
    let unknown = synthesized
        .compared
        .iter()
        .filter(|compared| !words.contains(compared.as_str()))
        // Also names of errors: those of Step Functions have a dot.
        .filter(|compared| !contract.errors.contains_key(*compared) && !compared.contains('.'));
    unknown
        .map(|compared| format!("answers: no operation answers {compared}"))
        .collect()
}

/// Compares the errors that state machines retry.
pub(crate) fn check_retried_errors(contract: &Contract, synthesized: &Synthesized) -> Vec<String> {
    let always = contract
        .errors
        .iter()
        .filter(|(_, error)| error.retried == Retried::Always);
    let mut found = difference(
        "retried errors",
        &synthesized.retried,
        &always.map(|(name, _)| name.clone()).collect(),
    );
    let refused = synthesized.refused.iter();
    found.extend(refused.filter_map(|name| match contract.errors.get(name) {
        Some(error) if error.retried != Retried::Always => None,
        _ => Some(format!(
            "errors: a state machine never retries {name} behind a fence"
        )),
    }));
    found
}

/// Compares the errors that state machines raise, and finds those that they catch and nothing raises.
pub(crate) fn check_raised_errors(contract: &Contract, synthesized: &Synthesized) -> Vec<String> {
    let known: BTreeSet<_> = contract.errors.keys().cloned().collect();
    let of_state_machines = contract
        .errors
        .iter()
        .filter(|(_, error)| error.raised_by.as_deref() == Some("state machine"))
        .map(|(name, _)| name.clone());
    let unknown = synthesized.raised.difference(&known);
    let unknown = unknown.map(|name| format!("errors: a state machine has {name}, no entry"));
    let missing: Vec<_> = of_state_machines
        .filter(|name| !synthesized.raised.contains(name))
        .map(|name| format!("errors: no state machine raises {name}"))
        .collect();
    unknown.chain(missing).collect()
}

/// Compares the events that metric filters count, with their metrics.
pub(crate) fn check_events(contract: &Contract, synthesized: &Synthesized) -> Vec<String> {
    let counted = contract
        .events
        .iter()
        .filter_map(|(name, event)| Some((name.clone(), event.metric.clone()?)));
    difference(
        "counted events",
        &synthesized.events.clone().into_iter().collect(),
        &counted.collect(),
    )
}

/// Finds metrics that alarms and dashboards read and nothing writes, and metrics of the agent that nothing reads.
pub(crate) fn check_metrics(contract: &Contract, synthesized: &Synthesized) -> Vec<String> {
    let counted = contract
        .events
        .values()
        .filter_map(|event| event.metric.clone());
    let known: BTreeSet<_> = contract.metrics.keys().cloned().chain(counted).collect();
    let unknown = synthesized.metrics.difference(&known);
    let unknown = unknown.map(|name| format!("metrics: nothing writes {name}"));
    // Operators read the functions' metrics too; only alarms read those of the agent.
    let unread = contract
        .metrics
        .iter()
        .filter(|(_, metric)| metric.written_by.is_some())
        .filter(|(name, _)| !synthesized.metrics.contains(*name))
        .map(|(name, _)| format!("metrics: no dashboard and no alarm reads {name}"));
    unknown.chain(unread).collect()
}

/// Compares the SSM parameters.
pub(crate) fn check_parameters(contract: &Contract, synthesized: &Synthesized) -> Vec<String> {
    let listed = contract.parameters.keys().cloned().collect();
    difference("parameters", &synthesized.parameters, &listed)
}

/// Compares the objects of the checkpoint bucket that functions may use.
pub(crate) fn check_objects(contract: &Contract, synthesized: &Synthesized) -> Vec<String> {
    let checkpoints = contract
        .objects
        .iter()
        .filter(|(_, objects)| objects.bucket == "checkpoint bucket");
    difference(
        "objects",
        &synthesized.objects,
        &checkpoints.map(|(prefix, _)| prefix.clone()).collect(),
    )
}

/// Compares the fields of the objects in REPLICATIONS.
pub(crate) fn check_replications(contract: &Contract, synthesized: &Synthesized) -> Vec<String> {
    let fields = &contract.replication;
    let mut deviations = Vec::new();
    for set in &synthesized.replication_fields {
        let missing = fields.required.difference(set);
        deviations.extend(missing.map(|name| format!("REPLICATIONS: an object has no {name}")));
    }
    let set = synthesized
        .replication_fields
        .iter()
        .flatten()
        .cloned()
        .collect();
    let listed = fields.required.union(&fields.optional).cloned().collect();
    deviations.extend(difference("fields of REPLICATIONS", &set, &listed));
    deviations
}

/// Compares the names of the replication slots.
pub(crate) fn check_slots(contract: &Contract, synthesized: &Synthesized) -> Vec<String> {
    let kinds = synthesized.slots.keys().cloned().collect();
    let mut deviations = difference("slots", &kinds, &contract.slots.keys().cloned().collect());
    for (kind, pattern) in &contract.slots {
        let (before, after) = pattern.split_once("NAME_ENVIRONMENT_SUFFIX").unwrap();
        for slot in synthesized.slots.get(kind).into_iter().flatten() {
            let name = slot
                .strip_prefix(before)
                .and_then(|rest| rest.strip_suffix(after));
            if name.is_none_or(|name| name.split('_').count() < 3) {
                deviations.push(format!("slots: {slot} is not {pattern}"));
            }
        }
    }
    deviations
}

/// Compares the variables of the functions that run `package`: one set a function.
fn function_variables(
    contract: &Contract,
    package: &str,
    function: &Function,
    sets: &[BTreeSet<String>],
) -> Vec<String> {
    let is_synthesized = |name: &&String| {
        contract
            .variables
            .get(*name)
            .is_none_or(|variable| variable.set_by.is_none())
    };
    let is = |set: &str, name: &str| {
        let is_prefix = contract.variables.get(name).is_some_and(|it| it.prefix);
        set == name || (is_prefix && set.starts_with(name))
    };
    let required: Vec<_> = function.required.iter().filter(is_synthesized).collect();
    let optional: Vec<_> = function.optional.iter().filter(is_synthesized).collect();
    let mut deviations = Vec::new();
    for name in &required {
        if !sets.iter().all(|set| set.iter().any(|set| is(set, name))) {
            deviations.push(format!(
                "{package}: {name} is required, and a function lacks it"
            ));
        }
    }
    for name in &optional {
        let is_set = sets.iter().flatten().any(|set| is(set, name));
        if is_set == function.unset_in_stacks.contains(*name) {
            deviations.push(format!("{package}: {name} is optional, and set: {is_set}"));
        }
    }
    for name in &function.unset_in_stacks {
        if !function.optional.contains(name) {
            deviations.push(format!(
                "{package}: {name} is unset in the stacks, and not optional"
            ));
        }
    }
    for set in sets.iter().flatten().collect::<BTreeSet<_>>() {
        if !required.iter().chain(&optional).any(|name| is(set, name)) {
            deviations.push(format!(
                "{package}: {set} is set, and the contract lacks it"
            ));
        }
    }
    deviations
}

fn difference<T: Ord + Debug>(
    kind: &str,
    synthesized: &BTreeSet<T>,
    contract: &BTreeSet<T>,
) -> Vec<String> {
    let unlisted = synthesized.difference(contract);
    let unlisted = unlisted.map(|name| format!("{kind}: {name:?} is not in the contract"));
    let unused = contract.difference(synthesized);
    let unused = unused.map(|name| format!("{kind}: {name:?} is only in the contract"));
    unlisted.chain(unused).collect()
}
