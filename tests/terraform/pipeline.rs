//! Functions that call functions: their configuration, and their releases through real Terraform.

#![expect(
    clippy::indexing_slicing,
    reason = "a missing key is null, which no assertion expects"
)]

use crate::support;
use crate::support::stacks::{configuration, selection};
use anyhow::{Context as _, ensure};
use paymig::config::{Phase, Selection, StackSource};
use serde_json::Value;

/// A release that changes one function.
const SECOND_RELEASE: [&str; 2] = ["release.payments.revision=2", "function.fraud.memory=1024"];

fn at(phase: Phase, set: &[&str]) -> anyhow::Result<String> {
    let path = support::root().join("fixtures/terraform/pipeline.toml");
    let source = StackSource::new("pipeline.toml", std::fs::read_to_string(path)?);
    let selection = Selection {
        phase: Some(phase),
        set: set.iter().map(|&argument| argument.to_owned()).collect(),
        ..selection("migration")?
    };
    configuration(&source, &selection)
}

fn parsed(set: &[&str]) -> anyhow::Result<Value> {
    Ok(serde_json::from_str(&at(Phase::Migration, set)?)?)
}

/// Returns the resources of a type whose path starts with `path`, by the rest of their path.
fn resources<'d>(configuration: &'d Value, kind: &str, path: &str) -> Vec<(&'d str, &'d Value)> {
    let of_kind = configuration["resource"][kind].as_object();
    let all = of_kind.into_iter().flatten();
    all.filter_map(|(_, resource)| {
        let at = resource["//"]["metadata"]["path"].as_str()?;
        let (_, at) = at.split_once('/')?;
        Some((at.strip_prefix(path)?, resource))
    })
    .collect()
}

/// Returns each `function:alias` with its version.
fn aliases(configuration: &Value) -> Vec<(String, String)> {
    let mut aliases: Vec<_> = resources(configuration, "aws_lambda_alias", "function/")
        .into_iter()
        .map(|(at, alias)| {
            let version = alias["function_version"].as_str().unwrap_or_default();
            let version = if version.starts_with("${") {
                "latest"
            } else {
                version
            };
            (at.replace("/alias/", ":"), version.to_owned())
        })
        .collect();
    aliases.sort();
    aliases
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected
        .iter()
        .map(|(alias, version)| ((*alias).to_owned(), (*version).to_owned()))
        .collect()
}

#[test]
fn color_contains_the_whole_pipeline() -> anyhow::Result<()> {
    let expected = [
        ("fraud:blue", "1"),
        ("fraud:green", "latest"),
        ("transaction:blue", "1"),
        ("transaction:green", "latest"),
        ("validation:blue", "1"),
        ("validation:green", "latest"),
    ];
    assert_eq!(aliases(&parsed(&[])?), pairs(&expected));
    Ok(())
}

#[test]
fn function_with_another_caller_keeps_its_live_alias() -> anyhow::Result<()> {
    let other = r#"function.other={ code = { program = "payment-api" }, network = "main", calls = ["fraud"] }"#;
    let found = aliases(&parsed(&[other])?);
    assert!(found.contains(&("fraud:live".to_owned(), "latest".to_owned())));
    assert!(found.contains(&("other:live".to_owned(), "latest".to_owned())));
    assert!(!found.iter().any(|(alias, _)| alias == "transaction:live"));
    Ok(())
}

#[test]
fn caller_may_invoke_the_aliases_of_its_callees_only() -> anyhow::Result<()> {
    let configuration = parsed(&[])?;
    let policies = resources(
        &configuration,
        "aws_iam_role_policy",
        "function/validation/",
    );
    let (_, policy) = policies.first().context("no policy")?;
    let policy = policy["policy"].as_str().context("no text")?;
    let (_, callees) = policy
        .split_once("\"lambda:InvokeFunction\"")
        .context("no statement")?;
    let (callees, _) = callees.split_once('}').context("no end")?;
    assert_eq!(callees.matches("aws_lambda_alias.").count(), 4, "{callees}");
    assert_eq!(callees.matches(".arn").count(), 4, "{callees}");
    for (function, calls) in [("fraud", 0), ("transaction", 0)] {
        let path = format!("function/{function}/");
        let policies = resources(&configuration, "aws_iam_role_policy", &path);
        let (_, policy) = policies.first().context("no policy")?;
        let text = policy["policy"].to_string();
        assert_eq!(text.matches("InvokeFunction").count(), calls);
    }
    Ok(())
}

#[test]
fn upload_does_not_move_a_current_version() -> anyhow::Result<()> {
    let configuration = parsed(&["release.payments.versions.fraud.blue=current"])?;
    let aliases = resources(&configuration, "aws_lambda_alias", "function/fraud/");
    let ignored: Vec<_> = aliases
        .iter()
        .map(|(at, alias)| (*at, &alias["lifecycle"]["ignore_changes"]))
        .collect();
    let version = serde_json::json!(["function_version"]);
    assert_eq!(
        ignored,
        [("alias/blue", &version), ("alias/green", &Value::Null)]
    );
    Ok(())
}

