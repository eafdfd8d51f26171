//! Addresses of retained resources: Terraform identifies a live database by its address only.
//!
//! `fixtures/addresses/<stack>.txt` has a line for each, with its environments. `make bless` adds lines. Delete a line by
//! hand, once no state has the resource.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use paymig::config::{EMBEDDED, Protection};
use paymig::retention::{RETAINED, RetentionReason, each_retained};
use paymig::terraform::tree::Tree;

use crate::blessing;
use crate::deployments::deployments;

/// Addresses with their environments.
pub(crate) type Addresses = BTreeMap<String, BTreeSet<String>>;

#[test]
fn every_stage_has_the_retained_addresses() {
    let mut wrong = Vec::new();
    for deployment in deployments() {
        let default = addresses(&deployment.at_default().tree);
        for stage in deployment.stages() {
            let missing =
                |address| format!("{} {}: {}", deployment.id(), stage.label(), loses(address));
            let here = addresses(&stage.system.tree);
            wrong.extend(default.difference(&here).map(|address| missing(address)));
            wrong.extend(here.difference(&default).map(|address| {
                format!(
                    "{} {}: has {address}, which the default phase lacks; the reverse transition destroys {}",
                    deployment.id(),
                    stage.label(),
                    lost(address)
                )
            }));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn retained_addresses_are_unchanged() {
    let mut wrong = Vec::new();
    for (stack, _) in EMBEDDED {
        let file = file(stack);
        let listed = read(&std::fs::read_to_string(&file).unwrap_or_default());
        let trees: BTreeMap<String, Tree> = deployments()
            .into_iter()
            .filter(|deployment| deployment.stack == stack)
            .map(|deployment| {
                (
                    deployment.environment.to_string(),
                    deployment.at_default().tree,
                )
            })
            .collect();
        wrong.extend(gone(&listed, &trees).iter().map(|(address, environments)| {
            format!(
                "{stack} ({}): {}; if no state has the resource, delete the line in {}",
                joined(environments, ", "),
                loses(address),
                file.display()
            )
        }));
        let all = with_new(&listed, &trees);
        if blessing() {
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, write(&all)).unwrap();
        } else {
            let new = all
                .iter()
                .filter(|(address, environments)| listed.get(*address) != Some(environments));
            wrong.extend(new.map(|(address, _)| {
                format!("{stack}: {address} is new; `make bless` adds it to the list")
            }));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn protected_data_has_prevent_destroy() {
    let mut wrong = Vec::new();
    for deployment in deployments() {
        let mut stages = deployment.stages();
        stages.retain(|stage| stage.protection == Protection::Protected);
        for stage in stages {
            let label = stage.label();
            let unprotected = each_retained(&stage.system.tree).filter(|(node, retained)| {
                retained.reason == RetentionReason::Data
                    && !node.meta().lifecycle().prevent_destroy()
            });
            wrong.extend(
                unprotected
                    .map(|(node, _)| format!("{} {label}: {}", deployment.id(), node.address())),
            );
        }
    }
    assert!(
        wrong.is_empty(),
        "without prevent_destroy:\n{}",
        wrong.join("\n")
    );
}

/// The addresses of the retained resources in `tree`.
pub(crate) fn addresses(tree: &Tree) -> BTreeSet<String> {
    each_retained(tree)
        .map(|(node, _)| node.address())
        .collect()
}

/// The listed addresses that the tree of their environment neither has nor moves.
pub(crate) fn gone(listed: &Addresses, trees: &BTreeMap<String, Tree>) -> Addresses {
    let kept = |address: &String, environment: &String| {
        trees.get(environment).is_some_and(|tree| {
            let moved = tree.moved().iter().find(|moved| moved.from == *address);
            let address = moved.map_or(address, |moved| &moved.to);
            each_retained(tree).any(|(node, _)| node.address() == *address)
        })
    };
    let mut gone = listed.clone();
    for (address, environments) in &mut gone {
        environments.retain(|environment| !kept(address, environment));
    }
    gone.retain(|_, environments| !environments.is_empty());
    gone
}

/// The listed addresses, and the other ones of the trees.
fn with_new(listed: &Addresses, trees: &BTreeMap<String, Tree>) -> Addresses {
    let mut all = listed.clone();
    for (environment, tree) in trees {
        for address in addresses(tree) {
            let environments = all.entry(address).or_default();
            environments.insert(environment.clone());
        }
    }
    all
}

/// The message about a missing address.
pub(crate) fn loses(address: &str) -> String {
    format!(
        "{address} is gone, and a plan would destroy {}; if its section was renamed, `formerly = \"old\"` and `name_in_aws = \"old\"` in it keep it",
        lost(address)
    )
}

fn lost(address: &str) -> &'static str {
    let type_name = address.split('.').next().unwrap();
    let retained = RETAINED
        .iter()
        .find(|retained| retained.type_name == type_name);
    retained.map_or("a resource of an unlisted type", |retained| retained.lost)
}

fn file(stack: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/addresses/{stack}.txt"))
}

fn read(text: &str) -> Addresses {
    text.lines()
        .map(|line| {
            let mut words = line.split_whitespace().map(str::to_owned);
            (words.next().unwrap(), words.collect())
        })
        .collect()
}

fn write(addresses: &Addresses) -> String {
    let mut text = String::new();
    for (address, environments) in addresses {
        text.extend([address, "  ", &joined(environments, " "), "\n"]);
    }
    text
}

fn joined(words: &BTreeSet<String>, separator: &str) -> String {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    words.join(separator)
}
