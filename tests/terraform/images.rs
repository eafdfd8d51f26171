//! Releases of images, in the hands of the real Terraform: a color is changed without the other, requests
//! move by the rule alone, and what is not in the registry is not planned.

use crate::support;
use crate::support::stacks::{document, selection};
use crate::support::terraform::Workspace;
use anyhow::ensure;
use paymig::config::{Selection, StackSource};
use paymig::newtypes::Percent;

/// The document of `fixtures/terraform/images.toml` with these changes, once all requests are on AWS.
fn with(set: &[&str]) -> anyhow::Result<String> {
    let path = support::root().join("fixtures/terraform/images.toml");
    let source = StackSource::new("images.toml", std::fs::read_to_string(path)?);
    let selection = Selection {
        traffic: Some(Percent::ALL),
        set: set.iter().map(|&set| set.to_owned()).collect(),
        ..selection("migration")?
    };
    document(&source, &selection)
}

/// The addresses that a plan touches.
fn touched(workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let plan = workspace.plan()?;
    Ok(plan.changes().keys().map(ToString::to_string).collect())
}

#[test]
fn a_release_takes_its_turn_and_loses_nobody() -> anyhow::Result<()> {
    let Some(engine) = support::engine() else {
        return Ok(());
    };
    let aws = engine.local_aws_with(&["zone.tf.json"])?;
    aws.push("us-east-1", "payments", &["1.0.0", "1.1.0", "1.2.0"])?;
    let workspace = engine.workspace(&with(&[])?, &aws)?;
    workspace.apply()?;
    let again = touched(&workspace)?;
    ensure!(again.is_empty(), "plans again: {again:?}");

    let newer = "release.payments.green=1.2.0";
    workspace.write(&with(&[newer])?)?;
    let of_green = touched(&workspace)?;
    ensure!(
        !of_green.is_empty() && of_green.iter().all(|address| address.contains("green")),
        "a new green touches {of_green:?}"
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
            "a share of {percent} touches {moved:?}"
        );
    }

    workspace.write(&with(&["release.payments.green=2.0.0"])?)?;
    let Err(refused) = workspace.plan() else {
        anyhow::bail!("an image that nobody pushed is planned");
    };
    let where_it_is_not = "data.aws_ecr_image.existingimage_payments_use1_tag_2-0-0";
    ensure!(refused.to_string().contains(where_it_is_not), "{refused}");

    workspace.write(&with(&[newer])?)?;
    workspace.destroy()?;
    let left = workspace.state_list()?;
    ensure!(left.is_empty(), "leaves {left:?}");
    Ok(())
}
