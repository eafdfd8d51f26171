//! Releases of images through real Terraform: the colors change independently, only the listener rule shifts traffic, and
//! an image that is not in the registry fails the plan.

use crate::support;
use crate::support::stacks::{configuration, selection};
use crate::support::terraform::Workspace;
use anyhow::ensure;
use paymig::config::{Selection, StackSource};
use paymig::newtypes::Percent;

/// Synthesizes `fixtures/terraform/images.toml` with these changes, with all traffic on AWS.
fn with(set: &[&str]) -> anyhow::Result<String> {
    let path = support::root().join("fixtures/terraform/images.toml");
    let source = StackSource::new("images.toml", std::fs::read_to_string(path)?);
    let selection = Selection {
        traffic: Some(Percent::ALL),
        set: set.iter().map(|&set| set.to_owned()).collect(),
        ..selection("migration")?
    };
    configuration(&source, &selection)
}

/// Returns the addresses that the plan changes.
fn touched(workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let plan = workspace.plan()?;
    Ok(plan.changes().keys().map(ToString::to_string).collect())
}

#[test]
fn release_changes_one_color_and_shifts_traffic_by_the_rule_only() -> anyhow::Result<()> {
    let harness = support::harness()?;
    let aws = harness.local_aws_with(&["zone.tf.json"])?;
    aws.push("us-east-1", "payments", &["1.0.0", "1.1.0", "1.2.0"])?;
    let workspace = harness.workspace(&with(&[])?, &aws)?;
    workspace.apply()?;
    let again = touched(&workspace)?;
    ensure!(again.is_empty(), "plans again: {again:?}");

    let newer = "release.payments.green=1.2.0";
    workspace.write(&with(&[newer])?)?;
    let of_green = touched(&workspace)?;
    ensure!(
        !of_green.is_empty() && of_green.iter().all(|address| address.contains("green")),
        "a new green version changes {of_green:?}"
    );
    workspace.apply()?;
    let again = touched(&workspace)?;
    ensure!(again.is_empty(), "plans again: {again:?}");

    for percent in ["10", "100"] {
        let share = format!("release.payments.green_percent={percent}");
        workspace.write(&with(&[newer, &share])?)?;
        let moved = touched(&workspace)?;
        ensure!(
            matches!(&moved[..], [rule] if rule.starts_with("aws_lb_listener_rule.")),
            "a weight of {percent} changes {moved:?}"
        );
    }

    workspace.write(&with(&["release.payments.green=2.0.0"])?)?;
    let error = workspace.plan_error()?;
    let lookup = "data.aws_ecr_image.existingimage_payments_use1_tag_2-0-0";
    ensure!(error.contains(lookup), "{error}");

    workspace.write(&with(&[newer])?)?;
    workspace.destroy()?;
    let left = workspace.state_list()?;
    ensure!(left.is_empty(), "leaves {left:?}");
    Ok(())
}