#[test]
fn provisioned_concurrency_of_a_version_is_on_one_alias() -> anyhow::Result<()> {
    let targets = |set: &[&str]| -> anyhow::Result<Vec<String>> {
        let configuration = parsed(set)?;
        let targets = resources(
            &configuration,
            "aws_appautoscaling_target",
            "function/validation/",
        );
        Ok(targets.into_iter().map(|(at, _)| at.to_owned()).collect())
    };
    assert_eq!(targets(&[])?, ["blue/provisioned-concurrency/target"]);
    let both = [
        "blue/provisioned-concurrency/target",
        "green/provisioned-concurrency/target",
    ];
    assert_eq!(targets(&[r#"release.payments.green="2""#])?, both);
    let same = r#"release.payments.green="1""#;
    assert_eq!(targets(&[same])?, ["blue/provisioned-concurrency/target"]);
    Ok(())
}

#[test]
fn failed_transactions_and_function_errors_alert_their_categories() -> anyhow::Result<()> {
    let configuration = parsed(&[])?;
    let actions = |path: &str| -> anyhow::Result<String> {
        let alarms = resources(&configuration, "aws_cloudwatch_metric_alarm", path);
        let (_, alarm) = alarms.first().with_context(|| format!("no alarm {path}"))?;
        Ok(alarm["alarm_actions"].to_string())
    };
    assert!(actions("alarms/transactions/")?.contains("alerts_transactions_"));
    assert!(!actions("alarms/transactions/")?.contains("alerts_systems_"));
    assert!(actions("alarms/function/transaction/")?.contains("alerts_systems_"));
    let filters = resources(
        &configuration,
        "aws_cloudwatch_log_metric_filter",
        "function/",
    );
    let failures = filters
        .iter()
        .filter(|(_, filter)| filter["pattern"] == "{ $.event = \"transaction-failed\" }");
    assert_eq!(
        failures.count(),
        2,
        "validation counts failures that processing cannot log"
    );
    Ok(())
}

/// Colors whose versions an upload does not move.
const BLUE_CURRENT: [&str; 3] = [
    "release.payments.blue=current",
    "release.payments.versions.fraud.blue=current",
    "release.payments.versions.transaction.blue=current",
];
const BLUE_LATEST: [&str; 3] = [
    "release.payments.blue=latest",
    "release.payments.versions.fraud.blue=latest",
    "release.payments.versions.transaction.blue=latest",
];
const GREEN_CURRENT: [&str; 3] = [
    "release.payments.green=current",
    "release.payments.versions.fraud.green=current",
    "release.payments.versions.transaction.green=current",
];

#[test]
fn release_changes_weights_only() -> anyhow::Result<()> {
    let harness = support::harness()?;
    let aws = harness.local_aws_with(&["zone.tf.json"])?;
    let workspace = harness.workspace(&at(Phase::Migration, &BLUE_CURRENT)?, &aws)?;
    workspace.apply()?;
    let again = workspace.plan()?;
    ensure!(again.is_empty(), "plans again: {:?}", again.changes());

    // Both colors are the first version, which Lambda provisions once.
    let set: Vec<&str> = BLUE_CURRENT.into_iter().chain(GREEN_CURRENT).collect();
    workspace.write(&at(Phase::Migration, &set)?)?;
    let rejected = workspace
        .plan()
        .map(drop)
        .map_err(|error| error.to_string());
    ensure!(
        rejected
            .as_ref()
            .is_err_and(|error| error.contains("increase `revision`")),
        "green is provisioned: {rejected:?}"
    );

    // New code is green, also of unchanged functions. Blue stays at its version.
    let mut set: Vec<&str> = BLUE_CURRENT.into_iter().chain(SECOND_RELEASE).collect();
    workspace.write(&at(Phase::Migration, &set)?)?;
    let plan = workspace.plan()?;
    ensure!(
        plan.lost().next().is_none(),
        "destroys {:?}",
        plan.changes()
    );
    ensure!(
        !plan.changes().keys().any(|at| at.contains("_alias_blue_")),
        "blue changes: {:?}",
        plan.changes()
    );
    workspace.apply()?;
    let again = workspace.plan()?;
    ensure!(again.is_empty(), "plans again: {:?}", again.changes());

    // Green stays at its version too, and becomes warm.
    set.extend(GREEN_CURRENT);
    workspace.write(&at(Phase::Migration, &set)?)?;
    let plan = workspace.plan()?;
    ensure!(
        plan.changes()
            .keys()
            .all(|at| at.contains("_green_provisioned-concurrency_")),
        "green changes: {:?}",
        plan.changes()
    );
    workspace.apply()?;

    for percent in ["50", "0", "100"] {
        let share = format!("release.payments.green_percent={percent}");
        let set: Vec<&str> = set.iter().copied().chain([share.as_str()]).collect();
        workspace.write(&at(Phase::Migration, &set)?)?;
        let plan = workspace.plan()?;
        let touched: Vec<_> = plan.changes().keys().collect();
        ensure!(
            matches!(touched[..], [rule] if rule.starts_with("aws_lb_listener_rule.")),
            "to {percent} %: {touched:?}"
        );
        workspace.apply()?;
    }

    // The colors alternate: the next release is blue.
    let green: Vec<&str> = GREEN_CURRENT
        .into_iter()
        .chain(["release.payments.green_percent=100", SECOND_RELEASE[1]])
        .collect();
    let next = ["release.payments.revision=3"];
    let set: Vec<&str> = green
        .iter()
        .copied()
        .chain(BLUE_LATEST)
        .chain(next)
        .collect();
    workspace.write(&at(Phase::Migration, &set)?)?;
    let plan = workspace.plan()?;
    ensure!(
        !plan.changes().keys().any(|at| at.contains("_alias_green_")),
        "green changes: {:?}",
        plan.changes()
    );
    workspace.apply()?;
    let set: Vec<&str> = green
        .iter()
        .copied()
        .chain(BLUE_CURRENT)
        .chain(next)
        .collect();
    workspace.write(&at(Phase::Migration, &set)?)?;
    workspace.apply()?;
    let again = workspace.plan()?;
    ensure!(again.is_empty(), "plans again: {:?}", again.changes());
    workspace.destroy()?;
    let left = workspace.state_list()?;
    ensure!(left.is_empty(), "leaves {left:?}");
    Ok(())
}
