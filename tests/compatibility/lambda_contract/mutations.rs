//! Contracts that differ from a given one in one entry: added, dropped or renamed.

use toml::{Table, Value};

/// Where the contract has entries that the synthesized configurations hold; `*` is every entry of the table above.
const KINDS: [&[&str]; 16] = [
    &["variables"],
    &["functions"],
    &["functions", "*", "required"],
    &["functions", "*", "optional"],
    &["functions", "*", "unset_in_stacks"],
    &["functions", "*", "common_arguments"],
    &["functions", "*", "operations"],
    &["functions", "*", "operations", "*", "arguments"],
    &["replication", "required"],
    &["replication", "optional"],
    &["slots"],
    &["errors"],
    &["events"],
    &["metrics"],
    &["parameters"],
    &["objects"],
];

/// What happens to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Add,
    Drop,
    Rename,
}

/// A contract with one change.
#[derive(Debug)]
pub(crate) struct Mutation {
    /// Where the changed entry is: `functions.*.operations`.
    pub(crate) kind: String,
    pub(crate) change: Change,
    /// The tables and the entry: `["functions", "cutover", "operations", "initialize"]`.
    pub(crate) path: Vec<String>,
    pub(crate) contract: Table,
}

/// Returns a contract for each change of each entry; an added entry is a copy of one that is there.
pub(crate) fn mutations(contract: &Table) -> Vec<Mutation> {
    let mut mutations = Vec::new();
    for pattern in KINDS {
        for collection in paths(contract, pattern) {
            for name in names(at(contract, &collection)) {
                for change in [Change::Add, Change::Drop, Change::Rename] {
                    let mut changed = contract.clone();
                    apply(change, at_mut(&mut changed, &collection), &name);
                    let mut path = collection.clone();
                    path.push(name.clone());
                    mutations.push(Mutation {
                        kind: pattern.join("."),
                        change,
                        path,
                        contract: changed,
                    });
                }
            }
        }
    }
    mutations
}

/// The paths of the tables and lists that a pattern matches.
fn paths(contract: &Table, pattern: &[&str]) -> Vec<Vec<String>> {
    let mut found: Vec<Vec<String>> = vec![Vec::new()];
    for step in pattern {
        let mut next = Vec::new();
        for path in found {
            let keys = match *step {
                "*" => names(at(contract, &path)),
                key => vec![key.to_owned()],
            };
            for key in keys {
                let mut longer = path.clone();
                longer.push(key);
                if lookup(contract, &longer).is_some() {
                    next.push(longer);
                }
            }
        }
        found = next;
    }
    found
}

fn apply(change: Change, collection: &mut Value, name: &str) {
    let renamed = format!("{name}-changed");
    match collection {
        Value::Table(entries) => {
            let entry = entries[name].clone();
            if change != Change::Add {
                entries.remove(name);
            }
            if change != Change::Drop {
                entries.insert(renamed, entry);
            }
        }
        Value::Array(items) => {
            if change != Change::Add {
                items.retain(|item| item.as_str() != Some(name));
            }
            if change != Change::Drop {
                items.push(renamed.into());
            }
        }
        other => panic!("no table and no list: {other}"),
    }
}

fn names(collection: &Value) -> Vec<String> {
    match collection {
        Value::Table(entries) => entries.keys().cloned().collect(),
        Value::Array(items) => items
            .iter()
            .map(|item| item.as_str().unwrap().to_owned())
            .collect(),
        other => panic!("no table and no list: {other}"),
    }
}

/// The value at a path that exists.
pub(crate) fn at<'c>(contract: &'c Table, path: &[String]) -> &'c Value {
    lookup(contract, path).unwrap()
}

fn lookup<'c>(contract: &'c Table, path: &[String]) -> Option<&'c Value> {
    let (first, rest) = path.split_first()?;
    rest.iter()
        .try_fold(contract.get(first)?, |value, key| value.get(key))
}

fn at_mut<'c>(contract: &'c mut Table, path: &[String]) -> &'c mut Value {
    let (first, rest) = path.split_first().unwrap();
    rest.iter()
        .fold(&mut contract[first], |value, key| &mut value[key.as_str()])
}
