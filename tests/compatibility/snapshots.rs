//! The configuration of every deployment, cut by construct, so that a review reads as a review.
//!
//! `tests/snapshots/<stack>/<environment>/`: `outline.snap` has one line for each element; one file
//! for each construct has the bodies by address; `document.snap` has what is left; `alike.snap` names
//! the constructs that read as in an earlier environment, but for its name, and so have no file.
//! `make bless` accepts what changed and deletes what is no longer made.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use paymig::terraform::tree::Tree;
use serde_json::{Map, Value};

use crate::archives::unpacked;
use crate::blessing;
use crate::deployments::{Deployment, SUFFIX, deployments};

/// The blocks of elements in a configuration, with the prefix of their addresses.
const SECTIONS: [(&str, &str); 3] = [
    ("data", "data."),
    ("ephemeral", "ephemeral."),
    ("resource", ""),
];
/// cdktf's key for comments, which Terraform ignores; the outline contains them.
const COMMENT: &str = "//";
const OUTLINE: &str = "outline";
const DOCUMENT: &str = "document";
const ALIKE: &str = "alike";
/// The elements without a construct of their own.
const ROOT: &str = "root";

#[test]
fn every_configuration_matches_its_snapshots() {
    let folder = folder();
    let mut made = BTreeSet::new();
    let mut changed = Vec::new();
    for (deployment, files) in configurations() {
        let within = format!("{}/{}", deployment.stack, deployment.environment);
        for (name, text) in files {
            let file = folder.join(&within).join(format!("{name}.snap"));
            // Every difference is shown, not the first alone.
            if catch_unwind(AssertUnwindSafe(|| hold(&within, &name, &text))).is_err() {
                changed.push(file.display().to_string());
            }
            made.insert(file);
        }
    }
    assert!(
        changed.is_empty(),
        "changed (`make bless` accepts):\n{}",
        changed.join("\n")
    );
    let stale: Vec<PathBuf> = kept(&folder).difference(&made).cloned().collect();
    if blessing() {
        for file in &stale {
            std::fs::remove_file(file).unwrap();
        }
    } else {
        assert!(
            stale.is_empty(),
            "no longer made (`make bless` deletes): {stale:#?}"
        );
    }
}

#[test]
fn snapshots_contain_the_whole_configuration() {
    let configurations = configurations();
    for (deployment, files) in &configurations {
        let mut whole = unpacked(deployment.configuration(&deployment.at_default().tree));
        for section in SECTIONS.map(|(section, _)| section) {
            let types = whole.get_mut(section).and_then(Value::as_object_mut);
            for elements in types.into_iter().flat_map(Map::values_mut) {
                for body in elements.as_object_mut().unwrap().values_mut() {
                    body.as_object_mut().unwrap().remove(COMMENT);
                }
            }
        }
        let again = assemble(&with_alike(deployment, files, &configurations));
        assert_eq!(again, whole, "{}", deployment.id());
    }
}

#[test]
fn outline_has_a_line_for_each_element() {
    let configurations = configurations();
    for (deployment, files) in &configurations {
        let files = with_alike(deployment, files, &configurations);
        let told = files[OUTLINE].lines().map(|line| {
            let address = line.split("  ").nth(1).unwrap();
            address.to_owned()
        });
        let elements = parts(&files).flat_map(|part| part.into_iter().map(|(address, _)| address));
        assert_eq!(
            told.collect::<BTreeSet<_>>(),
            elements.collect(),
            "{}",
            deployment.id()
        );
    }
}

/// The snapshots of an deployment: name and text.
type Files = BTreeMap<String, String>;

/// The snapshots of every deployment, each construct once.
fn configurations() -> Vec<(Deployment, Files)> {
    let mut whole: Vec<(Deployment, Files)> = Vec::new();
    let mut kept = Vec::new();
    for deployment in deployments() {
        let mut files = files(&deployment);
        let alike: BTreeMap<String, String> = constructs(&files)
            .filter_map(|(name, text)| {
                let (earlier, _) = whole.iter().find(|(earlier, files)| {
                    earlier.stack == deployment.stack
                        && files.get(name).is_some_and(|as_there| {
                            *text == in_environment(as_there, earlier, &deployment)
                        })
                })?;
                Some((name.clone(), earlier.environment.to_string()))
            })
            .collect();
        whole.push((deployment.clone(), files.clone()));
        files.retain(|name, _| !alike.contains_key(name));
        if !alike.is_empty() {
            let lines = alike
                .iter()
                .map(|(name, as_in)| format!("{name}  as in {as_in}"));
            files.insert(ALIKE.to_owned(), lines.collect::<Vec<_>>().join("\n"));
        }
        kept.push((deployment, files));
    }
    kept
}

