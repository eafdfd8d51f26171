//! The embedded stacks as a whole: applied, moved through the phases, planned again without a change, and destroyed.

use anyhow::ensure;
use paymig::config::{Phase, Protection, Selection, StackSource};
use paymig::newtypes::Percent;

use crate::estate::{Estate, Transition};
use crate::phases::{
    ensure_custom_resource_is_deleted_first, ensure_execution_fails,
    ensure_machines_are_updated_first, ensure_no_migration_function,
};
use crate::rehearsals::rehearse;
use crate::support;
use crate::support::local_aws::LocalAws;
use crate::support::plan::Plan;
use crate::support::rehearsal::Rehearsal;
use crate::support::stacks::{embedded, loaded, selection};

/// Stores the state after a migration, as functions do.
fn store_end_of_migration(estate: &mut Estate<'_>) -> anyhow::Result<()> {
    estate.store_state(&[
        ("writer", "target"),
        ("traffic/weight", "100"),
        ("rollback-window", "closed"),
        ("ledger", "open"),
    ])
}

/// Whether the plan changes the class of a database instance in place.
fn resizes_instances(plan: &Plan) -> bool {
    plan.updated()
        .any(|address| address.starts_with("aws_rds_cluster_instance."))
}

/// Moves an estate through its phases and back to the migration, and destroys it there. `cut_over` makes the target the
/// writer, and `in_production` checks phase `production`.
fn walk(
    source: &StackSource,
    selection: Selection,
    fixtures: &[&str],
    cut_over: impl FnOnce(&mut Estate<'_>) -> anyhow::Result<()>,
    in_production: impl FnOnce(&Estate<'_>, &Transition) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let harness = support::harness()?;
    let mut estate = Estate::prepare(&harness, source, selection, fixtures)?;
    estate.enter(Phase::Legacy)?;
    let migration = estate.enter(Phase::Migration)?;
    ensure!(
        resizes_instances(&migration.plan),
        "no instance changes its class"
    );
    estate.plan_renamed_sections()?;
    estate.plan(Phase::Legacy)?;
    cut_over(&mut estate)?;
    let production = estate.enter(Phase::Production)?;
    ensure_no_migration_function(&estate.workspace)?;
    in_production(&estate, &production)?;
    // The target remains the writer, so the old side must receive no requests.
    let stack = loaded(source, &estate.selection)?.stack;
    let by_terraform = !stack.is_traffic_managed_by_workflow();
    estate.selection.traffic = by_terraform.then_some(Percent::ALL);
    estate.enter(Phase::Migration)?;
    estate.destroy()
}

/// Selects `environment` as destroyable, with local state. Another test covers the state bucket.
fn destroyable(environment: &str, backend: &str) -> anyhow::Result<Selection> {
    Ok(Selection {
        protection: Some(Protection::Destroyable),
        set: vec![format!("state.backend={backend}")],
        ..selection(environment)?
    })
}

#[test]
fn orchestrated_migration_moves_through_its_phases() -> anyhow::Result<()> {
    let fixtures = ["datacenter.tf.json"];
    let source = embedded("orchestrated")?;
    let rehearsal = Rehearsal::prepare()?;
    let selection = rehearsal.with_settings(&source, selection("migration")?)?;
    let cut_over = |estate: &mut Estate<'_>| rehearse(&rehearsal, estate);
    walk(
        &source,
        selection,
        &fixtures,
        cut_over,
        |estate, production| {
            ensure_machines_are_updated_first(&production.log)?;
            for machine in ["migration", "rollback"] {
                ensure_execution_fails(&estate.aws, machine)?;
            }
            Ok(())
        },
    )
}

#[test]
fn containers_behind_one_load_balancer_move_through_their_phases() -> anyhow::Result<()> {
    let fixtures = ["datacenter.tf.json"];
    let selection = destroyable("migration", "local")?;
    let source = embedded("containerized")?;
    walk(
        &source,
        selection,
        &fixtures,
        store_end_of_migration,
        |_, production| ensure_custom_resource_is_deleted_first(&production.log),
    )
}

#[test]
fn two_regions_with_an_existing_vpc_move_through_their_phases() -> anyhow::Result<()> {
    let fixtures = ["legacy.tf.json"];
    let selection = destroyable("migration", "local")?;
    let source = embedded("multi-region")?;
    walk(
        &source,
        selection,
        &fixtures,
        store_end_of_migration,
        |estate, _| {
            // AWS deletes no primary cluster that has a secondary, so the first region is the primary again at the end.
            for region in ["us-east-2", "us-east-1"] {
                switch_over(&estate.aws, region)?;
                estate.ensure_is_applied(&format!("production with the writer in {region}"))?;
            }
            Ok(())
        },
    )
}

/// Makes the cluster in `region` the primary of the global database.
fn switch_over(aws: &LocalAws, region: &str) -> anyhow::Result<()> {
    aws.change_outside_terraform(&format!(
        r#"
rds = boto3.client("rds")
(database,) = rds.describe_global_clusters()["GlobalClusters"]
(target,) = [m["DBClusterArn"] for m in database["GlobalClusterMembers"] if ":{region}:" in m["DBClusterArn"]]
rds.switchover_global_cluster(
    GlobalClusterIdentifier=database["GlobalClusterIdentifier"], TargetDbClusterIdentifier=target
)
"#
    ))
}

#[test]
fn migration_over_an_existing_vpn_moves_through_its_phases() -> anyhow::Result<()> {
    let fixtures = ["vpn.tf.json"];
    let source = embedded("lift-and-shift")?;
    let rehearsal = Rehearsal::prepare()?;
    let selection = rehearsal.with_settings(&source, selection("aws-production")?)?;
    let cut_over = |estate: &mut Estate<'_>| rehearse(&rehearsal, estate);
    walk(&source, selection, &fixtures, cut_over, |_, _| Ok(()))
}

#[test]
fn function_pipeline_moves_through_its_phases() -> anyhow::Result<()> {
    let fixtures = ["zone.tf.json"];
    let source = embedded("blue-green")?;
    walk(
        &source,
        selection("migration")?,
        &fixtures,
        store_end_of_migration,
        |_, _| Ok(()),
    )
}

#[test]
fn bootstrap_environment_applies_and_is_destroyed() -> anyhow::Result<()> {
    let selection = Selection {
        // A protected environment makes the bootstrap environment protected too.
        set: vec![
            "environments.migration.protection=destroyable".to_owned(),
            "environments.production.protection=destroyable".to_owned(),
        ],
        ..selection("bootstrap")?
    };
    let harness = support::harness()?;
    let source = embedded("multi-region")?;
    let estate = Estate::prepare(&harness, &source, selection, &[])?;
    estate.workspace.apply()?;
    estate.ensure_is_applied("bootstrap")?;
    estate.plan_renamed_sections()?;
    estate.destroy()
}
