//! Rules of DynamoDB for tables (developer guide, "Quotas" and "Naming rules").

use std::collections::BTreeSet;

use super::regions::require_listed_region;
use crate::config::{AttributeType, Network, Ref, Stack, Table, Uses};
use crate::diagnostic::{Diagnostic, KeyPath, closest_match};

/// Default quota of indexes for one table.
const MAX_INDEXES: usize = 20;
/// Shortest name of an index, in characters.
const MIN_INDEX_NAME_LENGTH: usize = 3;
/// Longest name of a key attribute, in bytes.
const MAX_KEY_LENGTH: usize = 255;

/// Checks one table.
pub(super) fn check(stack: &Stack, table: &Table, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    attributes(table, path, found);
    keys_differ(table, path, found);
    indexes(table, path, found);
    expiry(table, path, found);
    replicas(stack, table, path, found);
}

/// Requires that the declared attributes are exactly those of the keys.
fn attributes(table: &Table, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let own = [
        (path.clone(), "hash_key", Some(&table.hash_key)),
        (path.clone(), "range_key", table.range_key.as_ref()),
    ];
    let indexed = table.indexes.iter().flat_map(|(name, index)| {
        let path = path.key("indexes").key(name.as_str());
        [
            (path.clone(), "hash_key", Some(&index.hash_key)),
            (path, "range_key", index.range_key.as_ref()),
        ]
    });
    let mut used = BTreeSet::new();
    for (path, field, key) in own.into_iter().chain(indexed) {
        let Some(key) = key else { continue };
        let at = path.key(field);
        used.insert(key);
        if key.is_empty() || key.len() > MAX_KEY_LENGTH {
            found.push(
                Diagnostic::error(format!(
                    "`{field}` is `{key}`, which has {} bytes; DynamoDB allows 1 to {MAX_KEY_LENGTH}",
                    key.len()
                ))
                .at(&at)
                .help(format!("write 1 to {MAX_KEY_LENGTH} bytes")),
            );
        }
        if table.attributes.contains_key(key) {
            continue;
        }
        let missing = Diagnostic::error(format!(
            "`{field}` is `{key}`, which is not declared in `attributes`"
        ))
        .at(at);
        let near = closest_match(key, table.attributes.keys().map(String::as_str));
        found.push(match near {
            Some(near) => missing.help(format!("did you mean `{near}`?")),
            None => missing.help(format!("write `attributes.{key} = \"string\"`")),
        });
    }
    for attribute in table.attributes.keys().filter(|name| !used.contains(name)) {
        found.push(
            Diagnostic::error(format!(
                "`attributes` declares `{attribute}`, which no key uses; DynamoDB rejects that"
            ))
            .at(path.key("attributes").key(attribute))
            .help("remove it: items may have undeclared attributes"),
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
                Diagnostic::error(format!("`{hash}` is both `hash_key` and `range_key`"))
                    .at(path.key("range_key"))
                    .help("choose another `range_key`"),
            );
        }
    }
}

fn indexes(table: &Table, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let at = path.key("indexes");
    if table.indexes.len() > MAX_INDEXES {
        found.push(
            Diagnostic::error(format!(
                "`indexes` has {} entries; DynamoDB allows {MAX_INDEXES}",
                table.indexes.len()
            ))
            .at(&at)
            .help(format!(
                "remove {} of them",
                table.indexes.len().saturating_sub(MAX_INDEXES)
            )),
        );
    }
    for name in table.indexes.keys().map(crate::newtypes::Key::as_str) {
        if name.len() < MIN_INDEX_NAME_LENGTH {
            found.push(
                Diagnostic::error(format!(
                    "`indexes` contains `{name}`; DynamoDB requires {MIN_INDEX_NAME_LENGTH} characters"
                ))
                .at(at.key(name))
                .help(format!("write {MIN_INDEX_NAME_LENGTH} characters or more")),
            );
        }
    }
}

/// Requires a number for the TTL attribute.
fn expiry(table: &Table, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let Some(ttl) = &table.ttl else { return };
    if let Some(AttributeType::String | AttributeType::Binary) = table.attributes.get(ttl) {
        found.push(
            Diagnostic::error(format!(
                "`ttl` is `{ttl}`, which is not declared as a number"
            ))
            .at(path.key("ttl"))
            .help(format!("write `attributes.{ttl} = \"number\"`")),
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
                Diagnostic::error(format!(
                    "`replicas` contains `{region}`, where the table already is"
                ))
                .at(at)
                .help("list each other region once; the table itself is in the first of `regions`"),
            );
        }
    }
}

/// Requires a replica of each table in the region of the code that uses it.
pub(super) fn require_replica_in(
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
                "`uses.tables` contains `{name}`, which has no replica in `{region}`, where the code runs"
            ))
            .at(path.key("uses").key("tables").index(index))
            .help(format!("add `{region}` to `replicas` of [table.{name}]")),
        );
    }
}
