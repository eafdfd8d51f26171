//! Plans of single resources.

use crate::protocol::{AttributePath, Selector};
use crate::value::Value;

/// What an apply would do to an existing resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Nothing.
    NoChange,
    /// Change it in place.
    Update,
    /// Destroy it and create another.
    Replace,
}

/// A plan of an existing resource.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What an apply would do.
    pub action: Action,
    /// The arguments that force a replacement: `subnet_ids`, `scaling.min_capacity`.
    pub replaced_by: Vec<String>,
    /// The state after an apply, as far as the provider knows it now.
    pub planned: Value,
}

impl Plan {
    /// Derives the action as Terraform does: a path forces a replacement only if its value changes.
    pub(crate) fn new(prior: &Value, planned: Value, requires_replace: &[AttributePath]) -> Self {
        let mut replaced_by: Vec<String> = requires_replace
            .iter()
            .filter(|path| {
                let (before, after) = (at(prior, path), at(&planned, path));
                after == Some(&Value::Unknown) || before != after
            })
            .map(name)
            .collect();
        replaced_by.sort();
        replaced_by.dedup();
        let action = if !replaced_by.is_empty() {
            Action::Replace
        } else if *prior == planned {
            Action::NoChange
        } else {
            Action::Update
        };
        Self {
            action,
            replaced_by,
            planned,
        }
    }
}

/// The value at `path`. A step into an element of a set ends at the set.
fn at<'v>(value: &'v Value, path: &AttributePath) -> Option<&'v Value> {
    let mut at = value;
    for step in &path.steps {
        at = match (step.selector.as_ref()?, at) {
            (
                Selector::AttributeName(key) | Selector::ElementKeyString(key),
                Value::Object(entries),
            ) => entries.get(key)?,
            (Selector::ElementKeyInt(index), Value::List(items)) => {
                items.get(usize::try_from(*index).ok()?)?
            }
            _ => return None,
        };
    }
    Some(at)
}

/// The names in a path, without indexes.
fn name(path: &AttributePath) -> String {
    let names = path.steps.iter().filter_map(|step| match &step.selector {
        Some(Selector::AttributeName(name)) => Some(name.as_str()),
        _ => None,
    });
    names.collect::<Vec<_>>().join(".")
}
