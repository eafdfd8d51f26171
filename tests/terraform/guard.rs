//! The policy of `paymig guard` over real plans, evaluated in Rego.

use anyhow::{Context as _, ensure};
use paymig::config::{Selection, StackSource};
use paymig::guard::Guarded;
use regorus::Engine;
use serde_json::json;

use crate::support;
use crate::support::stacks::{composed, configuration, selection, small};

/// The policy of the selected environment.
pub(crate) fn policy(source: &StackSource, selection: &Selection) -> anyhow::Result<String> {
    let system = composed(source, selection)?;
    let guarded = Guarded {
        configuration: source.name(),
        identity: &system.identity,
        tree: &system.tree,
    };
    Ok(guarded.to_rego())
}

/// The messages with which `policy` denies a plan, the output of `terraform show -json`.
pub(crate) fn denials(policy: &str, plan: &str, data: &str) -> anyhow::Result<Vec<String>> {
    let mut engine = Engine::new();
    engine.add_policy("guard.rego".to_owned(), policy.to_owned())?;
    engine.add_data_json(data)?;
    engine.set_input_json(plan)?;
    let denied = engine.eval_rule("data.main.deny".to_owned())?;
    let messages = denied
        .as_set()?
        .iter()
        .map(|message| Ok(message.as_string()?.to_string()));
    messages.collect()
}

#[test]
fn policy_denies_the_loss_of_stateful_resources() -> anyhow::Result<()> {
    let harness = support::harness()?;
    let aws = harness.local_aws()?;
    let source = small(|text| format!("{text}\n[bucket.archive]\n"))?;
    let legacy = selection("legacy")?;
    let workspace = harness.workspace(&configuration(&source, &legacy)?, &aws)?;
    workspace.apply()?;
    let policy = policy(&source, &legacy)?;
    let denied_after = |source: &StackSource, selection: &Selection| {
        workspace.write(&configuration(source, selection)?)?;
        let plan = workspace.plan()?;
        anyhow::Ok((plan, workspace.show_plan()?))
    };

    let tagged = Selection {
        set: vec!["tags.Owner=payments".to_owned()],
        ..legacy.clone()
    };
    let (plan, shown) = denied_after(&source, &tagged)?;
    let denied = denials(&policy, &shown, "{}")?;
    ensure!(!plan.is_empty() && denied.is_empty(), "{denied:?}");

    let moved = Selection {
        set: vec![
            "network.main.cidr=10.99.0.0/16".to_owned(),
            "network.main.tiers.database=10.99.32.0/20".to_owned(),
        ],
        ..legacy.clone()
    };
    let (plan, shown) = denied_after(&source, &moved)?;
    let denied = denials(&policy, &shown, "{}")?;
    let vpc = plan.lost().find(|address| address.starts_with("aws_vpc."));
    let beginning = format!("the plan replaces {} ", vpc.context("no VPC is replaced")?);
    let names_vpc = |message: &String| {
        message.starts_with(&beginning) && message.ends_with(": forced by cidr_block")
    };
    ensure!(denied.iter().any(names_vpc), "{denied:?}");
    let lost: Vec<&str> = plan.lost().collect();
    let allowed = json!({ "allowed_losses": lost }).to_string();
    let denied = denials(&policy, &shown, &allowed)?;
    ensure!(denied.is_empty(), "{denied:?}");

    let without = small(|text| text)?;
    let (_, shown) = denied_after(&without, &legacy)?;
    let of_former = denials(&policy, &shown, "{}")?;
    let is_bucket = |message: &String| message.starts_with("the plan destroys aws_s3_bucket.");
    ensure!(of_former.iter().any(is_bucket), "{of_former:?}");
    let of_new = denials(&self::policy(&without, &legacy)?, &shown, "{}")?;
    ensure!(
        of_new
            .iter()
            .any(|message| is_bucket(message) && message.contains("does not have")),
        "{of_new:?}"
    );
    workspace.destroy()
}

#[test]
fn policy_denies_what_is_no_plan_of_its_configuration() -> anyhow::Result<()> {
    let harness = support::harness()?;
    let aws = harness.local_aws()?;
    let source = small(|text| text)?;
    let legacy = selection("legacy")?;
    let workspace = harness.workspace(&configuration(&source, &legacy)?, &aws)?;
    workspace.plan()?;
    let shown = workspace.show_plan()?;
    ensure!(denials(&policy(&source, &legacy)?, &shown, "{}")?.is_empty());
    let other = policy(&source, &selection("migration")?)?;
    for plan in [shown.as_str(), "{}"] {
        let denied = denials(&other, plan, "{}")?;
        ensure!(
            matches!(denied.as_slice(), [message] if message.starts_with("this is no plan of small/migration/abc123")),
            "{denied:?}"
        );
    }
    Ok(())
}
