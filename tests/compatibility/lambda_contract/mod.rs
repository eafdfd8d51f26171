//! Rust and Python agree in `lambda/contract.toml`: the Rust half, held against every embedded stack.
//!
//! Python's half is `tests/lambda/contract`.

mod conformance;
mod contract;
mod mutations;
mod operations_page;
mod synthesized;

use conformance::{Check, deviations};
pub(crate) use contract::Contract;
use contract::TEXT;
use mutations::{Change, Mutation, at, mutations};
use paymig::config::{EMBEDDED, StackSource, load_all};
use paymig::transitions::{Action, Operation, walk};
use synthesized::Synthesized;
use toml::{Table, Value};

#[test]
fn functions_are_those_of_the_contract() {
    hold(conformance::check_functions);
}

#[test]
fn functions_get_the_variables_of_the_contract() {
    hold(conformance::check_function_variables);
}

#[test]
fn every_variable_of_the_contract_belongs_to_a_function() {
    hold(conformance::check_variables);
}

#[test]
fn state_machines_run_the_operations_of_the_contract() {
    hold(conformance::check_operations);
}

#[test]
fn procedures_of_transitions_run_operations_of_the_contract() {
    let contract = Contract::read();
    let mut checked = 0;
    for (name, _) in EMBEDDED {
        let stack = load_all(&StackSource::embedded(name).unwrap(), &[])
            .unwrap()
            .stack;
        for procedure in walk(&stack)
            .iter()
            .map(|transition| transition.procedure(&stack))
        {
            let actions = [
                procedure.preparation,
                procedure.actions,
                procedure.verification,
                procedure.rollback.actions,
            ];
            for action in actions.into_iter().flatten() {
                let Action::Operation(Operation { function, name, .. }) = action else {
                    continue;
                };
                let function = &contract.functions[&function.replace('-', "_")];
                assert!(
                    function.operations[name].called_by.contains("operator"),
                    "{name}"
                );
                checked += 1;
            }
            for condition in procedure.conditions {
                let path = condition.parameter.path();
                assert!(contract.parameters.contains_key(path), "{path}");
            }
        }
    }
    assert!(checked > 0);
}

#[test]
fn state_machines_compare_answers_of_the_contract() {
    assert!(!Synthesized::read().compared.is_empty());
    hold(conformance::check_answers);
}

#[test]
fn state_machines_retry_the_errors_that_the_contract_calls_retried() {
    hold(conformance::check_retried_errors);
}

#[test]
fn state_machines_raise_errors_of_the_contract() {
    hold(conformance::check_raised_errors);
}

#[test]
fn metric_filters_count_the_events_of_the_contract() {
    hold(conformance::check_events);
}

#[test]
fn alarms_and_dashboards_read_the_metrics_of_the_contract() {
    hold(conformance::check_metrics);
}

#[test]
fn parameters_are_those_of_the_contract() {
    hold(conformance::check_parameters);
}

#[test]
fn functions_may_use_the_objects_of_the_contract() {
    hold(conformance::check_objects);
}

#[test]
fn replications_have_the_fields_of_the_contract() {
    hold(conformance::check_replications);
}

#[test]
fn slots_are_named_as_the_contract_says() {
    hold(conformance::check_slots);
}

#[test]
fn every_entry_that_is_added_dropped_or_renamed_is_a_deviation() {
    let original: Table = toml::from_str(TEXT).unwrap();
    let held: Vec<_> = mutations(&original)
        .into_iter()
        .filter(|mutation| is_synthesized(&original, mutation))
        .collect();
    for change in [Change::Add, Change::Drop, Change::Rename] {
        assert!(held.iter().any(|mutation| mutation.change == change));
    }
    let unseen: Vec<_> = held
        .into_iter()
        .filter(|mutation| {
            let contract = mutation.contract.clone().try_into().unwrap();
            deviations(&contract, Synthesized::read()).is_empty()
        })
        .map(|mutation| format!("{:?} {}", mutation.change, mutation.path.join(".")))
        .collect();
    assert!(unseen.is_empty(), "{}", unseen.join("\n"));
}

fn hold(check: Check) {
    let deviations = check(&Contract::read(), Synthesized::read());
    assert!(deviations.is_empty(), "{}", deviations.join("\n"));
}

/// Whether the synthesized configurations hold the entry; the others are held by the source of the functions.
fn is_synthesized(contract: &Table, mutation: &Mutation) -> bool {
    let entry_at = |length: usize| at(contract, &mutation.path[..length]);
    match mutation.kind.as_str() {
        "functions.*.required" | "functions.*.optional" => {
            let variable = &contract["variables"][mutation.path.last().unwrap().as_str()];
            variable.get("set_by").is_none()
        }
        "functions.*.common_arguments" => {
            let operations = entry_at(2).get("operations").and_then(Value::as_table);
            operations.is_some_and(|operations| operations.values().any(is_run_by_workflow))
        }
        "functions.*.operations" | "functions.*.operations.*.arguments" => {
            is_run_by_workflow(entry_at(4))
        }
        "errors" => {
            let error = entry_at(2);
            error["retried"].as_bool() == Some(true)
                || error.get("raised_by").and_then(Value::as_str) == Some("state machine")
        }
        "events" => entry_at(2).get("metric").is_some(),
        "metrics" => match mutation.change {
            Change::Add => entry_at(2).get("written_by").is_some(),
            Change::Drop | Change::Rename => {
                Synthesized::read().metrics.contains(&mutation.path[1])
            }
        },
        "objects" => entry_at(2)["bucket"].as_str() == Some("checkpoint bucket"),
        _ => true,
    }
}

fn is_run_by_workflow(operation: &Value) -> bool {
    let callers = operation["called_by"].as_array().unwrap();
    callers
        .iter()
        .any(|caller| caller.as_str() == Some("workflow"))
}
