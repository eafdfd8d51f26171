//! A service on instances, in the hands of the real Terraform: who owns how many there are, when they are
//! replaced, and what they are told when they start.

mod support;

use anyhow::ensure;
use paymig::config::Source;
use support::plan::Action;
use support::stacks::{document, selection};

fn stack(edit: impl FnOnce(String) -> String) -> anyhow::Result<String> {
    let path = support::root().join("fixtures/engine/instances.toml");
    let text = edit(std::fs::read_to_string(path)?);
    document(
        &Source::new("instances.toml", text),
        &selection("migration")?,
    )
}

/// What cloud-init is told is what it takes, and small enough for EC2.
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
    "PARAMETERS": "/payment/migration/abc123",
    "PORT": "8443",
}, settings
agent = json.loads(files["/etc/payment/cloudwatch-agent.json"])
logs = {entry["log_group_name"] for entry in agent["logs"]["logs_collected"]["files"]["collect_list"]}
assert logs == {"/payment/migration/abc123/instances/payments"}, logs
compile(files["/etc/payment/health.py"], "health.py", "exec")
assert config["runcmd"] == [["/etc/payment/boot.sh"]]
"##;

/// Scaling starts an instance more.
const SCALES: &str = r#"
groups = boto3.client("autoscaling")
(group,) = groups.describe_auto_scaling_groups()["AutoScalingGroups"]
groups.set_desired_capacity(AutoScalingGroupName=group["AutoScalingGroupName"], DesiredCapacity=3)
"#;

#[test]
fn a_group_grows_by_itself_and_is_replaced_only_on_purpose() -> anyhow::Result<()> {
    let Some(engine) = support::engine() else {
        return Ok(());
    };
    let aws = engine.local_aws()?;
    let zone = support::root().join("fixtures/engine/zone.tf.json");
    let zone = engine.workspace(&std::fs::read_to_string(zone)?, &aws)?;
    zone.apply()?;
    let workspace = engine.workspace(&stack(|text| text)?, &aws)?;
    workspace.apply()?;
    aws.behind_terraform(USER_DATA)?;

    aws.behind_terraform(SCALES)?;
    let plan = workspace.plan()?;
    ensure!(plan.is_empty(), "set back: {:?}", plan.changes());

    let newer = |text: String| text.replace("kernel-6.1-", "kernel-6.12-");
    workspace.write(&stack(newer)?)?;
    let plan = workspace.plan()?;
    ensure!(plan.is_empty(), "a newer image: {:?}", plan.changes());

    let asked = |text: String| {
        let image = "ami = \"server\"";
        newer(text).replace(image, &format!("{image}\nimage_revision = \"2\""))
    };
    workspace.write(&stack(asked)?)?;
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
