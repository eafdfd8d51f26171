//! The five systems whole, each in the environment that its migration runs in: applied, planned again without a
//! change, destroyed to nothing.

use anyhow::ensure;
use paymig::config::{Protection, Selection, StackSource};
use paymig::newtypes::EnvironmentName;

use crate::stack_sections::all_renamed;
use crate::support;
use crate::support::stacks::{document, embedded, push_images, selection};

/// Applies `source`, plans it again, plans it with every section renamed, destroys it. Nothing may be left to do, nothing
/// may be destroyed by a new name, and nothing may be left. The images that it
/// runs, and what it looks up, are there before: the documents of `there`. The reserved environment makes the
/// repositories itself.
fn cycle(source: &StackSource, selection: &Selection, there: &[&str]) -> anyhow::Result<()> {
    let Some(engine) = support::engine() else {
        return Ok(());
    };
    let aws = engine.local_aws_with(there)?;
    if selection.environment != EnvironmentName::bootstrap() {
        push_images(source, selection, &aws)?;
    }
    let workspace = engine.workspace(&document(source, selection)?, &aws)?;
    workspace.apply()?;
    let again = workspace.plan()?;
    ensure!(again.is_empty(), "plans again: {:?}", again.changes());
    let renamed = StackSource::new("renamed.toml", all_renamed(source.text()));
    workspace.write(&document(&renamed, selection)?)?;
    let moved = workspace.plan()?;
    let lost: Vec<_> = moved.lost().collect();
    ensure!(lost.is_empty(), "renamed sections destroy {lost:?}");
    workspace.destroy()?;
    let left = workspace.state_list()?;
    ensure!(left.is_empty(), "leaves {left:?}");
    Ok(())
}

/// `environment`, destroyable, with its state in a local file: the bucket for states is another test's.
fn rehearsal(environment: &str, backend: &str) -> anyhow::Result<Selection> {
    Ok(Selection {
        protection: Some(Protection::Destroyable),
        set: vec![format!("state.backend={backend}")],
        ..selection(environment)?
    })
}

#[test]
fn an_orchestrated_migration_lives_and_leaves() -> anyhow::Result<()> {
    let there = ["datacenter.tf.json"];
    cycle(&embedded("orchestrated")?, &selection("migration")?, &there)
}

#[test]
fn containers_behind_one_balancer_live_and_leave() -> anyhow::Result<()> {
    let there = ["datacenter.tf.json"];
    let selection = rehearsal("migration", "local")?;
    cycle(&embedded("containerized")?, &selection, &there)
}

#[test]
fn two_regions_and_a_looked_up_network_live_and_leave() -> anyhow::Result<()> {
    let there = ["legacy.tf.json"];
    let selection = rehearsal("migration", "local")?;
    cycle(&embedded("multi-region")?, &selection, &there)
}

#[test]
fn a_migration_over_an_existing_vpn_lives_and_leaves() -> anyhow::Result<()> {
    let there = ["vpn.tf.json"];
    cycle(
        &embedded("lift-and-shift")?,
        &selection("aws-production")?,
        &there,
    )
}

#[test]
fn a_pipeline_of_functions_lives_and_leaves() -> anyhow::Result<()> {
    let there = ["zone.tf.json"];
    cycle(&embedded("blue-green")?, &selection("migration")?, &there)
}

#[test]
fn the_reserved_environment_lives_and_leaves() -> anyhow::Result<()> {
    let selection = Selection {
        // One of the environments is protected, and so would be this one.
        set: vec![
            "environments.migration.protection=destroyable".to_owned(),
            "environments.production.protection=destroyable".to_owned(),
        ],
        ..selection("bootstrap")?
    };
    cycle(&embedded("multi-region")?, &selection, &[])
}
