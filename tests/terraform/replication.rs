//! Replications through real Terraform: both database engines, through the phases of a migration.

use std::collections::BTreeSet;

use crate::support;
use crate::support::stacks::{configuration, embedded, selection};
use anyhow::ensure;
use paymig::config::{EMBEDDED, Phase, Selection, StackSource, load_all};
use paymig::newtypes::Percent;
use serde_json::Value;

/// Returns the stack of these tests. Any certificate serves as the certificate authority of the datacenter.
fn stack() -> anyhow::Result<StackSource> {
    let read = |path: &str| std::fs::read_to_string(support::root().join(path));
    let text = read("fixtures/terraform/replication.toml")?;
    let pem = read("lambda/database/ca/us-east-1.pem")?;
    let host = "host = \"db.corp.example.com\"\n";
    let verified = format!("{host}ca_pem = \"\"\"\n{pem}\"\"\"\n");
    Ok(StackSource::new(
        "replication.toml",
        text.replace(host, &verified),
    ))
}

fn at(source: &StackSource, phase: Phase) -> anyhow::Result<String> {
    let selection = Selection {
        phase: Some(phase),
        ..selection("migration")?
    };
    configuration(source, &selection)
}

#[test]
fn replication_is_created_and_destroyed_as_a_whole() -> anyhow::Result<()> {
    let harness = support::harness()?;
    let (aws, source) = (harness.local_aws()?, stack()?);
    let bootstrap = configuration(&source, &selection("bootstrap")?)?;
    let roles = harness.workspace(&bootstrap, &aws)?;
    roles.apply()?;
    let workspace = harness.workspace(&at(&source, Phase::Legacy)?, &aws)?;
    workspace.apply()?;
    for phase in [Phase::Migration, Phase::Legacy] {
        workspace.write(&at(&source, phase)?)?;
        let plan = workspace.plan()?;
        let kept: Vec<&str> = plan.lost().filter(|address| is_retained(address)).collect();
        ensure!(kept.is_empty(), "to {phase}: destroys {kept:?}");
        workspace.apply()?;
        let again = workspace.plan()?;
        ensure!(
            again.is_empty(),
            "{phase} plans again: {:?}",
            again.changes()
        );
    }
    workspace.destroy()?;
    let left = workspace.state_list()?;
    ensure!(left.is_empty(), "leaves {left:?}");
    roles.destroy()
}

/// The endpoints, settings and mappings of the document suffice to move rows between servers of both engines.
#[test]
fn tasks_of_the_document_move_rows() -> anyhow::Result<()> {
    let harness = support::harness()?;
    let (aws, source) = (harness.local_aws()?, stack()?);
    let bootstrap = configuration(&source, &selection("bootstrap")?)?;
    let roles = harness.workspace(&bootstrap, &aws)?;
    roles.apply()?;
    let workspace = harness.workspace(&at(&source, Phase::Migration)?, &aws)?;
    workspace.apply()?;
    aws.run_program("terraform/replicated_rows.py")?;
    workspace.destroy()?;
    roles.destroy()
}

/// Whether every phase has the resource.
fn is_retained(address: &str) -> bool {
    [
        "aws_dms_replication_subnet_group.",
        "aws_secretsmanager_secret.",
        "aws_secretsmanager_secret_version.",
        "aws_rds_cluster.",
    ]
    .iter()
    .any(|retained| address.starts_with(retained))
}

#[test]
fn production_is_planned_without_a_migration_or_after_the_end_of_its_soak() -> anyhow::Result<()> {
    let harness = support::harness()?;
    let (aws, source) = (harness.local_aws()?, stack()?);
    let bootstrap = configuration(&source, &selection("bootstrap")?)?;
    let roles = harness.workspace(&bootstrap, &aws)?;
    roles.apply()?;
    let production = at(&source, Phase::Production)?;
    harness.workspace(&production, &aws)?.plan()?;

    let workspace = harness.workspace(&at(&source, Phase::Legacy)?, &aws)?;
    workspace.apply()?;
    aws.change_outside_terraform(r#"put("writer", "target")"#)?;
    workspace.write(&production)?;
    let error = workspace.plan_error()?;
    ensure!(
        error.contains("phase production needs the rollback window to be closed, and it is open: run the operation `end_soak`"),
        "{error}"
    );
    aws.change_outside_terraform(r#"put("rollback-window", "closed")"#)?;
    workspace.plan()?;
    workspace.destroy()?;
    roles.destroy()
}

#[test]
fn legacy_is_planned_after_a_started_migration_is_abandoned() -> anyhow::Result<()> {
    let harness = support::harness()?;
    let (aws, source) = (harness.local_aws()?, stack()?);
    let bootstrap = configuration(&source, &selection("bootstrap")?)?;
    let roles = harness.workspace(&bootstrap, &aws)?;
    roles.apply()?;
    let legacy = at(&source, Phase::Legacy)?;
    let workspace = harness.workspace(&legacy, &aws)?;
    workspace.apply()?;
    aws.change_outside_terraform(r#"put("replication", "present")"#)?;
    let error = workspace.plan_error()?;
    ensure!(
        error.contains("phase legacy needs the replication to be absent, and it is present: run the operation `abandon_migration`"),
        "{error}"
    );
    aws.change_outside_terraform(r#"put("replication", "absent")"#)?;
    workspace.plan()?;
    workspace.destroy()?;
    roles.destroy()
}

#[test]
fn account_without_the_dms_roles_fails_at_plan() -> anyhow::Result<()> {
    let harness = support::harness()?;
    let aws = harness.local_aws()?;
    let workspace = harness.workspace(&at(&stack()?, Phase::Legacy)?, &aws)?;
    let error = workspace.plan_error()?;
    ensure!(
        error.contains("the account has no role `dms-vpc-role`")
            && error.contains("--env bootstrap"),
        "{error}"
    );
    Ok(())
}

/// A change of settings or mappings stops a running task (terraform-provider-aws, `dms/replication_task.go`).
#[test]
fn phase_and_traffic_change_no_replication_task() -> anyhow::Result<()> {
    for (stack, _) in EMBEDDED {
        let source = embedded(stack)?;
        let all = load_all(&source, &[]).map_err(|wrong| anyhow::anyhow!("{wrong}"))?;
        if all.stack.replication.is_empty() {
            continue;
        }
        for environment in all.environments.keys() {
            let mut seen = BTreeSet::new();
            for (phase, traffic) in STAGES {
                let selection = Selection {
                    phase: Some(phase),
                    traffic: traffic.filter(|_| !all.stack.is_traffic_managed_by_workflow()),
                    ..selection(environment.as_str())?
                };
                let configuration: Value =
                    serde_json::from_str(&configuration(&source, &selection)?)?;
                let tasks = configuration.pointer("/resource/aws_dms_replication_task");
                ensure!(
                    (phase == Phase::Migration) == tasks.is_some(),
                    "{stack} {environment} in {phase}"
                );
                seen.extend(tasks.map(Value::to_string));
            }
            ensure!(seen.len() == 1, "{stack} {environment}: {seen:#?}");
        }
    }
    Ok(())
}

/// The stages of a migration, with `--traffic`.
const STAGES: [(Phase, Option<Percent>); 4] = [
    (Phase::Legacy, None),
    (Phase::Migration, Some(Percent::NONE)),
    (Phase::Migration, Some(Percent::ALL)),
    (Phase::Production, None),
];
