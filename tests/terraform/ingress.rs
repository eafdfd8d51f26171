//! Ingress through real Terraform: an API, a load balancer, and a traffic weight that the workflow manages.

use crate::support;
use crate::support::Harness;
use crate::support::local_aws::LocalAws;
use crate::support::plan::Plan;
use crate::support::stacks::{configuration, selection};
use crate::support::terraform::Workspace;
use anyhow::ensure;
use paymig::config::{Phase, Selection, StackSource};

/// A workflow that manages the traffic weight and replicates nothing.
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
    let path = support::root().join("fixtures/terraform/ingress.toml");
    let text = std::fs::read_to_string(path)?;
    Ok(StackSource::new("ingress.toml", format!("{text}{more}")))
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
    configuration(source, &selection)
}

/// Creates the zone and the image that the stack looks up.
fn create_existing(harness: &Harness, aws: &LocalAws) -> anyhow::Result<Workspace> {
    let path = support::root().join("fixtures/terraform/zone.tf.json");
    let zone = harness.workspace(&std::fs::read_to_string(path)?, aws)?;
    zone.apply()?;
    aws.push("us-east-1", "payments", &["1"])?;
    Ok(zone)
}

/// Types that a phase adds and removes: tasks and their alarms. Alarms of a side without traffic would be noise.
const TYPES_OF_A_PHASE: [&str; 6] = [
    "aws_appautoscaling_policy.",
    "aws_appautoscaling_target.",
    "aws_cloudwatch_event_",
    "aws_cloudwatch_metric_alarm.",
    "aws_ecs_service.",
    "aws_ecs_task_definition.",
];

/// The functions of the workflow, which exist in phase `migration` only.
const FUNCTIONS_OF_THE_WORKFLOW: [&str; 4] = ["approval", "cutover", "trigger", "validation"];

/// The DNS record of the API, which exists from phase `migration` on.
const RECORD_OF_THE_API: &str = "aws_route53_record.api_payments_";

/// Returns the addresses that `plan` destroys, without those of a phase.
fn lost(plan: &Plan, phase: Phase) -> Vec<&str> {
    plan.lost()
        .filter(|address| !belongs_to_a_phase(address, phase))
        .collect()
}

fn belongs_to_a_phase(address: &str, phase: Phase) -> bool {
    let mut types = TYPES_OF_A_PHASE.iter();
    types.any(|kind| address.starts_with(kind))
        || is_part_of_a_workflow_function(address)
        || (phase == Phase::Legacy && address.starts_with(RECORD_OF_THE_API))
}

/// Whether the resource is a function of the workflow, a part of it, or its package.
fn is_part_of_a_workflow_function(address: &str) -> bool {
    let (_, name) = address.split_once('.').unwrap_or(("", address));
    FUNCTIONS_OF_THE_WORKFLOW.iter().any(|function| {
        name.starts_with(&format!("workflow_migration_{function}_"))
            || name.starts_with(&format!("artifacts_use1_object_{function}_"))
    })
}

#[test]
fn api_with_a_weighted_rule_applies_shifts_and_is_destroyed() -> anyhow::Result<()> {
    let harness = support::harness()?;
    let aws = harness.local_aws()?;
    let _existing = create_existing(&harness, &aws)?;
    let source = stack("")?;
    let workspace = harness.workspace(&at(&source, Phase::Migration, None)?, &aws)?;
    workspace.apply()?;
    let again = workspace.plan()?;
    ensure!(again.is_empty(), "plans again: {:?}", again.changes());

    workspace.write(&at(&source, Phase::Migration, Some(50))?)?;
    let moved = workspace.plan()?;
    let touched: Vec<_> = moved.changes().keys().collect();
    ensure!(
        matches!(touched[..], [rule] if rule.starts_with("aws_lb_listener_rule.")),
        "a traffic step changes {touched:?}"
    );
    for phase in [Phase::Legacy, Phase::Production] {
        workspace.write(&at(&source, phase, None)?)?;
        let plan = workspace.plan()?;
        let lost = lost(&plan, phase);
        ensure!(lost.is_empty(), "to {phase}: {lost:?}");
    }

    // A stage serves a deployment, which is a snapshot: a change of the API must create another one.
    let with_header = "headers = [\"Idempotency-Key\", \"X-Request\"]";
    let changed = stack("")?
        .text()
        .replace("headers = [\"Idempotency-Key\"]", with_header);
    let changed = StackSource::new("ingress.toml", changed);
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
fn plan_that_contradicts_the_workflow_fails() -> anyhow::Result<()> {
    let harness = support::harness()?;
    let aws = harness.local_aws()?;
    let _existing = create_existing(&harness, &aws)?;
    let source = stack(WORKFLOW)?;
    let migration = at(&source, Phase::Migration, None)?;
    let production = at(&source, Phase::Production, None)?;
    let legacy = at(&source, Phase::Legacy, None)?;
    let workspace = harness.workspace(&migration, &aws)?;
    workspace.apply()?;

    aws.change_outside_terraform(
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
    let again = workspace.plan()?;
    ensure!(again.is_empty(), "at 50 %, plans {:?}", again.changes());
    for (phase, configuration, needed) in [("production", &production, 100), ("legacy", &legacy, 0)]
    {
        workspace.write(configuration)?;
        let error = workspace.plan_error()?;
        let expected = format!(
            "phase {phase} needs the percentage of requests on the new side to be {needed}, and it is 50"
        );
        ensure!(error.contains(&expected), "{error}");
    }

    aws.change_outside_terraform(r#"put("traffic/hold", "5xx after the step to 50")"#)?;
    workspace.write(&production)?;
    let error = workspace.plan_error()?;
    let expected = "requests are held on the old side (5xx after the step to 50)";
    ensure!(error.contains(expected), "{error}");
    workspace.write(&migration)?;
    let again = workspace.plan()?;
    ensure!(again.is_empty(), "held, plans {:?}", again.changes());

    for (weight, phase, configuration) in [
        ("100", Phase::Production, &production),
        ("0", Phase::Legacy, &legacy),
    ] {
        let moved = format!(r#"put("traffic/hold", "none"); put("traffic/weight", "{weight}")"#);
        aws.change_outside_terraform(&moved)?;
        workspace.write(configuration)?;
        let plan = workspace.plan()?;
        let lost = lost(&plan, phase);
        ensure!(lost.is_empty(), "at {weight}: {lost:?}");
    }
    workspace.destroy()
}
