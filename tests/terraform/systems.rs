//! The embedded stacks as a whole: applied, moved through the phases, planned again without a change, and destroyed.

use anyhow::{bail, ensure};
use paymig::config::{Phase, Protection, Selection, StackSource};

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
use crate::support::stacks::{embedded, selection};

/// Whether the plan changes the class of a database instance in place.
fn resizes_instances(plan: &Plan) -> bool {
    plan.updated()
        .any(|address| address.starts_with("aws_rds_cluster_instance."))
}

/// Moves an estate through all stages of its migration to phase `production` and back to phase `legacy`, and destroys it.
/// `migrate` makes the target the writer and leads to the last traffic step, and `in_production` checks phase `production`.
fn walk(
    source: &StackSource,
    selection: Selection,
    fixtures: &[&str],
    migrate: impl FnOnce(&mut Estate<'_>) -> anyhow::Result<()>,
    in_production: impl FnOnce(&Estate<'_>, &Transition) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let harness = support::harness()?;
    let mut estate = Estate::prepare(&harness, source, selection, fixtures)?;
    let stages = estate.stages()?;
    let [legacy, steps @ .., production] = stages.as_slice() else {
        bail!("{stages:?} is no migration");
    };
    let (Some(&first), Some(&last)) = (steps.first(), steps.last()) else {
        bail!("{stages:?} has no phase `migration`");
    };
    estate.enter(*legacy)?;
    let migration = estate.enter(first)?;
    ensure!(
        resizes_instances(&migration.plan),
        "no instance changes its class"
    );
    estate.plan_renamed_sections()?;
    estate.plan(*legacy)?;
    migrate(&mut estate)?;
    let production = estate.enter(*production)?;
    ensure_no_migration_function(&estate.workspace)?;
    in_production(&estate, &production)?;
    let back = if first == last {
        vec![first]
    } else {
        vec![last, first]
    };
    for stage in back.into_iter().chain([*legacy]) {
        estate.enter_prepared(stage)?;
    }
    estate.destroy()
}

/// Applies every traffic step, and stores what a migration stores.
fn shift_traffic(estate: &mut Estate<'_>) -> anyhow::Result<()> {
    let stages = estate.stages()?;
    let steps = stages
        .iter()
        .filter(|stage| stage.phase == Phase::Migration);
    for step in steps.skip(1) {
        estate.enter_prepared(*step)?;
    }
    estate.store_state(&[
        ("writer", "target"),
        ("traffic/weight", "100"),
        ("rollback-window", "closed"),
    ])
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
        shift_traffic,
        |_, production| ensure_custom_resource_is_deleted_first(&production.log),
    )
}

#[test]
fn two_regions_with_an_existing_vpc_move_through_their_phases() -> anyhow::Result<()> {
    let fixtures = ["legacy.tf.json"];
    let selection = destroyable("migration", "local")?;
    let source = embedded("multi-region")?;
    walk(&source, selection, &fixtures, shift_traffic, |estate, _| {
        // AWS deletes no primary cluster that has a secondary, so the first region is the primary again at the end.
        for region in ["us-east-2", "us-east-1"] {
            switch_over(&estate.aws, region)?;
            estate.ensure_is_applied(&format!("production with the writer in {region}"))?;
        }
        Ok(())
    })
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
        shift_traffic,
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
    let mut estate = Estate::prepare(&harness, &source, selection, &[])?;
    estate.workspace.apply()?;
    estate.ensure_is_applied("bootstrap")?;
    estate.plan_renamed_sections()?;
    estate.destroy()
}
