//! `paymig list`, `paymig schema` and `paymig completions`.

use serde_json::{Value, json};

use crate::process::{done, json, paymig};

#[test]
fn table_lists_environments_and_prerequisites() {
    insta::assert_snapshot!(done(&mut paymig(
        "list --stack fixtures/invalid/valid.toml"
    )));
}

#[test]
fn the_json_has_the_shape_that_scripts_rely_on() {
    let listed = json("list --format json");
    let listed = listed.as_array().unwrap();
    assert_eq!(listed.len(), 5);
    for stack in listed {
        assert_eq!(
            keys(stack),
            [
                "environments",
                "phases",
                "prerequisites",
                "stack",
                "title",
                "traffic_steps"
            ]
        );
        assert!(stack["title"].is_string());
        assert_eq!(
            stack["phases"],
            json!(["legacy", "migration", "production"])
        );
        let steps = elements(&stack["traffic_steps"]);
        assert!(steps.iter().all(Value::is_u64) && steps.first() == Some(&json!(0)));
        assert!(!elements(&stack["environments"]).is_empty());
        for environment in elements(&stack["environments"]) {
            assert_eq!(keys(environment), ["name", "phase", "regions", "traffic"]);
            assert!(environment["regions"][0].is_string());
            assert_eq!(
                environment["phase"].is_null(),
                environment["name"] == "bootstrap"
            );
        }
        for prerequisite in elements(&stack["prerequisites"]) {
            assert_eq!(keys(prerequisite), ["kind", "name", "region"]);
        }
    }
}

#[test]
fn quotas_that_an_environment_uses_are_listed_by_region() {
    let listed = json("list --format json --stack orchestrated");
    let prerequisites = elements(&listed[0]["prerequisites"]);
    for kind in [
        "CloudTrail trails",
        "Elastic IP addresses",
        "VPCs",
        "concurrent executions",
    ] {
        let of_kind = prerequisites.iter().filter(|entry| entry["kind"] == kind);
        let regions: Vec<_> = of_kind.map(|entry| &entry["region"]).collect();
        assert!(
            regions.contains(&&json!("us-east-1")),
            "{kind}: {regions:?}"
        );
    }
}

#[test]
fn bootstrap_is_listed_last_and_only_where_it_holds_something() {
    let names = |stack: &str| -> Vec<String> {
        let listed = json(&format!("list --format json --stack {stack}"));
        let environments = elements(&listed[0]["environments"]);
        let names = environments.iter().filter_map(|one| one["name"].as_str());
        names.map(str::to_owned).collect()
    };
    assert_eq!(
        names("multi-region"),
        ["legacy", "migration", "production", "bootstrap"]
    );
    assert_eq!(names("lift-and-shift"), ["aws-production", "legacy-sync"]);
}

#[test]
fn one_stack_is_listed_when_one_is_named() {
    let by_flag = done(&mut paymig("list --stack blue-green"));
    let by_variable = done(paymig("list").env("PAYMIG_STACK", "blue-green"));
    assert!(by_flag.starts_with("blue-green: "), "{by_flag}");
    assert_eq!(by_flag, by_variable);
}

#[test]
fn the_schema_is_the_one_that_editors_find_beside_the_stack_files() {
    let kept = std::fs::read_to_string("stacks/stack.schema.json").unwrap();
    assert!(done(&mut paymig("schema")) == kept);
}

#[test]
fn every_shell_completes_the_commands() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = done(&mut paymig(&format!("completions {shell}")));
        for word in ["synth", "list", "init", "schema", "completions", "suffix"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}

/// In the order of the alphabet.
fn keys(object: &Value) -> Vec<&str> {
    let object = object.as_object().into_iter().flatten();
    object.map(|(key, _)| key.as_str()).collect()
}

fn elements(array: &Value) -> &[Value] {
    array.as_array().map_or(&[], Vec::as_slice)
}
