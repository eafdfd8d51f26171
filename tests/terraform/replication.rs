//! Replications in the hands of the real Terraform: both engines, through the phases of a migration.

use std::collections::BTreeSet;

use crate::support;
use crate::support::stacks::{document, embedded, selection};
use anyhow::ensure;
use paymig::config::{EMBEDDED, Phase, Selection, StackSource, load_all};
use serde_json::Value;

/// The stack of these tests; the authority of the datacenter is any certificate here.
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
    document(source, &selection)
}

#[test]
fn replication_comes_and_goes_as_a_whole() -> anyhow::Result<()> {
    let Some(engine) = support::engine() else {
        return Ok(());
    };
    let (aws, source) = (engine.local_aws()?, stack()?);
    let bootstrap = document(&source, &selection("bootstrap")?)?;
    let roles = engine.workspace(&bootstrap, &aws)?;
    roles.apply()?;
    let workspace = engine.workspace(&at(&source, Phase::Legacy)?, &aws)?;
    workspace.apply()?;
    for phase in [Phase::Migration, Phase::Legacy] {
        workspace.write(&at(&source, phase)?)?;
        let plan = workspace.plan()?;
        let kept: Vec<&str> = plan.lost().filter(|address| lasts(address)).collect();
        ensure!(kept.is_empty(), "to {phase}: loses {kept:?}");
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

/// What each phase must have.
fn lasts(address: &str) -> bool {
    [
        "aws_dms_replication_subnet_group.",
        "aws_secretsmanager_secret.",
        "aws_secretsmanager_secret_version.",
        "aws_rds_cluster.",
    ]
    .iter()
    .any(|lasting| address.starts_with(lasting))
}

#[test]
fn an_account_without_the_roles_of_dms_fails_at_plan() -> anyhow::Result<()> {
    let Some(engine) = support::engine() else {
        return Ok(());
    };
    let aws = engine.local_aws()?;
    let workspace = engine.workspace(&at(&stack()?, Phase::Legacy)?, &aws)?;
    let Err(refused) = workspace.plan() else {
        anyhow::bail!("the plan was not refused");
    };
    let told = refused.to_string().replace(['\n', '│'], " ");
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    ensure!(
        told.contains("the account has no role `dms-vpc-role`") && told.contains("--env bootstrap"),
        "{refused}"
    );
    Ok(())
}

/// A change of settings or mappings stops a running task (terraform-provider-aws, `dms/replication_task.go`).
#[test]
fn neither_phase_nor_traffic_touches_a_task() -> anyhow::Result<()> {
    for (stack, _) in EMBEDDED {
        let source = embedded(stack)?;
        let all = load_all(&source, &[]).map_err(|wrong| anyhow::anyhow!("{wrong}"))?;
        if all.stack.replication.is_empty() {
            continue;
        }
        for environment in all.environments.keys() {
            let mut seen = BTreeSet::new();
            for (phase, traffic) in POINTS {
                let traffic = i64::from(traffic).try_into();
                let selection = Selection {
                    phase: Some(phase),
                    traffic: Some(traffic.map_err(|wrong| anyhow::anyhow!("{wrong}"))?),
                    ..selection(environment.as_str())?
                };
                let document: Value = serde_json::from_str(&document(&source, &selection)?)?;
                let tasks = document.pointer("/resource/aws_dms_replication_task");
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

/// The way of a migration, with traffic in percent.
const POINTS: [(Phase, u8); 4] = [
    (Phase::Legacy, 0),
    (Phase::Migration, 0),
    (Phase::Migration, 100),
    (Phase::Production, 100),
];
