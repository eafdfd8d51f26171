//! The embedded stacks as a whole, each in the environment of its migration: applied, planned again without a change, and
//! destroyed.

use anyhow::ensure;
use paymig::config::{Protection, Selection, StackSource};
use paymig::newtypes::EnvironmentName;

use crate::stack_sections::all_renamed;
use crate::support;
use crate::support::local_aws::LocalAws;
use crate::support::stacks::{configuration, embedded, push_images, selection};

/// Applies `source`, plans it again without a change, plans it with every section renamed without a loss, and destroys it.
/// AWS's service models allow every request of all this.
///
/// The configurations of `fixtures` create the resources that it looks up. Its images are pushed, except for the
/// bootstrap environment, which creates the repositories.
fn cycle(source: &StackSource, selection: &Selection, fixtures: &[&str]) -> anyhow::Result<()> {
    let Some(harness) = support::harness() else {
        return Ok(());
    };
    let aws = harness.local_aws_with(fixtures)?;
    if selection.environment != EnvironmentName::bootstrap() {
        push_images(source, selection, &aws)?;
    }
    let workspace = harness.workspace(&configuration(source, selection)?, &aws)?;
    workspace.apply()?;
    let again = workspace.plan()?;
    ensure!(again.is_empty(), "plans again: {:?}", again.changes());
    let renamed = StackSource::new("renamed.toml", all_renamed(source.text()));
    workspace.write(&configuration(&renamed, selection)?)?;
    let moved = workspace.plan()?;
    let lost: Vec<_> = moved.lost().collect();
    ensure!(lost.is_empty(), "renamed sections destroy {lost:?}");
    workspace.destroy()?;
    let left = workspace.state_list()?;
    ensure!(left.is_empty(), "leaves {left:?}");
    ensure_requests_are_valid(&aws)
}

/// Prints how many requests AWS's own service models were applied to, and fails if AWS rejects one of them.
#[expect(clippy::print_stderr, reason = "the number of requests is a result")]
fn ensure_requests_are_valid(aws: &LocalAws) -> anyhow::Result<()> {
    let record = aws.request_record()?;
    eprintln!("{} requests are valid", record.validated);
    ensure!(record.validated > 0, "no request was validated");
    ensure!(
        record.invalid.is_empty(),
        "AWS rejects {:#?}",
        record.invalid
    );
    Ok(())
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
fn orchestrated_migration_applies_and_is_destroyed() -> anyhow::Result<()> {
    let fixtures = ["datacenter.tf.json"];
    cycle(
        &embedded("orchestrated")?,
        &selection("migration")?,
        &fixtures,
    )
}

#[test]
fn containers_behind_one_load_balancer_apply_and_are_destroyed() -> anyhow::Result<()> {
    let fixtures = ["datacenter.tf.json"];
    let selection = destroyable("migration", "local")?;
    cycle(&embedded("containerized")?, &selection, &fixtures)
}

#[test]
fn two_regions_with_an_existing_vpc_apply_and_are_destroyed() -> anyhow::Result<()> {
    let fixtures = ["legacy.tf.json"];
    let selection = destroyable("migration", "local")?;
    cycle(&embedded("multi-region")?, &selection, &fixtures)
}

#[test]
fn migration_over_an_existing_vpn_applies_and_is_destroyed() -> anyhow::Result<()> {
    let fixtures = ["vpn.tf.json"];
    cycle(
        &embedded("lift-and-shift")?,
        &selection("aws-production")?,
        &fixtures,
    )
}

#[test]
fn function_pipeline_applies_and_is_destroyed() -> anyhow::Result<()> {
    let fixtures = ["zone.tf.json"];
    cycle(
        &embedded("blue-green")?,
        &selection("migration")?,
        &fixtures,
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
    cycle(&embedded("multi-region")?, &selection, &[])
}