/// The snapshots of an deployment, with those that are kept with an earlier one.
fn with_alike(
    deployment: &Deployment,
    files: &Files,
    configurations: &[(Deployment, Files)],
) -> Files {
    let mut files = files.clone();
    for line in files.remove(ALIKE).unwrap_or_default().lines() {
        let (name, as_in) = line.split_once("  as in ").unwrap();
        let (earlier, theirs) = configurations
            .iter()
            .find(|(other, _)| {
                other.stack == deployment.stack && other.environment.as_str() == as_in
            })
            .unwrap();
        let text = in_environment(&theirs[name], earlier, deployment);
        files.insert(name.to_owned(), text);
    }
    files
}

/// `text` of the deployment `from` with the names of `to`.
fn in_environment(text: &str, from: &Deployment, to: &Deployment) -> String {
    ["-", "/"].iter().fold(text.to_owned(), |text, joint| {
        let end =
            |deployment: &Deployment| format!("{joint}{}{joint}{SUFFIX}", deployment.environment);
        text.replace(&end(from), &end(to))
    })
}

/// The snapshot files of a deployment, which contain its whole configuration.
fn files(deployment: &Deployment) -> Files {
    let tree = deployment.at_default().tree;
    let mut files: Files = cut(unpacked(deployment.configuration(&tree)))
        .into_iter()
        .map(|(name, part)| (name, serde_json::to_string_pretty(&part).unwrap()))
        .collect();
    files.insert(OUTLINE.to_owned(), outline(&tree));
    files
}

/// One line for each element: path, address, alias of its provider. Nothing is aligned, so that a
/// new line moves no other.
fn outline(tree: &Tree) -> String {
    let mut lines: Vec<String> = tree
        .nodes()
        .iter()
        .map(|node| {
            let alias = tree.provider(node).and_then(|provider| provider.alias());
            let columns = [Some(tree.path(node)), Some(node.address())];
            let columns = columns.into_iter().chain([alias.map(str::to_owned)]);
            columns.flatten().collect::<Vec<_>>().join("  ")
        })
        .collect();
    lines.sort();
    lines.join("\n")
}

/// The elements by construct, and what is left under the name `configuration`.
fn cut(mut configuration: Map<String, Value>) -> BTreeMap<String, Map<String, Value>> {
    let mut parts: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for (section, prefix) in SECTIONS {
        let Some(Value::Object(types)) = configuration.remove(section) else {
            continue;
        };
        for (type_name, elements) in types {
            for (logical_id, mut body) in elements.as_object().unwrap().clone() {
                let comment = body.as_object_mut().unwrap().remove(COMMENT).unwrap();
                let path = comment["metadata"]["path"].as_str().unwrap();
                let address = format!("{prefix}{type_name}.{logical_id}");
                let part = parts.entry(construct(path)).or_default();
                part.insert(address, body);
            }
        }
    }
    let taken = parts.insert(DOCUMENT.to_owned(), configuration);
    assert!(taken.is_none(), "a construct is called {DOCUMENT}");
    parts
}

/// The construct of an element: `network-production` of `sample-migration/network/production/vpc`.
fn construct(path: &str) -> String {
    match path.split('/').collect::<Vec<_>>()[..] {
        [_stack, family, name, _, ..] => format!("{family}-{name}"),
        _ => ROOT.to_owned(),
    }
}

/// The configuration again, from its snapshots.
fn assemble(files: &Files) -> Map<String, Value> {
    let mut configuration: Map<String, Value> = serde_json::from_str(&files[DOCUMENT]).unwrap();
    for part in parts(files) {
        for (address, body) in part {
            let (section, prefix) = SECTIONS
                .into_iter()
                .find(|(_, prefix)| address.starts_with(prefix))
                .unwrap();
            let (type_name, logical_id) = address[prefix.len()..].split_once('.').unwrap();
            let section = configuration.entry(section).or_insert_with(empty);
            let elements = section.as_object_mut().unwrap();
            let elements = elements.entry(type_name).or_insert_with(empty);
            let elements = elements.as_object_mut().unwrap();
            let taken = elements.insert(logical_id.to_owned(), body);
            assert!(taken.is_none(), "{address} is in two snapshots");
        }
    }
    configuration
}

/// The elements of each construct, by address.
fn parts(files: &Files) -> impl Iterator<Item = Map<String, Value>> {
    constructs(files).map(|(_, text)| serde_json::from_str(text).unwrap())
}

/// The snapshots that show a construct.
fn constructs(files: &Files) -> impl Iterator<Item = (&String, &String)> {
    files
        .iter()
        .filter(|(name, _)| ![DOCUMENT, OUTLINE, ALIKE].contains(&name.as_str()))
}

fn empty() -> Value {
    Value::Object(Map::new())
}

/// Holds `text` against its snapshot.
fn hold(within: &str, name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new("../snapshots").join(within));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots")
}

/// The snapshots of configurations that are kept: those in a folder of a folder of `folder`.
fn kept(folder: &Path) -> BTreeSet<PathBuf> {
    let folders = |folder: &Path| entries(folder).into_iter().filter(|path| path.is_dir());
    folders(folder)
        .flat_map(|stack| folders(&stack).collect::<Vec<_>>())
        .flat_map(|environment| entries(&environment))
        .filter(|file| {
            file.extension()
                .is_some_and(|extension| extension == "snap")
        })
        .collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}
