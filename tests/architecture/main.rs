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

use graph::{Graph, OWN};

/// The modules of `src`, from the top: each may use those below it.
const LAYERS: [&str; 12] = [
    "cli",
    "compose",
    "constructs",
    "asl",
    "lambda_packages",
    "naming",
    "retention",
    "aws",
    "terraform",
    "config",
    "newtypes",
    "diagnostic",
];

/// The modules of `src/compose`, from the top.
const COMPOSE: [&str; 13] = [
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
    "bootstrap",
    "tags",
];

/// Generated code, which is below what it is generated for.
const GENERATED: &str = "aws/";

/// The circles that are still there: a folder, and the nodes that may use each other. The list only shrinks.
const KNOWN_CIRCLES: [(&str, &[&str]); 1] =
    [("constructs::compute::instances", &[OWN, "template"])];

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
fn lists_of_layers_are_complete() {
    let graph = graph();
    let sorted = |layers: &[&str]| layers.iter().map(|&layer| layer.to_owned()).collect();
    assert_eq!(graph.nodes(""), sorted(&LAYERS));
    assert_eq!(graph.nodes("compose"), sorted(&COMPOSE));
}

#[test]
fn no_modules_use_each_other_in_a_circle() {
    let graph = graph();
    let mut wrong = Vec::new();
    for folder in graph.folders() {
        for circle in graph.circles(&folder) {
            if is_known(&folder, &circle) {
                continue;
            }
            wrong.push(format!("`{folder}`: {}", circle.join(", ")));
            let edges = graph.edges(&folder).into_iter();
            let inner =
                edges.filter(|edge| circle.contains(&edge.from) && circle.contains(&edge.to));
            wrong.extend(inner.map(|edge| format!("    {edge}")));
        }
    }
    assert!(wrong.is_empty(), "circles:\n{}", wrong.join("\n"));
}

#[test]
fn known_circles_are_still_there() {
    let graph = graph();
    for (folder, nodes) in KNOWN_CIRCLES {
        let circles = graph.circles(folder);
        let found = circles.iter().any(|circle| is_known(folder, circle));
        assert!(
            found,
            "`{folder}` has no circle any more: remove it from the list: {nodes:?}"
        );
    }
}

/// Whether a circle is listed, or is a part of one that is listed.
fn is_known(folder: &str, circle: &[String]) -> bool {
    KNOWN_CIRCLES.iter().any(|(place, nodes)| {
        *place == folder && circle.iter().all(|node| nodes.contains(&node.as_str()))
    })
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
