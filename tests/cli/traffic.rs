//! The traffic weight of the new side: declared in the stack file, and overridden by `--traffic`.

use serde_json::{Value, json};

use crate::process::{done, failed, json, paymig};

const CONTAINERIZED: &str = "synth --stack containerized --suffix abc123 --env migration";
const DECLARED: &str = "--set environments.migration.traffic=50";

/// The configuration that `arguments` synthesize.
fn configuration(arguments: &str) -> Value {
    json(arguments)
}

/// The resources with a traffic weight, as text.
fn weighted(configuration: &Value) -> String {
    let types = [
        "aws_route53_record",
        "aws_lb_listener_rule",
        "aws_ssm_parameter",
    ];
    let resources = types.map(|kind| configuration.pointer(&format!("/resource/{kind}")));
    format!("{resources:#?}")
}

fn percent(arguments: &str) -> Value {
    let configuration = configuration(arguments);
    let percent = configuration.pointer("/output/traffic_percent/value");
    percent.cloned().unwrap_or_default()
}

#[test]
fn declared_weight_is_the_one_of_traffic() {
    let declared = done(&mut paymig(&format!("{CONTAINERIZED} {DECLARED}")));
    let requested = done(&mut paymig(&format!("{CONTAINERIZED} --traffic 50")));
    assert!(declared == requested);
    assert!(declared != done(&mut paymig(CONTAINERIZED)));
}

#[test]
fn change_elsewhere_keeps_the_declared_weight() {
    let before = configuration(&format!("{CONTAINERIZED} {DECLARED}"));
    let after = configuration(&format!(
        "{CONTAINERIZED} {DECLARED} --set alarms.latency_p99=750"
    ));
    let alarms = |document: &Value| document["resource"]["aws_cloudwatch_metric_alarm"].to_string();
    assert!(alarms(&before) != alarms(&after));
    assert_eq!(weighted(&before), weighted(&after));
    assert_eq!(before["output"]["traffic_percent"]["value"], "50");
}

#[test]
fn traffic_overrides_the_declared_weight() {
    let arguments = format!("{CONTAINERIZED} {DECLARED}");
    assert_eq!(percent(&arguments), "50");
    assert_eq!(percent(&format!("{arguments} --traffic 10")), "10");
    assert_eq!(percent(&format!("{arguments} --traffic 0")), "0");
}

#[test]
fn undeclared_weight_is_the_first_step() {
    assert_eq!(percent(CONTAINERIZED), "0");
}

#[test]
fn declared_weight_belongs_to_phase_migration() {
    let arguments = format!("{CONTAINERIZED} {DECLARED}");
    assert_eq!(percent(&format!("{arguments} --phase production")), "100");
    assert_eq!(percent(&format!("{arguments} --phase legacy")), "0");
}

#[test]
fn declared_weight_that_contradicts_the_phase_is_rejected_at_its_position() {
    for (environment, percent) in [("legacy", 50), ("production", 50), ("production", 0)] {
        let set = format!("environments.{environment}.traffic={percent}");
        let column = set.len() - percent.to_string().len() + 1;
        let stderr = failed(&mut paymig(&format!("{CONTAINERIZED} --set {set}")));
        for text in [
            &format!("`traffic` is {percent} in phase `{environment}`"),
            "always 0 in `legacy` and 100 in `production`",
            &format!("--set:1:{column}\n"),
        ] {
            assert!(stderr.contains(text), "{text:?} is not in\n{stderr}");
        }
    }
    for (environment, percent) in [("legacy", 0), ("production", 100)] {
        let set = format!("environments.{environment}.traffic={percent}");
        done(&mut paymig(&format!("{CONTAINERIZED} --set {set}")));
    }
}

#[test]
fn declared_weight_is_a_step_of_the_stack() {
    let stderr = failed(&mut paymig(&format!(
        "{CONTAINERIZED} --set environments.migration.traffic=30"
    )));
    for text in [
        "`traffic` is 30, which is not one of `steps`",
        "write one of 0, 10, 50, 100",
        "--set:1:32\n",
    ] {
        assert!(stderr.contains(text), "{text:?} is not in\n{stderr}");
    }
}

#[test]
fn steps_of_the_environment_itself_are_those_of_its_weight() {
    let steps = "--set environments.migration.with.traffic.steps=[0,30,100]";
    let weight = "--set environments.migration.traffic=30";
    assert_eq!(percent(&format!("{CONTAINERIZED} {steps} {weight}")), "30");
}

#[test]
fn weight_that_the_workflow_manages_is_rejected() {
    let arguments = "synth --suffix abc123 --env migration";
    for (more, text) in [
        ("--traffic 10", "`--traffic` is 10"),
        ("--phase legacy --traffic 0", "`--traffic` is 0"),
        (DECLARED, "`traffic` is 50"),
    ] {
        let stderr = failed(&mut paymig(&format!("{arguments} {more}")));
        for text in [text, "the workflow manages", "state machine `migration-…`"] {
            assert!(stderr.contains(text), "{text:?} is not in\n{stderr}");
        }
    }
}

#[test]
fn list_shows_the_weight_of_each_environment() {
    let path = tempfile::tempdir().unwrap();
    let file = path.path().join("payments.toml");
    let stack = done(&mut paymig("init containerized"));
    let declared = "migration = { phase = \"migration\", traffic = 50 }";
    let stack = stack.replace("migration = { phase = \"migration\" }", declared);
    std::fs::write(&file, stack).unwrap();
    let list = format!("list --stack {}", file.display());
    let listed = json(&format!("{list} --format json"));
    let environments = listed[0]["environments"].as_array().unwrap();
    let weights: Vec<_> = environments
        .iter()
        .map(|one| one["traffic"].clone())
        .collect();
    assert_eq!(weights, [json!(0), json!(50), json!(100), Value::Null]);
    let text = done(&mut paymig(&list));
    assert!(
        text.contains("migration    migration   50       us-east-2\n"),
        "{text}"
    );

    let listed = json("list --stack orchestrated --format json");
    assert_eq!(listed[0]["environments"][1]["traffic"], "workflow");
}
