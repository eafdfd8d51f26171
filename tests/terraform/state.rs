//! The state of an environment in the bucket of `bootstrap`: its backend, its lock, and the outputs that others read.

use anyhow::ensure;

use crate::support;
use crate::support::stacks::{configuration, selection, small};

#[test]
fn environments_share_a_state_bucket_and_no_lock() -> anyhow::Result<()> {
    let harness = support::harness()?;
    let aws = harness.local_aws()?;
    let state = "[state]\nbackend = \"s3\"\nremote_states = [\"legacy\"]\n";
    let source = small(|text| format!("{text}\n{state}"))?;
    let of = |environment: &str| configuration(&source, &selection(environment)?);

    let bootstrap = harness.workspace(&of("bootstrap")?, &aws)?;
    bootstrap.apply()?;

    let legacy = harness.workspace_with_its_backend(&of("legacy")?, &aws)?;
    let other_machine = harness.workspace_with_its_backend(&of("legacy")?, &aws)?;
    let migration = harness.workspace_with_its_backend(&of("migration")?, &aws)?;
    let error = migration.plan_error()?;
    ensure!(error.contains("Unable to find remote state"), "{error}");
    legacy.apply_at_prompt(|| {
        let error = other_machine.apply_error()?;
        ensure!(error.contains("Error acquiring the state lock"), "{error}");
        // Another environment has a lock of its own: it fails later, because `legacy` has no state yet.
        let error = migration.plan_error()?;
        ensure!(!error.contains("state lock"), "{error}");
        Ok(())
    })?;
    let again = other_machine.plan()?;
    ensure!(again.is_empty(), "{:?}", again.changes());

    migration.apply()?;
    ensure!(migration.output("legacy_phase")? == "legacy");
    for workspace in [&migration, &legacy] {
        workspace.destroy()?;
    }
    bootstrap.write(&of("bootstrap")?)?;
    bootstrap.destroy()
}
