//! Where requests arrive, in the hands of the real Terraform: an API, a load balancer, and a share of
//! requests that somebody else moves.

use crate::support;
use crate::support::Engine;
use crate::support::local_aws::LocalAws;
use crate::support::plan::Plan;
use crate::support::stacks::{document, selection};
use crate::support::terraform::Workspace;
use anyhow::ensure;
use paymig::config::{Phase, Selection, StackSource};

/// What the workflow needs to own the share; it replicates nothing here.
const WORKFLOW: &str = r#"
managed_by = "workflow"

[bucket]
checkpoints = {}

[alerts.operations]
email = ["operations@example.com"]

[workflow.migration]
replications = []
network = "main"
checkpoints = "checkpoints"
alerts = "operations"
"#;

fn stack(more: &str) -> anyhow::Result<StackSource> {
    let path = support::root().join("fixtures/terraform/edge.toml");
    let text = std::fs::read_to_string(path)?;
    Ok(StackSource::new("edge.toml", format!("{text}{more}")))
}

fn at(source: &StackSource, phase: Phase, traffic: Option<u8>) -> anyhow::Result<String> {
    let traffic = traffic.map(|percent| i64::from(percent).try_into());
    let selection = Selection {
        phase: Some(phase),
        traffic: traffic
            .transpose()
            .map_err(|wrong| anyhow::anyhow!("{wrong}"))?,
        ..selection("migration")?
    };
    document(source, &selection)
}

/// The zone and the image that the stack looks up.
fn there(engine: &Engine, aws: &LocalAws) -> anyhow::Result<Workspace> {
    let path = support::root().join("fixtures/terraform/zone.tf.json");
    let zone = engine.workspace(&std::fs::read_to_string(path)?, aws)?;
    zone.apply()?;
    aws.push("us-east-1", "payments", &["1"])?;
    Ok(zone)
}

/// What comes and goes with a phase: tasks, and what watches them. Who is woken by a side without requests
/// can do nothing.
const OF_A_PHASE: [&str; 6] = [
    "aws_appautoscaling_policy.",
    "aws_appautoscaling_target.",
    "aws_cloudwatch_event_",
    "aws_cloudwatch_metric_alarm.",
    "aws_ecs_service.",
    "aws_ecs_task_definition.",
];

/// What `plan` would lose, beside what comes and goes.
fn lost(plan: &Plan) -> Vec<&str> {
    let comes_and_goes = |address: &&str| {
        let mut types = OF_A_PHASE.iter();
        types.any(|kind| address.starts_with(kind))
    };
    plan.lost()
        .filter(|address| !comes_and_goes(address))
        .collect()
}

fn refusal(workspace: &Workspace) -> anyhow::Result<String> {
    let Err(refused) = workspace.plan() else {
        anyhow::bail!("the plan was not refused");
    };
    let told = refused.to_string().replace(['\n', '│'], " ");
    Ok(told.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn an_api_before_a_weighted_rule_lives_moves_and_leaves() -> anyhow::Result<()> {
    let Some(engine) = support::engine() else {
        return Ok(());
    };
    let aws = engine.local_aws()?;
    let _there = there(&engine, &aws)?;
    let source = stack("")?;
    let workspace = engine.workspace(&at(&source, Phase::Migration, None)?, &aws)?;
    workspace.apply()?;
    let again = workspace.plan()?;
    ensure!(again.is_empty(), "plans again: {:?}", again.changes());

    workspace.write(&at(&source, Phase::Migration, Some(50))?)?;
    let moved = workspace.plan()?;
    let touched: Vec<_> = moved.changes().keys().collect();
    ensure!(
        matches!(touched[..], [rule] if rule.starts_with("aws_lb_listener_rule.")),
        "a share moves {touched:?}"
    );
    for phase in [Phase::Legacy, Phase::Production] {
        workspace.write(&at(&source, phase, None)?)?;
        let plan = workspace.plan()?;
        let lost = lost(&plan);
        ensure!(lost.is_empty(), "to {phase}: {lost:?}");
    }

    // What a stage serves is a snapshot: a change must make another one.
    let with_header = "headers = [\"Idempotency-Key\", \"X-Request\"]";
    let changed = stack("")?
        .text()
        .replace("headers = [\"Idempotency-Key\"]", with_header);
    let changed = StackSource::new("edge.toml", changed);
    workspace.write(&at(&changed, Phase::Migration, None)?)?;
    let plan = workspace.plan()?;
    ensure!(
        plan.lost()
            .all(|lost| lost.starts_with("aws_api_gateway_deployment."))
            && plan.lost().count() == 1,
        "a route changes {:?}",
        plan.changes()
    );
    workspace.apply()?;
    let again = workspace.plan()?;
    ensure!(again.is_empty(), "plans again: {:?}", again.changes());
    workspace.destroy()?;
    let left = workspace.state_list()?;
    ensure!(left.is_empty(), "leaves {left:?}");
    Ok(())
}

#[test]
fn plans_are_judged_by_what_the_workflow_moved() -> anyhow::Result<()> {
    let Some(engine) = support::engine() else {
        return Ok(());
    };
    let aws = engine.local_aws()?;
    let _there = there(&engine, &aws)?;
    let source = stack(WORKFLOW)?;
    let half = at(&source, Phase::Migration, Some(50))?;
    let nothing = at(&source, Phase::Migration, Some(0))?;
    let production = at(&source, Phase::Production, None)?;
    let legacy = at(&source, Phase::Legacy, None)?;
    let workspace = engine.workspace(&nothing, &aws)?;
    workspace.apply()?;

    aws.behind_terraform(
        r#"
elb = boto3.client("elbv2")
listeners = [
    listener["ListenerArn"]
    for balancer in elb.describe_load_balancers()["LoadBalancers"]
    for listener in elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
]
rules = [
    rule
    for listener in listeners
    for rule in elb.describe_rules(ListenerArn=listener)["Rules"]
    if rule["Priority"] == "1"
]
(rule,) = rules
(action,) = rule["Actions"]
for group in action["ForwardConfig"]["TargetGroups"]:
    group["Weight"] = 50
elb.modify_rule(RuleArn=rule["RuleArn"], Actions=[action])
put("traffic/weight", "50")
"#,
    )?;
    workspace.write(&half)?;
    let again = workspace.plan()?;
    ensure!(again.is_empty(), "half way, plans {:?}", again.changes());
    for (phase, document, needed) in [("production", &production, 100), ("legacy", &legacy, 0)] {
        workspace.write(document)?;
        let told = refusal(&workspace)?;
        let expected = format!(
            "phase {phase} needs the percentage of requests on the new side to be {needed}, and it is 50"
        );
        ensure!(told.contains(&expected), "{told}");
    }

    aws.behind_terraform(r#"put("traffic/hold", "5xx after the step to 50")"#)?;
    workspace.write(&half)?;
    let told = refusal(&workspace)?;
    let expected = "requests are held on the old side (5xx after the step to 50)";
    ensure!(told.contains(expected), "{told}");
    workspace.write(&nothing)?;
    let again = workspace.plan()?;
    ensure!(again.is_empty(), "held, plans {:?}", again.changes());

    for (weight, document) in [("100", &production), ("0", &legacy)] {
        let moved = format!(r#"put("traffic/hold", "none"); put("traffic/weight", "{weight}")"#);
        aws.behind_terraform(&moved)?;
        workspace.write(document)?;
        let plan = workspace.plan()?;
        let lost = lost(&plan);
        ensure!(lost.is_empty(), "at {weight}: {lost:?}");
    }
    workspace.destroy()
}
