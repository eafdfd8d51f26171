//! A section that is renamed with `formerly` stays where it was; without, all of it is destroyed.

use std::collections::{BTreeMap, BTreeSet};

use paymig::compose;
use paymig::config::{EMBEDDED, StackSource, load};
use paymig::terraform::tree::Tree;
use serde_json::{Map, Value};

use crate::addresses::{addresses, gone, loses};
use crate::deployments::{Deployment, deployments};

const STACK: &str = "blue-green";

#[test]
fn a_renamed_section_without_its_former_name_is_told() {
    let deployment = deployment();
    let forgotten = lost_by(&deployment, renamed(&deployment, ""));
    let lost: Vec<&String> = forgotten
        .iter()
        .filter(|address| address.starts_with("aws_eip.network_main_"))
        .collect();
    assert_eq!(lost.len(), 3, "{forgotten:?}");
    let told = loses(lost[0]);
    assert!(
        told.contains("would destroy an address that firewalls elsewhere let through"),
        "{told}"
    );
    assert!(told.contains("`formerly = \"old\"`"), "{told}");
}

#[test]
fn a_renamed_section_with_its_former_name_keeps_what_lasts() {
    let deployment = deployment();
    let tree = renamed(&deployment, "formerly = \"main\"");
    assert_eq!(lost_by(&deployment, tree), Vec::<String>::new());
}

#[test]
fn a_former_name_changes_addresses_and_nothing_else() {
    let deployment = deployment();
    let before = deployment.document(&deployment.at_default().tree);
    let tree = renamed(&deployment, "formerly = \"main\"");
    let mut text = serde_json::to_string(&deployment.document(&tree)).unwrap();
    for moved in tree.moved() {
        let id = |address: &str| address.split('.').next_back().unwrap().to_owned();
        text = text.replace(&id(&moved.to), &id(&moved.from));
    }
    let mut after: Map<String, Value> =
        serde_json::from_str(&text.replace("/core/", "/main/")).unwrap();
    let blocks = after.remove("moved").unwrap();

    // Its own, and what stands in it and in other networks also.
    let in_network = |document: &Map<String, Value>| {
        let types = document["resource"].as_object().unwrap();
        let elements = types
            .values()
            .flat_map(|of| of.as_object().unwrap().values());
        let paths = elements.map(|element| element["//"]["metadata"]["path"].as_str().unwrap());
        paths
            .filter(|path| path.contains("/network/main/") || path.contains("/balancer/main/main/"))
            .count()
    };
    assert_eq!(blocks.as_array().unwrap().len(), in_network(&before));
    assert_eq!(after, before);
}

#[test]
fn renamed_replication_keeps_its_slots() {
    let mut deployments = deployments().into_iter();
    let deployment = deployments
        .find(|deployment| {
            deployment.stack == "orchestrated" && deployment.environment.as_str() == "migration"
        })
        .unwrap();
    let text = embedded("orchestrated")
        .replace(
            "[replication.payments]",
            "[replication.core]\nformerly = \"payments\"",
        )
        .replace("[replication.payments.source]", "[replication.core.source]")
        .replace("replications = [\"payments\"]", "replications = [\"core\"]")
        .replace(
            "replication-task = \"payments\"",
            "replication-task = \"core\"",
        );
    let document = deployment.document(&composed(text, &deployment));
    let endpoints = document["resource"]["aws_dms_endpoint"]
        .as_object()
        .unwrap();
    let slots: BTreeSet<_> = endpoints
        .values()
        .filter_map(|endpoint| endpoint["postgres_settings"]["slot_name"].as_str())
        .collect();
    assert_eq!(
        slots,
        BTreeSet::from(["paymig_payments_fwd", "paymig_payments_rev"])
    );
    let functions = document["resource"]["aws_lambda_function"].to_string();
    for slot in slots {
        assert!(functions.contains(slot), "{slot}");
    }
    assert!(!functions.contains("paymig_core_"));
}

fn deployment() -> Deployment {
    let mut deployments = deployments().into_iter();
    deployments
        .find(|deployment| deployment.stack == STACK)
        .unwrap()
}

/// The addresses of what lasts in `deployment` that `tree` in its place would lose.
fn lost_by(deployment: &Deployment, tree: Tree) -> Vec<String> {
    let environment = deployment.environment.to_string();
    let listed = addresses(&deployment.at_default().tree)
        .into_iter()
        .map(|address| (address, BTreeSet::from([environment.clone()])))
        .collect();
    let trees = BTreeMap::from([(environment, tree)]);
    gone(&listed, &trees).into_keys().collect()
}

/// The deployment with `[network.main]` as `[network.core]`, and this line in it.
fn renamed(deployment: &Deployment, line: &str) -> Tree {
    let text = embedded(STACK)
        .replace("[network.main]", &format!("[network.core]\n{line}"))
        .replace("[network.main.tiers]", "[network.core.tiers]")
        .replace("network = \"main\"", "network = \"core\"")
        .replace("networks = [\"main\"]", "networks = [\"core\"]");
    composed(text, deployment)
}

fn embedded(stack: &str) -> &'static str {
    let (_, text) = EMBEDDED.iter().find(|(name, _)| *name == stack).unwrap();
    text
}

/// The tree of `deployment` with this text as its stack file.
fn composed(text: String, deployment: &Deployment) -> Tree {
    let loaded = load(
        &StackSource::new("renamed.toml", text),
        &deployment.selection(),
    );
    let loaded = loaded.unwrap_or_else(|error| panic!("{error}"));
    let system = compose::compose(&loaded);
    system.unwrap_or_else(|error| panic!("{error}")).tree
}
