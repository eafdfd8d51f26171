//! How a committed output differs from what would be written, told by construct.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// How one committed file differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    file: PathBuf,
    change: FileChange,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum FileChange {
    /// It is not there.
    Missing,
    /// It is no JSON, or differs in nothing but its layout.
    Bytes,
    /// Elements by construct, then by address.
    Constructs(BTreeMap<String, BTreeMap<String, ElementChange>>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum ElementChange {
    Added,
    Removed,
    /// Argument, what is committed, what would be written.
    Changed(Vec<(String, String, String)>),
}

/// The construct of what belongs to the document as a whole.
const DOCUMENT: &str = "(document)";
/// Path components that name a construct: its family and its section key.
const CONSTRUCT_DEPTH: usize = 2;
const ABSENT: &str = "nothing";

/// How `theirs`, which stands at `file`, differs from `ours`; `None` when it does not.
pub(super) fn difference(file: &Path, theirs: Option<&[u8]>, ours: &[u8]) -> Option<Difference> {
    let change = match theirs {
        Some(theirs) if theirs == ours => return None,
        None => FileChange::Missing,
        Some(theirs) => match (parse(theirs), parse(ours)) {
            (Some(theirs), Some(ours)) if theirs != ours => {
                FileChange::Constructs(changes(&theirs, &ours))
            }
            _ => FileChange::Bytes,
        },
    };
    Some(Difference {
        file: file.to_owned(),
        change,
    })
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        let constructs = match &self.change {
            FileChange::Missing => return f.write_str(": is missing"),
            FileChange::Bytes => return f.write_str(": is not what paymig writes"),
            FileChange::Constructs(constructs) => constructs,
        };
        for (construct, elements) in constructs {
            write!(f, "\n  {construct}")?;
            for (address, change) in elements {
                match change {
                    ElementChange::Added => write!(f, "\n    + {address}")?,
                    ElementChange::Removed => write!(f, "\n    - {address}")?,
                    ElementChange::Changed(arguments) => {
                        write!(f, "\n    ~ {address}")?;
                        for (argument, theirs, ours) in arguments {
                            write!(f, "\n        {argument}: {theirs} -> {ours}")?;
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

fn parse(bytes: &[u8]) -> Option<Value> {
    serde_json::from_slice(bytes).ok()
}

fn changes(theirs: &Value, ours: &Value) -> BTreeMap<String, BTreeMap<String, ElementChange>> {
    let (theirs, ours) = (elements(theirs), elements(ours));
    let mut changes: BTreeMap<String, BTreeMap<String, ElementChange>> = BTreeMap::new();
    for (address, element) in &theirs {
        let change = match ours.get(address) {
            Some(other) if other == element => continue,
            Some(other) => ElementChange::Changed(arguments(element.body, other.body)),
            None => ElementChange::Removed,
        };
        changes
            .entry(element.construct.clone())
            .or_default()
            .insert(address.clone(), change);
    }
    for (address, element) in &ours {
        if !theirs.contains_key(address) {
            changes
                .entry(element.construct.clone())
                .or_default()
                .insert(address.clone(), ElementChange::Added);
        }
    }
    changes
}

#[derive(PartialEq)]
struct Element<'d> {
    construct: String,
    body: &'d Value,
}

impl<'d> Element<'d> {
    fn of_document(body: &'d Value) -> Self {
        let construct = DOCUMENT.to_owned();
        Self { construct, body }
    }
}

/// Everything in a document by address: resources, outputs and the stacks of a manifest one by one,
/// the rest by top-level key.
fn elements(document: &Value) -> BTreeMap<String, Element<'_>> {
    let mut elements = BTreeMap::new();
    for (section, content) in document.as_object().into_iter().flatten() {
        let prefix = match section.as_str() {
            "resource" => "",
            "data" => "data.",
            "ephemeral" => "ephemeral.",
            "output" | "stacks" => {
                for (name, body) in content.as_object().into_iter().flatten() {
                    elements.insert(format!("{section}.{name}"), Element::of_document(body));
                }
                continue;
            }
            _ => {
                elements.insert(section.clone(), Element::of_document(content));
                continue;
            }
        };
        for (type_name, named) in content.as_object().into_iter().flatten() {
            for (name, body) in named.as_object().into_iter().flatten() {
                let construct = construct_of(body);
                elements.insert(
                    format!("{prefix}{type_name}.{name}"),
                    Element { construct, body },
                );
            }
        }
    }
    elements
}

/// The construct from the cdktf path, `<stack id>/<family>/<key>/…`.
fn construct_of(body: &Value) -> String {
    let path = body.pointer("/~1~1/metadata/path").and_then(Value::as_str);
    let components: Vec<&str> = path
        .unwrap_or_default()
        .split('/')
        .skip(1)
        .take(CONSTRUCT_DEPTH)
        .collect();
    components.join("/")
}

fn arguments(theirs: &Value, ours: &Value) -> Vec<(String, String, String)> {
    let keys = |value: &Value| -> Vec<String> {
        value
            .as_object()
            .map(|object| object.keys().cloned().collect())
            .unwrap_or_default()
    };
    let mut names = keys(theirs);
    names.extend(keys(ours));
    names.sort_unstable();
    names.dedup();
    let text = |value: Option<&Value>| value.map_or_else(|| ABSENT.to_owned(), Value::to_string);
    names
        .into_iter()
        .filter(|name| theirs.get(name) != ours.get(name))
        .map(|name| {
            let (theirs, ours) = (text(theirs.get(&name)), text(ours.get(&name)));
            (name, theirs, ours)
        })
        .collect()
}
