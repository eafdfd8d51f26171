//! What DynamoDB accepts as a table (`DynamoDB` developer guide, "Quotas" and "Naming rules").

use std::collections::BTreeSet;

use super::regions::require_listed_region;
use crate::config::{AttributeType, Network, Ref, Stack, Table, Uses};
use crate::diagnostic::{Diagnostic, KeyPath, closest_match};

/// Of a table, unless AWS raises it.
const MAX_INDEXES: usize = 20;
/// Of an index, in characters.
const MIN_INDEX_NAME_LENGTH: usize = 3;
/// Of an attribute that is a key, in bytes.
const MAX_KEY_LENGTH: usize = 255;

/// What is wrong with a table.
pub(super) fn check(stack: &Stack, table: &Table, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    attributes(table, path, found);
    keys_differ(table, path, found);
    indexes(table, path, found);
    expiry(table, path, found);
    replicas(stack, table, path, found);
}

/// DynamoDB refuses attributes that no key uses, and keys whose attribute is not declared.
fn attributes(table: &Table, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let own = [
        (Some(&table.hash_key), path.key("hash_key")),
        (table.range_key.as_ref(), path.key("range_key")),
    ];
    let indexed = table.indexes.iter().flat_map(|(name, index)| {
        let path = path.key("indexes").key(name.as_str());
        [
            (Some(&index.hash_key), path.key("hash_key")),
            (index.range_key.as_ref(), path.key("range_key")),
        ]
    });
    let mut used = BTreeSet::new();
    for (key, at) in own.into_iter().chain(indexed) {
        let Some(key) = key else { continue };
        used.insert(key);
        if key.is_empty() || key.len() > MAX_KEY_LENGTH {
            found.push(
                Diagnostic::error(format!(
                    "a key has 1 to {MAX_KEY_LENGTH} characters, not {}",
                    key.len()
                ))
                .at(&at),
            );
        }
        if table.attributes.contains_key(key) {
            continue;
        }
        let missing = Diagnostic::error(format!("key `{key}` is not among the attributes")).at(at);
        let near = closest_match(key, table.attributes.keys().map(String::as_str));
        found.push(match near {
            Some(near) => missing.help(format!("did you mean `{near}`?")),
            None => missing.help(format!("declare it: `attributes.{key} = \"string\"`")),
        });
    }
    for attribute in table.attributes.keys().filter(|name| !used.contains(name)) {
        found.push(
            Diagnostic::error(format!(
                "attribute `{attribute}` is in no key, and DynamoDB refuses such"
            ))
            .at(path.key("attributes").key(attribute))
            .help("items may have any attributes; only those of keys are declared"),
        );
    }
}

fn keys_differ(table: &Table, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let own = (&table.hash_key, table.range_key.as_ref(), path.clone());
    let indexed = table.indexes.iter().map(|(name, index)| {
        let path = path.key("indexes").key(name.as_str());
        (&index.hash_key, index.range_key.as_ref(), path)
    });
    for (hash, range, path) in std::iter::once(own).chain(indexed) {
        if Some(hash) == range {
            found.push(
                Diagnostic::error(format!(
                    "`{hash}` cannot be partition key and sort key at once"
                ))
                .at(path.key("range_key")),
            );
        }
    }
}

fn indexes(table: &Table, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let at = path.key("indexes");
    if table.indexes.len() > MAX_INDEXES {
        found.push(
            Diagnostic::error(format!(
                "a table has at most {MAX_INDEXES} indexes, not {}",
                table.indexes.len()
            ))
            .at(&at),
        );
    }
    for name in table.indexes.keys().map(crate::newtypes::Key::as_str) {
        if name.len() < MIN_INDEX_NAME_LENGTH {
            found.push(
                Diagnostic::error(format!(
                    "index `{name}` needs a name of at least {MIN_INDEX_NAME_LENGTH} characters"
                ))
                .at(at.key(name)),
            );
        }
    }
}

/// Items expire by a number of seconds, which a key may be only if it is one.
fn expiry(table: &Table, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let Some(ttl) = &table.ttl else { return };
    if let Some(AttributeType::String | AttributeType::Binary) = table.attributes.get(ttl) {
        found.push(
            Diagnostic::error(format!("items expire by a number, and `{ttl}` is none"))
                .at(path.key("ttl"))
                .help(format!("`attributes.{ttl} = \"number\"`")),
        );
    }
}

fn replicas(stack: &Stack, table: &Table, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let mut held = BTreeSet::from_iter(stack.regions.first());
    for (index, region) in table.replicas.iter().enumerate() {
        let at = path.key("replicas").index(index);
        require_listed_region(stack, *region, &at, found);
        if !held.insert(region) {
            found.push(
                Diagnostic::error(format!("the table is in `{region}` already"))
                    .at(at)
                    .help(
                        "a table is in the first of `regions`, and copied to each other one once",
                    ),
            );
        }
    }
}

/// Code looks for a table in its own region.
pub(super) fn near(
    stack: &Stack,
    uses: &Uses,
    network: &Ref<Network>,
    path: &KeyPath,
    found: &mut Vec<Diagnostic>,
) {
    let region = stack.network.resolve(network).region;
    for (index, name) in uses.tables.iter().enumerate() {
        let copied = stack.table.resolve(name).replicas.contains(&region);
        if copied || stack.regions.first() == Some(&region) {
            continue;
        }
        let name = name.name();
        found.push(
            Diagnostic::error(format!(
                "this runs in `{region}`, which has no copy of table `{name}`"
            ))
            .at(path.key("uses").key("tables").index(index))
            .help(format!("[table.{name}] `replicas = [\"{region}\"]`")),
        );
    }
}
