//! The order of the modules of `src`: no import runs upward, and no modules use each other in a circle.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod graph;
mod source;

use std::fs;
use std::path::Path;

use graph::Graph;

/// The modules of `src`, from the top: each may use those below it.
const LAYERS: [&str; 17] = [
    "cli",
    "diff",
    "guard",
    "side_by_side",
    "compose",
    "constructs",
    "claims",
    "asl",
    "lambda_packages",
    "naming",
    "retention",
    "aws",
    "terraform",
    "transitions",
    "config",
    "newtypes",
    "diagnostic",
];

/// The modules of `src/compose`, from the top.
const COMPOSE: [&str; 15] = [
    "environment",
    "outputs",
    "remote_states",
    "dashboards",
    "migration",
    "alarms",
    "workload",
    "ingress",
    "foundations",
    "queries",
    "composer",
    "public_names",
    "phase",
    "bootstrap",
    "tags",
];

/// The modules of `src/constructs`, from the top.
const CONSTRUCTS: [&str; 11] = [
    "migration",
    "account",
    "replication",
    "ingress",
    "compute",
    "dns",
    "data",
    "network",
    "observability",
    "security",
    "core",
];

/// Generated code, which is below what it is generated for.
const GENERATED: &str = "aws/";

#[test]
fn modules_use_only_layers_below_them() {
    let graph = graph();
    let upward = graph.upward("", &LAYERS);
    assert!(
        upward.is_empty(),
        "imports that run upward:\n{}",
        upward.join("\n")
    );
}

#[test]
fn layers_of_the_composition_use_only_layers_below_them() {
    let graph = graph();
    let upward = graph.upward("compose", &COMPOSE);
    assert!(
        upward.is_empty(),
        "imports that run upward:\n{}",
        upward.join("\n")
    );
}

#[test]
fn layers_of_the_constructs_use_only_layers_below_them() {
    let graph = graph();
    let upward = graph.upward("constructs", &CONSTRUCTS);
    assert!(
        upward.is_empty(),
        "imports that run upward:\n{}",
        upward.join("\n")
    );
}

#[test]
fn lists_of_layers_are_complete() {
    let graph = graph();
    let sorted = |layers: &[&str]| layers.iter().map(|&layer| layer.to_owned()).collect();
    assert_eq!(graph.nodes(""), sorted(&LAYERS));
    assert_eq!(graph.nodes("compose"), sorted(&COMPOSE));
    assert_eq!(graph.nodes("constructs"), sorted(&CONSTRUCTS));
}

#[test]
fn no_modules_use_each_other_in_a_circle() {
    let graph = graph();
    let mut wrong = Vec::new();
    for folder in graph.folders() {
        for circle in graph.circles(&folder) {
            wrong.push(format!("`{folder}`: {}", circle.join(", ")));
            let edges = graph.edges(&folder).into_iter();
            let inner =
                edges.filter(|edge| circle.contains(&edge.from) && circle.contains(&edge.to));
            wrong.extend(inner.map(|edge| format!("    {edge}")));
        }
    }
    assert!(wrong.is_empty(), "circles:\n{}", wrong.join("\n"));
}

fn graph() -> Graph {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    read(&root, &root, &mut files);
    Graph::new(
        files
            .iter()
            .map(|(file, text)| (file.as_str(), text.as_str())),
    )
}

fn read(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let file = path
                .strip_prefix(root)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            if !file.starts_with(GENERATED) || file.ends_with("mod.rs") {
                files.push((file, fs::read_to_string(&path).unwrap()));
            }
        }
    }
}
