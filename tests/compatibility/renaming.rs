//! A section that is renamed with `formerly` keeps its resources; without it, they are destroyed.

use std::collections::{BTreeMap, BTreeSet};

use paymig::compose;
use paymig::config::{EMBEDDED, StackSource, load};
use paymig::terraform::tree::Tree;
use serde_json::{Map, Value};

use crate::addresses::{addresses, gone, loses};
use crate::deployments::{Deployment, deployments};
use crate::stack_sections::{NamedSection, all_renamed, keys_of_rename, named_sections, renamed};

#[test]
fn section_renamed_without_formerly_is_reported() {
    let mut deployments = deployments().into_iter();
    let deployment = deployments.find(|deployment| deployment.stack == "blue-green");
    let deployment = deployment.unwrap();
    let text = embedded(deployment.stack);
    let network = NamedSection {
        kind: "network".to_owned(),
        name: "main".to_owned(),
    };
    let tree = compose_text(&renamed(text, &network, NEW_NAME, &[]), &deployment);
    let forgotten = lost_by(&deployment, tree);
    let lost: Vec<&String> = forgotten
        .iter()
        .filter(|address| address.starts_with("aws_eip.network_main_"))
        .collect();
    assert_eq!(lost.len(), 3, "{forgotten:?}");
    let message = loses(lost[0]);
    assert!(
        message.contains("would destroy an address that external firewalls allow"),
        "{message}"
    );
    assert!(message.contains("`formerly = \"old\"`"), "{message}");
}

fn embedded(stack: &str) -> &'static str {
    let (_, text) = EMBEDDED.iter().find(|(name, _)| *name == stack).unwrap();
    text
}

/// The addresses of retained resources in `deployment` that `tree` lacks.
fn lost_by(deployment: &Deployment, tree: Tree) -> Vec<String> {
    let environment = deployment.environment.to_string();
    let listed = addresses(&deployment.at_default().tree)
        .into_iter()
        .map(|address| (address, BTreeSet::from([environment.clone()])))
        .collect();
    let trees = BTreeMap::from([(environment, tree)]);
    gone(&listed, &trees).into_keys().collect()
}

/// Every section of every stack, in every environment: Terraform keeps each resource, under its name in AWS.
#[test]
fn renamed_section_changes_addresses_only() {
    let mut wrong = Vec::new();
    for deployment in deployments() {
        let before = deployment.configuration(&deployment.at_default().tree);
        let text = embedded(deployment.stack);
        let mut check = |what: &str, text: &str| {
            let tree = compose_text(text, &deployment);
            let after = with_former_addresses(&deployment.configuration(&tree), &tree);
            let at = format!("{} {what}", deployment.id());
            for block in ["resource", "output"] {
                differences(&at, block, &before[block], &after[block], &mut wrong);
            }
        };
        for section in named_sections(text) {
            let keys = keys_of_rename(&section);
            check(&section.path(), &renamed(text, &section, NEW_NAME, &keys));
        }
        check("all sections", &all_renamed(text));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Once every environment is applied, `formerly` goes and `name_in_aws` stays.
#[test]
fn deleting_formerly_changes_moved_blocks_only() {
    let mut of_stacks = deployments();
    of_stacks.dedup_by_key(|deployment| deployment.stack);
    for deployment in of_stacks {
        let text = embedded(deployment.stack);
        for section in named_sections(text) {
            let both = keys_of_rename(&section);
            let during = renamed(text, &section, NEW_NAME, &both);
            let settled = renamed(text, &section, NEW_NAME, &both[1..]);
            let mut during = deployment.configuration(&compose_text(&during, &deployment));
            let after = deployment.configuration(&compose_text(&settled, &deployment));
            during.remove("moved");
            let at = format!("{} {}", deployment.id(), section.path());
            assert!(during == after, "{at}: more than `moved` differs");
        }
    }
}

/// A name that sorts after all others, so that the order of sections changes too.
const NEW_NAME: &str = "zz-renamed";

fn compose_text(text: &str, deployment: &Deployment) -> Tree {
    let loaded = load(
        &StackSource::new("renamed.toml", text.to_owned()),
        &deployment.selection(),
    );
    let loaded = loaded.unwrap_or_else(|error| panic!("{error}"));
    let composed = compose::compose(&loaded);
    composed.unwrap_or_else(|error| panic!("{error}")).tree
}

/// The configuration with the address from before each `moved` block. Data sources and ephemeral resources have no state:
/// references name their types only.
fn with_former_addresses(configuration: &Map<String, Value>, tree: &Tree) -> Map<String, Value> {
    let mut text = serde_json::to_string(configuration).unwrap();
    for moved in tree.moved() {
        let id = |address: &str| address.split('.').next_back().unwrap().to_owned();
        text = text.replace(&id(&moved.to), &id(&moved.from));
    }
    serde_json::from_str(&text).unwrap()
}

/// The words of a text, independent of their order and of names without state.
fn normalized(text: &str) -> Vec<String> {
    let mut words: Vec<String> = text
        .split(|c: char| " ,[](){}\"".contains(c))
        .filter(|word| !word.is_empty())
        .map(|word| {
            let parts: Vec<&str> = word.split('.').collect();
            match parts.as_slice() {
                [mode @ ("data" | "ephemeral"), kind, _, rest @ ..] => {
                    format!("{mode}.{kind}.{}", rest.join("."))
                }
                _ => word.to_owned(),
            }
        })
        .collect();
    words.sort();
    words
}

fn differences(at: &str, path: &str, before: &Value, after: &Value, wrong: &mut Vec<String>) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
            // `//` holds the construct path; the texts of a dashboard name the sections.
            let compared = keys
                .into_iter()
                .filter(|key| *key != "//" && *key != "dashboard_body");
            for key in compared {
                let path = format!("{path}.{key}");
                match (before.get(key), after.get(key)) {
                    (Some(before), Some(after)) => differences(at, &path, before, after, wrong),
                    (None, _) => wrong.push(format!("{at}: {path} is new")),
                    (_, None) => wrong.push(format!("{at}: {path} is gone")),
                }
            }
        }
        _ if normalized(&before.to_string()) != normalized(&after.to_string()) => {
            wrong.push(format!("{at}: {path}: {before} => {after}"));
        }
        _ => {}
    }
}
