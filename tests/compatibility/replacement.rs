//! No transition replaces a resource: between stages, only arguments differ that AWS changes in place.
//!
//! `fixtures/provider/force-new.json` has the measured arguments of each type: a change of each was planned with the
//! provider (5.100.0). `a.b` is an argument of the block `a`, `+a` the number of its blocks. An argument that the list
//! lacks may not differ.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use paymig::terraform::tree::Mode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::deployments::deployments;

/// Effect of a change of each argument of a type.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Effects {
    force_new: BTreeSet<String>,
    in_place: BTreeSet<String>,
}

#[test]
fn stage_change_replaces_no_retained_resource() {
    let effects = effects();
    let mut wrong = BTreeSet::new();
    for deployment in deployments() {
        let mut seen: BTreeMap<String, (String, Value)> = BTreeMap::new();
        for stage in deployment.stages() {
            let configuration = deployment.configuration(&stage.system.tree);
            for node in stage.system.tree.nodes() {
                if node.mode() != Mode::Managed {
                    continue;
                }
                let body = &configuration["resource"][node.type_name()][node.logical_id()];
                let (before, first) = seen
                    .entry(node.address())
                    .or_insert_with(|| (stage.label(), body.clone()));
                let effects = effects.get(node.type_name());
                wrong.extend(replacing(effects, first, body).into_iter().map(|argument| {
                    let (id, address, label) = (deployment.id(), node.address(), stage.label());
                    format!("{id}: `{argument}` of {address}, from {before} to {label}")
                }));
            }
        }
    }
    let wrong: Vec<String> = wrong.into_iter().collect();
    assert!(
        wrong.is_empty(),
        "these changes replace the resource, or are not listed as in place:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn change_that_forces_a_replacement_is_detected() {
    let listed = Effects {
        force_new: ["name", "+route"].map(str::to_owned).into(),
        in_place: ["tags", "size", "log.group", "run.variables"]
            .map(str::to_owned)
            .into(),
    };
    let before = json!({
        "name": "a",
        "size": 1,
        "tags": {"b": "c"},
        "log": [{"group": "g"}],
        "run": {"variables": {"V": "1"}},
    });
    for (key, value, expected) in [
        ("name", json!("z"), vec!["name"]),
        ("size", json!(2), vec![]),
        ("tags", json!({"b": "d", "e": "f"}), vec![]),
        ("log", json!([{"group": "h"}]), vec![]),
        (
            "log",
            json!([{"group": "g", "class": "x"}]),
            vec!["log.class"],
        ),
        ("route", json!([{"to": "here"}]), vec!["+route"]),
        ("run", json!({"variables": {"V": "2"}}), vec![]),
        (
            "run",
            json!({"variables": {"V": "1"}, "as": "x"}),
            vec!["run.as"],
        ),
        ("other", json!(true), vec!["other"]),
        ("provider", json!("aws.us-east-2"), vec!["provider"]),
        ("depends_on", json!(["aws_vpc.x"]), vec![]),
        ("lifecycle", json!({"prevent_destroy": true}), vec![]),
    ] {
        let mut after = before.clone();
        after[key] = value;
        assert_eq!(replacing(Some(&listed), &before, &after), expected);
    }
    let ignoring = json!({"name": "a", "lifecycle": {"ignore_changes": ["name"]}});
    let after = json!({"name": "b", "lifecycle": {"ignore_changes": ["name"]}});
    assert_eq!(
        replacing(Some(&listed), &ignoring, &after),
        Vec::<String>::new()
    );
    assert_eq!(replacing(None, &json!({}), &json!({"x": 1})), ["x"]);
}

/// The arguments whose change from `before` to `after` replaces the resource, or may do so.
fn replacing(effects: Option<&Effects>, before: &Value, after: &Value) -> Vec<String> {
    let none = Effects::default();
    let effects = effects.unwrap_or(&none);
    let ignored = after["lifecycle"]["ignore_changes"].as_array();
    changes("", before, after)
        .into_iter()
        .filter(|argument| {
            let top = argument.trim_start_matches('+').split('.').next().unwrap();
            let ours = ["//", "depends_on", "lifecycle"].contains(&top);
            let is_ignored = ignored.is_some_and(|ignored| ignored.iter().any(|name| name == top));
            !ours && !is_ignored && !effects.in_place(argument)
        })
        .collect()
}

impl Effects {
    fn in_place(&self, argument: &str) -> bool {
        // The entries of a map argument are not listed.
        let dots = argument.match_indices('.').map(|(dot, _)| dot);
        let mut paths = dots.chain([argument.len()]).map(|end| &argument[..end]);
        let listed = paths.any(|path| {
            self.in_place.contains(path) || self.in_place.contains(path.trim_start_matches('+'))
        });
        listed && !self.force_new.contains(argument)
    }
}

/// The arguments that differ between two bodies: `a`, `a.b`, or `+a` if the number of blocks does.
fn changes(path: &str, before: &Value, after: &Value) -> Vec<String> {
    let within = |key: &str| match path {
        "" => key.to_owned(),
        _ => format!("{path}.{key}"),
    };
    match (before, after) {
        _ if before == after => Vec::new(),
        (Value::Object(one), Value::Object(other)) => {
            let keys: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
            let value = |body: &Map<String, Value>, key| body.get(key).cloned().unwrap_or_default();
            keys.into_iter()
                .flat_map(|key| changes(&within(key), &value(one, key), &value(other, key)))
                .collect()
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let pairs = one.iter().zip(other);
            let mut found: Vec<String> = pairs
                .flat_map(|(before, after)| changes(path, before, after))
                .collect();
            found.dedup();
            found
        }
        _ if are_blocks(before) || are_blocks(after) => vec![format!("+{path}")],
        _ => vec![path.to_owned()],
    }
}

fn are_blocks(value: &Value) -> bool {
    value
        .as_array()
        .is_some_and(|items| items.iter().any(Value::is_object))
}

fn effects() -> BTreeMap<String, Effects> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/provider/force-new.json");
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}
