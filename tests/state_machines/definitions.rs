//! Definitions of the state machines, with literals instead of references.

use std::num::NonZeroU32;

use paymig::asl::{Definition, MAX_HISTORY_EVENTS, TerminatedFlow};
use paymig::config::{ManagedBy, Traffic as TrafficConfig, Workflow as WorkflowConfig};
use paymig::constructs::migration::workflow::{
    LambdaTarget, Migration, Rollback, Timing, TrafficSteps,
};
use paymig::newtypes::{Concurrency, Minutes, Percent, Seconds};
use serde_json::Value as Json;

use crate::support::stacks::{embedded, loaded, selection};
use crate::support::term_json::term_json;

/// Both state machines of the embedded stack `orchestrated`, with edited settings.
fn machines(edit: impl FnOnce(&mut WorkflowConfig, &mut TrafficConfig)) -> [TerminatedFlow; 2] {
    let (config, traffic) = settings(edit);
    let timing = Timing::from_config(&config, Some(&traffic));
    machines_at(timing, &config, &traffic)
}

/// The upper bound of the history events of a migration with this timing.
pub(crate) fn max_history_events(timing: Timing) -> u64 {
    let (config, traffic) = settings(|_, _| ());
    let [migration, _] = machines_at(timing, &config, &traffic);
    Definition::new(migration).unwrap().max_history_events()
}

fn settings(
    edit: impl FnOnce(&mut WorkflowConfig, &mut TrafficConfig),
) -> (WorkflowConfig, TrafficConfig) {
    let stack = loaded(
        &embedded("orchestrated").unwrap(),
        &selection("migration").unwrap(),
    )
    .unwrap()
    .stack;
    let mut config = stack.workflow.iter().next().unwrap().1.clone();
    let mut traffic = stack.traffic.unwrap();
    edit(&mut config, &mut traffic);
    (config, traffic)
}

fn machines_at(
    timing: Timing,
    config: &WorkflowConfig,
    traffic: &TrafficConfig,
) -> [TerminatedFlow; 2] {
    let rollback = Rollback {
        cutover: lambda_target("cutover"),
        approval: lambda_target("approval"),
        timing,
    };
    let migration = Migration {
        cutover: lambda_target("cutover"),
        validation: lambda_target("validation"),
        approval: lambda_target("approval"),
        bucket: "checkpoints".into(),
        comparison_concurrency: config.comparison_concurrency,
        traffic: TrafficSteps::from_config(traffic),
        timing,
        rollback_arn: "arn:aws:states:us-east-1:123456789012:stateMachine:rollback".into(),
    };
    [migration.flow(), rollback.flow()]
}

fn lambda_target(name: &str) -> LambdaTarget {
    LambdaTarget {
        function_arn: format!("arn:aws:lambda:us-east-1:123456789012:function:{name}").into(),
        version: "1".into(),
        timeout: Seconds::constant::<900>(),
    }
}

/// The definitions of the embedded stack `orchestrated`: the migration's and the rollback's.
pub(crate) fn embedded_definitions() -> [Json; 2] {
    machines(|_, _| ()).map(json)
}

fn json(flow: TerminatedFlow) -> Json {
    let text = Definition::new(flow).unwrap().to_json().into_term();
    term_json(&text, &|expr| panic!("not a literal: {expr:?}"))
}

#[test]
fn migration() {
    let [migration, _] = embedded_definitions();
    insta::assert_snapshot!(serde_json::to_string_pretty(&migration).unwrap());
}

#[test]
fn rollback() {
    let [_, rollback] = embedded_definitions();
    insta::assert_snapshot!(serde_json::to_string_pretty(&rollback).unwrap());
}

fn bounds(edit: impl FnOnce(&mut WorkflowConfig, &mut TrafficConfig)) -> [u64; 2] {
    machines(edit).map(|flow| Definition::new(flow).unwrap().max_history_events())
}

#[test]
fn execution_history_fits() {
    let [migration, rollback] = bounds(|_, _| ());
    assert!(migration <= MAX_HISTORY_EVENTS, "{migration}");
    assert!(rollback <= MAX_HISTORY_EVENTS, "{rollback}");
}

#[test]
fn execution_history_fits_with_many_long_steps() {
    for last in 1..=100 {
        let [migration, _] = bounds(|config, traffic| {
            let steps = 0..=last;
            traffic.steps = steps.map(|step| Percent::try_from(step).unwrap()).collect();
            config.step_soak = Minutes::constant::<525_600>();
            config.approval_timeout = Minutes::constant::<525_600>();
            config.comparison_concurrency = Concurrency::constant::<1000>();
        });
        assert!(migration <= MAX_HISTORY_EVENTS, "{last} steps: {migration}");
    }
}

#[test]
fn alarms_are_checked_each_minute_of_the_soak() {
    let stack = loaded(
        &embedded("orchestrated").unwrap(),
        &selection("migration").unwrap(),
    );
    let stack = stack.unwrap().stack;
    let config = stack.workflow.iter().next().unwrap().1;
    let alarms = Timing::from_config(config, None).alarms;
    assert_eq!(alarms.interval.as_secs(), 60);
    assert_eq!(alarms.max_polls, NonZeroU32::new(30).unwrap());
}

#[test]
fn workflow_shifts_no_traffic_that_terraform_manages() {
    let [migration, _] = machines(|_, traffic| traffic.managed_by = ManagedBy::Terraform).map(json);
    let states = migration["States"].as_object().unwrap();
    assert!(!states.keys().any(|name| name.starts_with("Shift")));
    assert!(states.contains_key("Fence source"));
}

#[test]
fn traffic_steps_above_the_cutover_come_after_it() {
    let [migration, _] = machines(|_, traffic| {
        traffic.cutover_percent = Percent::try_from(10).unwrap();
    })
    .map(json);
    let states = &migration["States"];
    assert_eq!(
        states["Check alarms at 10 %: complete?"]["Choices"][0]["Next"],
        "Request approval"
    );
    assert_eq!(
        states["Check alarms on target: complete?"]["Choices"][0]["Next"],
        "Shift traffic to 50 %"
    );
    assert_eq!(
        states["Check alarms at 100 %: complete?"]["Choices"][0]["Next"],
        "Begin soak"
    );
}
