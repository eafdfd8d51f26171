//! Differences between a committed output folder and the synthesized one, grouped by construct.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The difference of one file or folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    file: PathBuf,
    change: FileChange,
}

impl Difference {
    /// The folder `file` of an environment that the stack lacks; `path` starts at the working directory.
    pub(super) fn stale_folder(file: PathBuf, path: PathBuf) -> Self {
        Self {
            file,
            change: FileChange::StaleFolder(path),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum FileChange {
    /// The file does not exist.
    Missing,
    /// The folder belongs to an environment that the stack lacks. The path starts at the working directory.
    StaleFolder(PathBuf),
    /// The file is not JSON, or differs in its layout only.
    Bytes,
    /// The changed elements, by construct and address.
    Constructs(BTreeMap<String, BTreeMap<String, ElementChange>>),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum ElementChange {
    Added,
    Removed,
    /// The changed arguments.
    Changed(Vec<ArgumentChange>),
}

/// An argument with its values as JSON.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct ArgumentChange {
    name: String,
    committed: String,
    synthesized: String,
}

/// The heading of everything outside constructs.
const CONFIGURATION: &str = "(configuration)";
/// The number of path components that name a construct: its family and its section key.
pub const CONSTRUCT_DEPTH: usize = 2;
/// The value of an argument that is not set.
const ABSENT: &str = "(absent)";

/// Compares the committed content of `file` with the synthesized one. Returns `None` if they are equal.
pub(super) fn difference(
    file: &Path,
    committed: Option<&[u8]>,
    synthesized: &[u8],
) -> Option<Difference> {
    let change = match committed {
        Some(committed) if committed == synthesized => return None,
        None => FileChange::Missing,
        Some(committed) => match (parse(committed), parse(synthesized)) {
            (Some(committed), Some(synthesized)) if committed != synthesized => {
                FileChange::Constructs(changes(&committed, &synthesized))
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
            FileChange::StaleFolder(path) => {
                return write!(
                    f,
                    ": the stack file has no such environment; destroy its resources, then delete the folder: rm -r '{}'",
                    path.display()
                );
            }
            FileChange::Bytes => return f.write_str(": differs from the output of paymig"),
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
                        for change in arguments {
                            let (name, committed) = (&change.name, &change.committed);
                            write!(f, "\n        {name}: {committed} -> {}", change.synthesized)?;
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

fn changes(
    committed: &Value,
    synthesized: &Value,
) -> BTreeMap<String, BTreeMap<String, ElementChange>> {
    let (committed, synthesized) = (elements(committed), elements(synthesized));
    let mut changes: BTreeMap<String, BTreeMap<String, ElementChange>> = BTreeMap::new();
    for (address, element) in &committed {
        let change = match synthesized.get(address) {
            Some(other) if other == element => continue,
            Some(other) => ElementChange::Changed(argument_changes(element.body, other.body)),
            None => ElementChange::Removed,
        };
        changes
            .entry(element.construct.clone())
            .or_default()
            .insert(address.clone(), change);
    }
    for (address, element) in &synthesized {
        if !committed.contains_key(address) {
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
    fn of_configuration(body: &'d Value) -> Self {
        let construct = CONFIGURATION.to_owned();
        Self { construct, body }
    }
}

/// Returns the elements of a configuration or a manifest by address.
///
/// Resources, outputs and the stacks of a manifest are elements of their own. Otherwise a top-level key is one element.
fn elements(configuration: &Value) -> BTreeMap<String, Element<'_>> {
    let mut elements = BTreeMap::new();
    for (section, content) in configuration.as_object().into_iter().flatten() {
        let prefix = match section.as_str() {
            "resource" => "",
            "data" => "data.",
            "ephemeral" => "ephemeral.",
            "output" | "stacks" => {
                for (name, body) in content.as_object().into_iter().flatten() {
                    elements.insert(format!("{section}.{name}"), Element::of_configuration(body));
                }
                continue;
            }
            _ => {
                elements.insert(section.clone(), Element::of_configuration(content));
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

/// Returns the construct of a cdktf path: `<stack id>/<family>/<key>/…`.
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

fn argument_changes(committed: &Value, synthesized: &Value) -> Vec<ArgumentChange> {
    let keys = |value: &Value| -> Vec<String> {
        value
            .as_object()
            .map(|object| object.keys().cloned().collect())
            .unwrap_or_default()
    };
    let mut names = keys(committed);
    names.extend(keys(synthesized));
    names.sort_unstable();
    names.dedup();
    let text = |value: Option<&Value>| value.map_or_else(|| ABSENT.to_owned(), Value::to_string);
    names
        .into_iter()
        .filter(|name| committed.get(name) != synthesized.get(name))
        .map(|name| ArgumentChange {
            committed: text(committed.get(&name)),
            synthesized: text(synthesized.get(&name)),
            name,
        })
        .collect()
}
