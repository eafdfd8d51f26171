//! Services on instances through real Terraform: scaling, replacement, user data, and rejected settings.

use crate::support;
use crate::support::plan::Action;
use crate::support::stacks::{configuration, embedded, selection};
use anyhow::ensure;
use paymig::config::{Phase, Selection, StackSource, load};
use serde_json::Value as Json;

fn stack(edit: impl FnOnce(String) -> String) -> anyhow::Result<String> {
    let path = support::root().join("fixtures/terraform/instances.toml");
    let text = edit(std::fs::read_to_string(path)?);
    configuration(
        &StackSource::new("instances.toml", text),
        &selection("migration")?,
    )
}

/// The user data is valid for cloud-init and within the limit of EC2.
const USER_DATA: &str = r##"
import base64
import json

import yaml

ec2 = boto3.client("ec2")
(template,) = ec2.describe_launch_templates()["LaunchTemplates"]
(version,) = ec2.describe_launch_template_versions(LaunchTemplateId=template["LaunchTemplateId"])["LaunchTemplateVersions"]
text = base64.b64decode(version["LaunchTemplateData"]["UserData"]).decode()
assert len(text) <= 16 * 1024, len(text)
head, _, rest = text.partition("\n")
assert head == "#cloud-config", head
config = yaml.safe_load(rest)
files = {entry["path"]: entry["content"] for entry in config["write_files"]}
settings = dict(line.split("=", 1) for line in files["/etc/payment/environment"].splitlines())
assert settings == {
    "AWS_DEFAULT_REGION": "us-east-1",
    "HEALTH_PATH": "/health",
    "LIVENESS_PATH": "/alive",
    "PARAMETER_PREFIX": "/payment/migration/abc123",
    "PARAMETER_REGION": "us-east-1",
    "PORT": "8443",
}, settings
agent = json.loads(files["/etc/payment/cloudwatch-agent.json"])
logs = {entry["log_group_name"] for entry in agent["logs"]["logs_collected"]["files"]["collect_list"]}
assert logs == {"/payment/migration/abc123/instances/payments"}, logs
compile(files["/etc/payment/health.py"], "health.py", "exec")
assert config["runcmd"] == [["/etc/payment/boot.sh"]]
"##;

/// Scaling changes the desired capacity.
const SCALE_OUT: &str = r#"
groups = boto3.client("autoscaling")
(group,) = groups.describe_auto_scaling_groups()["AutoScalingGroups"]
groups.set_desired_capacity(AutoScalingGroupName=group["AutoScalingGroupName"], DesiredCapacity=3)
"#;

#[test]
fn auto_scaling_group_scales_and_is_replaced_on_request_only() -> anyhow::Result<()> {
    let harness = support::harness()?;
    let aws = harness.local_aws_with(&["zone.tf.json"])?;
    let workspace = harness.workspace(&stack(|text| text)?, &aws)?;
    workspace.apply()?;
    aws.change_outside_terraform(USER_DATA)?;

    aws.change_outside_terraform(SCALE_OUT)?;
    let plan = workspace.plan()?;
    ensure!(plan.is_empty(), "resets the capacity: {:?}", plan.changes());

    let newer = |text: String| text.replace("kernel-6.1-", "kernel-6.12-");
    workspace.write(&stack(newer)?)?;
    let plan = workspace.plan()?;
    ensure!(plan.is_empty(), "a newer image: {:?}", plan.changes());

    let revised = |text: String| {
        let image = "ami = \"server\"";
        newer(text).replace(image, &format!("{image}\nimage_revision = \"2\""))
    };
    workspace.write(&stack(revised)?)?;
    let plan = workspace.plan()?;
    let changed = |kind: &str| {
        let mut of_kind = plan.changes().iter().filter(|(address, _)| {
            address
                .split_once('.')
                .is_some_and(|(type_name, _)| type_name == kind)
        });
        of_kind.next().map(|(_, actions)| actions.clone())
    };
    for kind in ["aws_launch_template", "aws_autoscaling_group"] {
        ensure!(
            changed(kind) == Some(vec![Action::Update]),
            "{:?}",
            plan.changes()
        );
    }
    ensure!(
        plan.lost()
            .all(|address| address.starts_with("terraform_data.")),
        "{:?}",
        plan.changes()
    );
    workspace.apply()?;
    let again = workspace.plan()?;
    ensure!(again.is_empty(), "plans again: {:?}", again.changes());
    workspace.destroy()
}

