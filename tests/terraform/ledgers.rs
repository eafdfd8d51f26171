//! Traffic between two ledgers through real Terraform: a plan fails until the idempotency keys are exchanged.

use crate::support;
use crate::support::stacks::{configuration, embedded, selection};
use anyhow::ensure;
use paymig::config::{Phase, Selection};

fn at(phase: Phase, traffic: u8) -> anyhow::Result<String> {
    let traffic = i64::from(traffic).try_into();
    let selection = Selection {
        phase: Some(phase),
        traffic: Some(traffic.map_err(|wrong| anyhow::anyhow!("{wrong}"))?),
        ..selection("migration")?
    };
    configuration(&embedded("blue-green")?, &selection)
}

#[test]
fn traffic_moves_only_after_the_idempotency_keys() -> anyhow::Result<()> {
    let harness = support::harness()?;
    let aws = harness.local_aws_with(&["zone.tf.json"])?;
    let nothing = at(Phase::Migration, 0)?;
    let everything = at(Phase::Migration, 100)?;
    let production = at(Phase::Production, 100)?;
    let workspace = harness.workspace(&nothing, &aws)?;
    workspace.apply()?;

    for (configuration, by) in [
        (&everything, "traffic on the new side"),
        (&production, "phase production"),
    ] {
        workspace.write(configuration)?;
        let expected = format!(
            "{by} needs the ledger to be open, and it is closed: run the operation `import_idempotency_keys`"
        );
        let error = workspace.plan_error()?;
        ensure!(error.contains(&expected), "{error}");
    }

    aws.change_outside_terraform(r#"put("ledger", "open")"#)?;
    for configuration in [&everything, &production] {
        workspace.write(configuration)?;
        workspace.plan()?;
    }
    workspace.write(&nothing)?;
    let error = workspace.plan_error()?;
    let expected = "no traffic on the new side needs the ledger to be closed, and it is open: run the operation `export_idempotency_keys`";
    ensure!(error.contains(expected), "{error}");

    aws.change_outside_terraform(r#"put("ledger", "closed")"#)?;
    let again = workspace.plan()?;
    ensure!(again.is_empty(), "plans again: {:?}", again.changes());
    workspace.destroy()
}
