//! Sections that have another name: their resources are destroyed and created, unless `formerly` or `moved` keeps them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::plan::{Action, Plan, ResourceChange};

/// A section under another name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Rename {
    /// The construct of the section before: `database/payments`.
    pub from: String,
    /// The construct of the section now: `database/ledger`.
    pub to: String,
    /// The lines to write into the section of the stack file.
    pub stack_file: Vec<String>,
    /// The `moved` blocks, for a configuration that is not synthesized from the stack file.
    pub moved: Vec<MovedBlock>,
}

/// A `moved` block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MovedBlock {
    /// The address in the state.
    pub from: String,
    /// The address in the configuration.
    pub to: String,
}

/// Finds pairs of a destroyed and a created resource of the same type whose constructs differ in one name.
pub(super) fn renames(plan: &Plan) -> Vec<Rename> {
    let of = |action: Action| plan.changes.iter().filter(move |it| it.action == action);
    let mut found: BTreeMap<(String, String, String), Vec<MovedBlock>> = BTreeMap::new();
    for destroyed in of(Action::Destroy) {
        let mut candidates = of(Action::Create)
            .filter(|created| created.type_name == destroyed.type_name)
            .filter_map(|created| Some((created, renamed(destroyed, created)?)));
        // Two candidates leave the choice to the reader.
        let (Some((created, names)), None) = (candidates.next(), candidates.next()) else {
            continue;
        };
        found.entry(names).or_default().push(MovedBlock {
            from: destroyed.address.clone(),
            to: created.address.clone(),
        });
    }
    let renames = found.into_iter();
    let renames = renames.map(|((from, to, former), moved)| Rename {
        from,
        to,
        stack_file: ["formerly", "name_in_aws"]
            .map(|key| format!("{key} = \"{former}\""))
            .into(),
        moved,
    });
    renames.collect()
}

/// The constructs up to the name that differs, and the former name, if exactly one differs.
fn renamed(before: &ResourceChange, after: &ResourceChange) -> Option<(String, String, String)> {
    let [one, other] = [before, after].map(|change| {
        let construct = change.construct.as_deref().unwrap_or_default();
        construct.split('/').collect::<Vec<_>>()
    });
    let differing: Vec<usize> = (0..one.len())
        .filter(|at| one.get(*at) != other.get(*at))
        .collect();
    let [at] = differing.as_slice() else {
        return None;
    };
    let up_to = |path: &[&str]| path.get(..=*at).map(|path| path.join("/"));
    let former = (*one.get(*at)?).to_owned();
    (one.len() == other.len()).then_some((up_to(&one)?, up_to(&other)?, former))
}