/// Returns the errors of the stack on instances with `set` changed.
fn errors(set: &str) -> anyhow::Result<String> {
    let selection = Selection {
        set: vec![set.to_owned()],
        ..selection("aws-production")?
    };
    let loaded = load(&embedded("lift-and-shift")?, &selection);
    Ok(loaded.map_or_else(|wrong| wrong.to_string(), |_| String::new()))
}

#[test]
fn image_architecture_matches_the_instance_type() -> anyhow::Result<()> {
    let allowed = errors("service.payments.instances.instance_type=\"r7gd.large\"")?;
    ensure!(allowed.is_empty(), "{allowed}");
    let error = errors("service.payments.instances.instance_type=\"m7i.large\"")?;
    let why = "`instance_type` is `m7i.large`, which cannot run image `server`, whose architecture is arm64";
    ensure!(error.contains(why), "{error}");
    Ok(())
}

#[test]
fn health_check_path_has_no_query() -> anyhow::Result<()> {
    for path in ["health", "/health check", "/health?deep=1"] {
        let set = format!("service.payments.instances.health_path=\"{path}\"");
        let error = errors(&set)?;
        let why = "which is not a valid path";
        ensure!(error.contains(why), "{path}: {error}");
    }
    Ok(())
}

#[test]
fn instances_in_a_release_are_an_error() -> anyhow::Result<()> {
    let error = errors("release.payments={services=[\"payments\"],blue=\"1\",green=\"2\"}")?;
    ensure!(error.contains("has no blue and green versions"), "{error}");
    ensure!(error.contains("image_revision"), "{error}");
    Ok(())
}

/// Returns the resources of a type in the stack on instances, with `set` changed.
fn resources(set: &[&str], phase: Phase, type_name: &str) -> anyhow::Result<Vec<Json>> {
    let selection = Selection {
        phase: Some(phase),
        set: set.iter().map(|&set| set.to_owned()).collect(),
        ..selection("aws-production")?
    };
    let configuration = configuration(&embedded("lift-and-shift")?, &selection)?;
    let configuration: Json = serde_json::from_str(&configuration)?;
    let found = configuration.pointer(&format!("/resource/{type_name}"));
    let found = found.and_then(Json::as_object);
    Ok(found.map_or_else(Vec::new, |found| found.values().cloned().collect()))
}

#[test]
fn launch_template_contains_no_migration_state() -> anyhow::Result<()> {
    let template = |set: &[&str], phase| resources(set, phase, "aws_launch_template");
    let before = template(&[], Phase::Legacy)?;
    ensure!(before.len() == 1);
    ensure!(before == template(&[], Phase::Migration)?);
    ensure!(before == template(&[], Phase::Production)?);
    let cutover = ["cutover_time=\"2026-11-21T03:00:00Z\""];
    ensure!(before == template(&cutover, Phase::Legacy)?);
    Ok(())
}

#[test]
fn auto_scaling_group_runs_while_aws_may_serve() -> anyhow::Result<()> {
    let mut groups = Vec::new();
    for phase in Phase::ALL {
        groups.push(resources(&[], phase, "aws_autoscaling_group")?.len());
    }
    ensure!(groups == [0, 1, 1], "{groups:?}");
    Ok(())
}

#[test]
fn payment_code_reads_the_application_secrets_only() -> anyhow::Result<()> {
    let policies = resources(&[], Phase::Migration, "aws_iam_role_policy")?;
    let policies = policies
        .iter()
        .filter_map(|policy| policy.get("policy")?.as_str());
    let own: Vec<&str> = policies
        .filter(|policy| policy.contains("SessionManager"))
        .collect();
    ensure!(own.len() == 1, "{own:?}");
    for policy in own {
        ensure!(
            policy.contains("database_payments_application_secret"),
            "{policy}"
        );
        ensure!(
            policy.contains("replication_payments_application_secret"),
            "{policy}"
        );
        ensure!(!policy.contains("database_payments_master"), "{policy}");
    }
    Ok(())
}
