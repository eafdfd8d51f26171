//! Databases, tables and buckets.

use std::collections::BTreeSet;

use super::{each, listed, needs_tier};
use crate::config::{Aurora, Database, DatabaseLog, Engine, Stack, Table, Tier};
use crate::diagnostic::{Diagnostic, Route, nearest};

pub(super) fn check(stack: &Stack, found: &mut Vec<Diagnostic>) {
    for (route, database) in each(&stack.database) {
        cluster(
            stack,
            database,
            &route.key(database.engine().as_str()),
            found,
        );
    }
    for (route, table) in each(&stack.table) {
        attributes(table, &route, found);
        for (index, region) in table.replicas.iter().enumerate() {
            listed(stack, *region, &route.key("replicas").index(index), found);
        }
    }
    buckets(stack, found);
}

fn cluster(stack: &Stack, database: &Database, route: &Route, found: &mut Vec<Diagnostic>) {
    let aurora = database.aurora();
    let network = stack.network.resolve(&aurora.network);
    let tiers = [Tier::Database, Tier::Private];
    needs_tier(network, &tiers, &route.key("network"), found);
    versions(database, route, found);
    for (readers, size) in aurora.readers.both().into_iter().zip(["pilot", "full"]) {
        if *readers > 15 {
            found.push(
                Diagnostic::error(format!("Aurora has at most 15 readers, not {readers}"))
                    .at(route.key("readers").key(size)),
            );
        }
    }
    let serverless = aurora
        .class
        .both()
        .iter()
        .any(|class| class.is_serverless());
    if serverless && aurora.capacity.is_none() {
        found.push(
            Diagnostic::error("class `db.serverless` needs a capacity")
                .at(route.key("class"))
                .help("for example `capacity = { min = 0.5, max = 8 }`"),
        );
    }
    if let Some(capacity) = &aurora.capacity {
        let half = |units: f64| (units * 2.0).fract() == 0.0;
        let valid = (0.5..=256.0).contains(&capacity.min)
            && capacity.max >= capacity.min.max(1.0)
            && capacity.max <= 256.0
            && half(capacity.min)
            && half(capacity.max);
        if !valid {
            found.push(
                Diagnostic::error(format!(
                    "capacity {} to {} is not allowed: 0.5 to 256 in steps of a half, the most at least 1",
                    capacity.min, capacity.max
                ))
                .at(route.key("capacity")),
            );
        }
    }
    replica(stack, aurora, route, found);
}

fn replica(stack: &Stack, aurora: &Aurora, route: &Route, found: &mut Vec<Diagnostic>) {
    let Some(replica) = &aurora.replica else {
        return;
    };
    let at = route.key("replica").key("network");
    let network = stack.network.resolve(&replica.network);
    needs_tier(network, &[Tier::Database, Tier::Private], &at, found);
    if network.region == stack.network.resolve(&aurora.network).region {
        found.push(
            Diagnostic::error(format!(
                "the replica's network is in `{}` too: a global database has one cluster in a region",
                network.region
            ))
            .at(&at)
            .help("for more readers in one region, raise `readers`"),
        );
    }
    let own = (&aurora.class, route.key("class"));
    let other = replica
        .class
        .as_ref()
        .map(|class| (class, route.key("replica").key("class")));
    for (class, at) in std::iter::once(own).chain(other) {
        if let Some(class) = class.both().iter().find(|c| !c.serves_global_database()) {
            found.push(
                Diagnostic::error(format!(
                    "class `{class}` does not serve a global database: only memory-optimised classes and `db.serverless` do"
                ))
                .at(at)
                .help("the smallest is `db.r6g.large`"),
            );
        }
    }
}

/// A major version, and the logs that its engine has.
fn versions(database: &Database, route: &Route, found: &mut Vec<Diagnostic>) {
    let aurora = database.aurora();
    let (majors, logs): (&[&str], &[DatabaseLog]) = match database.engine() {
        Engine::AuroraPostgresql => (&["14", "15", "16", "17"], &[DatabaseLog::Postgresql]),
        Engine::AuroraMysql => (
            &["8.0"],
            &[
                DatabaseLog::Audit,
                DatabaseLog::Error,
                DatabaseLog::General,
                DatabaseLog::Slowquery,
            ],
        ),
    };
    let engine = database.engine().as_str();
    let version = aurora.version.as_str();
    let known = majors
        .iter()
        .any(|major| version == *major || version.starts_with(&format!("{major}.")));
    if !known {
        found.push(
            Diagnostic::error(format!("{engine} {version} cannot be created"))
                .at(route.key("version"))
                .help(format!("its versions are {}", majors.join(", "))),
        );
    }
    if database.engine() == Engine::AuroraPostgresql && version.split('.').next() == Some("14") {
        found.push(
            Diagnostic::warning("standard support of PostgreSQL 14 ends on 2027-02-28")
                .at(route.key("version"))
                .help("plan the upgrade to 16 before that day; extended support costs extra"),
        );
    }
    for log in aurora.log_exports.iter().flatten() {
        if !logs.contains(log) {
            found.push(
                Diagnostic::error(format!("{engine} has no such log")).at(route.key("log_exports")),
            );
        }
    }
}

/// DynamoDB refuses attributes that no key uses, and keys whose attribute is not declared.
fn attributes(table: &Table, route: &Route, found: &mut Vec<Diagnostic>) {
    let own = [
        (Some(&table.hash_key), route.key("hash_key")),
        (table.range_key.as_ref(), route.key("range_key")),
    ];
    let indexed = table.indexes.iter().flat_map(|(name, index)| {
        let route = route.key("indexes").key(name.as_str());
        [
            (Some(&index.hash_key), route.key("hash_key")),
            (index.range_key.as_ref(), route.key("range_key")),
        ]
    });
    let mut used = BTreeSet::new();
    for (key, at) in own.into_iter().chain(indexed) {
        let Some(key) = key else { continue };
        used.insert(key);
        if table.attributes.contains_key(key) {
            continue;
        }
        let missing = Diagnostic::error(format!("key `{key}` is not among the attributes")).at(at);
        let near = nearest(key, table.attributes.keys().map(String::as_str));
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
            .at(route.key("attributes").key(attribute))
            .help("items may have any attributes; only those of keys are declared"),
        );
    }
}

fn buckets(stack: &Stack, found: &mut Vec<Diagnostic>) {
    for (route, bucket) in each(&stack.bucket) {
        if let Some(region) = bucket.region {
            listed(stack, region, &route.key("region"), found);
        }
        let home = bucket.region.or_else(|| stack.regions.first().copied());
        if let Some(replica) = &bucket.replica {
            let at = route.key("replica").key("region");
            listed(stack, replica.region, &at, found);
            if Some(replica.region) == home {
                found.push(
                    Diagnostic::error(format!(
                        "the copy of a bucket is in another region than `{}`",
                        replica.region
                    ))
                    .at(at)
                    .help("name another of `regions`"),
                );
            }
        }
        let lifecycle = &bucket.lifecycle;
        if lifecycle.expire_after.get() < lifecycle.glacier_after.get().saturating_add(90) {
            found.push(
                Diagnostic::error(format!(
                    "objects that move to Glacier after {} days cannot be deleted after {}: Glacier keeps, and charges, at least 90 days",
                    lifecycle.glacier_after, lifecycle.expire_after
                ))
                .at(route.key("lifecycle"))
                .help("PCI DSS 10.5.1 asks for twelve months: `expire_after = 400`"),
            );
        }
    }
}
