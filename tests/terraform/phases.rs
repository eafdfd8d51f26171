//! The functions of a migration through its phases: they exist in phase `migration` only, and their logs, their state
//! machines and the history of these in every phase.

use anyhow::{Context as _, ensure};
use paymig::config::{Phase, Selection, StackSource};
use serde_json::{Value, json};

use crate::support;
use crate::support::api::states;
use crate::support::local_aws::LocalAws;
use crate::support::stacks::{configuration, selection};
use crate::support::terraform::Workspace;

/// A small stack whose migration an operator runs. The local AWS cannot change the tags of a budget.
fn runbook() -> anyhow::Result<StackSource> {
    let text = std::fs::read_to_string(support::root().join("fixtures/terraform/runbook.toml"))?;
    let budget = "[budget]\nmonthly_usd = 3000\naws_budget = \"create\"\n";
    ensure!(text.contains(budget), "the fixture has another budget");
    Ok(StackSource::new("runbook.toml", text.replace(budget, "")))
}

/// The same stack, whose migration a workflow runs.
fn workflow() -> anyhow::Result<StackSource> {
    let text = runbook()?.text().to_owned();
    let text = text
        .replace("managed_by = \"runbook\"", "managed_by = \"workflow\"")
        .replace("[runbook.migration]", "[workflow.migration]")
        .replace("validation_trigger = \"custom-resource\"\n", "")
        .replace(
            "validation_lambda_name.validation",
            "state_machine_arn.workflow",
        );
    Ok(StackSource::new("workflow.toml", text))
}

fn at(source: &StackSource, phase: Phase) -> anyhow::Result<String> {
    let selection = Selection {
        phase: Some(phase),
        ..selection("migration")?
    };
    configuration(source, &selection)
}

/// Moves `source` from phase `migration` to `phase` and back, and destroys it. Returns the log of the first transition.
fn cycle(
    source: &StackSource,
    phase: Phase,
    prepare: &str,
    check: impl Fn(&LocalAws) -> anyhow::Result<()>,
) -> anyhow::Result<Option<String>> {
    let Some(harness) = support::harness() else {
        return Ok(None);
    };
    let aws = harness.local_aws()?;
    let bootstrap = configuration(source, &selection("bootstrap")?)?;
    harness.workspace(&bootstrap, &aws)?.apply()?;
    let workspace = harness.workspace(&at(source, Phase::Migration)?, &aws)?;
    workspace.apply()?;
    aws.change_outside_terraform(prepare)?;

    workspace.write(&at(source, phase)?)?;
    let plan = workspace.plan()?;
    let evidence = [
        "aws_sfn_state_machine.",
        "aws_cloudwatch_log_group.",
        "aws_kms_key.",
    ];
    let lost: Vec<_> = plan
        .lost()
        .filter(|address| evidence.iter().any(|kind| address.starts_with(kind)))
        .collect();
    ensure!(lost.is_empty(), "destroys {lost:?}");
    let log = workspace.apply_logged()?;
    ensure_stable(&workspace)?;
    let addresses = workspace.state_list()?;
    let functions: Vec<_> = addresses
        .iter()
        .filter(|address| is_function_of_the_migration(address))
        .collect();
    ensure!(functions.is_empty(), "keeps {functions:?}");
    check(&aws)?;

    workspace.write(&at(source, Phase::Migration)?)?;
    workspace.apply()?;
    ensure_stable(&workspace)?;
    workspace.destroy()?;
    let left = workspace.state_list()?;
    ensure!(left.is_empty(), "leaves {left:?}");
    Ok(Some(log))
}

fn is_function_of_the_migration(address: &str) -> bool {
    ["runbook", "workflow"]
        .iter()
        .any(|section| address.starts_with(&format!("aws_lambda_function.{section}_")))
}

fn ensure_stable(workspace: &Workspace) -> anyhow::Result<()> {
    let again = workspace.plan()?;
    ensure!(again.is_empty(), "plans again: {:?}", again.changes());
    Ok(())
}

/// The state machines no longer refer to a function when it is deleted.
#[test]
fn workflow_fails_without_its_functions_after_the_migration() -> anyhow::Result<()> {
    let ended = r#"put("writer", "target"); put("rollback-window", "closed")"#;
    let Some(log) = cycle(&workflow()?, Phase::Production, ended, |aws| {
        for machine in ["migration", "rollback"] {
            ensure_execution_fails(aws, machine)?;
        }
        Ok(())
    })?
    else {
        return Ok(());
    };
    let lines: Vec<_> = log.lines().collect();
    let updated = lines.iter().rposition(|line| {
        line.starts_with("aws_sfn_state_machine.") && line.contains(": Modifications complete")
    });
    let deleted = lines
        .iter()
        .position(|line| is_function_of_the_migration(line) && line.contains(": Destroying..."));
    let updated = updated.context("no state machine is updated")?;
    let deleted = deleted.context("no function is deleted")?;
    ensure!(updated < deleted, "{log}");
    Ok(())
}

/// CloudFormation needs the function to delete the custom resource.
#[test]
fn custom_resource_is_deleted_before_its_function() -> anyhow::Result<()> {
    let Some(log) = cycle(&runbook()?, Phase::Legacy, "", |_| Ok(()))? else {
        return Ok(());
    };
    let lines: Vec<_> = log.lines().collect();
    let stack = lines.iter().position(|line| {
        line.starts_with("aws_cloudformation_stack.") && line.contains(": Destruction complete")
    });
    let function = lines.iter().position(|line| {
        line.starts_with("aws_lambda_function.runbook_migration_custom-resource_")
            && line.contains(": Destroying...")
    });
    let stack = stack.context("no stack is deleted")?;
    let function = function.context("no function is deleted")?;
    ensure!(stack < function, "{log}");
    Ok(())
}

/// The only state of the state machine fails, and its cause names the phase.
fn ensure_execution_fails(aws: &LocalAws, machine: &str) -> anyhow::Result<()> {
    let listed = states(aws, "ListStateMachines", &json!({}))?;
    let listed = listed["stateMachines"].as_array().context("no list")?;
    let prefix = format!("{machine}-");
    let found = listed.iter().find(|found| {
        let name = found["name"].as_str();
        name.is_some_and(|name| name.starts_with(&prefix))
    });
    let arn = &found.context("no such state machine")?["stateMachineArn"];
    let shown = states(
        aws,
        "DescribeStateMachine",
        &json!({ "stateMachineArn": arn }),
    )?;
    let definition = shown["definition"].as_str().context("no definition")?;
    let definition: Value = serde_json::from_str(definition)?;
    let states = definition["States"].as_object().context("no states")?;
    ensure!(states.len() == 1, "{definition}");
    let state = states.values().next().context("no state")?;
    ensure!(
        state["Type"] == "Fail" && state["Error"] == "MigrationUnavailable",
        "{state}"
    );
    let cause = state["Cause"].as_str().context("no cause")?;
    ensure!(
        cause.contains("phase `production`") && cause.contains("apply phase `migration`"),
        "{cause}"
    );
    Ok(())
}
