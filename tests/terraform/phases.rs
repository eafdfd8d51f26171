//! What the end of phase `migration` does with the functions of the migration: they go, and their state machines stay.

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use crate::support::api::states;
use crate::support::local_aws::LocalAws;
use crate::support::terraform::Workspace;

/// Fails if a function of the migration is left.
pub(crate) fn ensure_no_migration_function(workspace: &Workspace) -> anyhow::Result<()> {
    let addresses = workspace.state_list()?;
    let functions: Vec<_> = addresses
        .iter()
        .filter(|address| is_function_of_the_migration(address))
        .collect();
    ensure!(functions.is_empty(), "keeps {functions:?}");
    Ok(())
}

/// Fails unless the state machines no longer refer to a function when it is deleted. `log` is that of the apply.
pub(crate) fn ensure_machines_are_updated_first(log: &str) -> anyhow::Result<()> {
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

/// Fails unless the custom resource is deleted before its function, which CloudFormation invokes for it. `log` is that of
/// the apply.
pub(crate) fn ensure_custom_resource_is_deleted_first(log: &str) -> anyhow::Result<()> {
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

fn is_function_of_the_migration(address: &str) -> bool {
    ["runbook", "workflow"]
        .iter()
        .any(|section| address.starts_with(&format!("aws_lambda_function.{section}_")))
}

/// The only state of the state machine fails, and its cause names the phase.
pub(crate) fn ensure_execution_fails(aws: &LocalAws, machine: &str) -> anyhow::Result<()> {
    let listed = states(aws, "ListStateMachines", &json!({}))?;
    let listed = listed.get("stateMachines").and_then(Value::as_array);
    let listed = listed.context("no list")?;
    let prefix = format!("{machine}-");
    let found = listed.iter().find(|found| {
        let name = found.get("name").and_then(Value::as_str);
        name.is_some_and(|name| name.starts_with(&prefix))
    });
    let found = found.context("no such state machine")?;
    let arn = found.get("stateMachineArn").context("no ARN")?;
    let shown = states(
        aws,
        "DescribeStateMachine",
        &json!({ "stateMachineArn": arn }),
    )?;
    let definition = shown.get("definition").and_then(Value::as_str);
    let definition = definition.context("no definition")?;
    let definition: Value = serde_json::from_str(definition)?;
    let states = definition.get("States").and_then(Value::as_object);
    let states = states.context("no states")?;
    ensure!(states.len() == 1, "{definition}");
    let state = states.values().next().context("no state")?;
    let field = |name: &str| state.get(name).and_then(Value::as_str);
    ensure!(
        field("Type") == Some("Fail") && field("Error") == Some("MigrationUnavailable"),
        "{state}"
    );
    let cause = field("Cause").context("no cause")?;
    ensure!(
        cause.contains("phase `production`") && cause.contains("apply phase `migration`"),
        "{cause}"
    );
    Ok(())
}
