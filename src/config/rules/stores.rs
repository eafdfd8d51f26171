//! Databases, tables and buckets.

use std::collections::BTreeSet;

use super::regions::require_listed_region;
use super::table;
use super::tiers::require_tier;
use crate::config::{
    Aurora, Credentials, Database, DatabaseLog, Engine, ExistingSecret, ExtendedSupport, Named,
    Ref, Service, Stack, Tier,
};
use crate::diagnostic::{Diagnostic, KeyPath};
use crate::newtypes::Region;

pub(super) fn check(stack: &Stack, found: &mut Vec<Diagnostic>) {
    for (path, database) in stack.database.with_key_paths() {
        cluster(
            stack,
            database,
            &path.key(database.engine().as_str()),
            found,
        );
    }
    for (path, table) in stack.table.with_key_paths() {
        table::check(stack, table, &path, found);
    }
    applications(stack, found);
    buckets(stack, found);
}

fn cluster(stack: &Stack, database: &Database, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let aurora = database.aurora();
    let network = stack.network.resolve(&aurora.network);
    let tiers = [Tier::Database, Tier::Private];
    require_tier(network, &tiers, &path.key("network"), found);
    versions(database, path, found);
    for (readers, size) in aurora.readers.both().into_iter().zip(["pilot", "full"]) {
        if *readers > 15 {
            found.push(
                Diagnostic::error(format!("Aurora has at most 15 readers, not {readers}"))
                    .at(path.key("readers").key(size)),
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
                .at(path.key("class"))
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
                .at(path.key("capacity")),
            );
        }
    }
    replica(stack, aurora, path, found);
}

fn replica(stack: &Stack, aurora: &Aurora, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let Some(replica) = &aurora.secondary else {
        return;
    };
    let at = path.key("secondary").key("network");
    let network = stack.network.resolve(&replica.network);
    require_tier(network, &[Tier::Database, Tier::Private], &at, found);
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
    let own = (&aurora.class, path.key("class"));
    let other = replica
        .class
        .as_ref()
        .map(|class| (class, path.key("secondary").key("class")));
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
fn versions(database: &Database, path: &KeyPath, found: &mut Vec<Diagnostic>) {
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
                .at(path.key("version"))
                .help(format!("its versions are {}", majors.join(", "))),
        );
    }
    if database.engine() == Engine::AuroraPostgresql && version.split('.').next() == Some("14") {
        let consequence = match aurora.extended_support {
            ExtendedSupport::Disabled => {
                "AWS upgrades the cluster to another major version then: upgrade to 16 before, or set extended_support = \"enrolled\""
            }
            ExtendedSupport::Enrolled => {
                "AWS charges Extended Support from the next day: upgrade to 16 before"
            }
        };
        found.push(
            Diagnostic::warning("standard support of PostgreSQL 14 ends on 2027-02-28")
                .at(path.key("version"))
                .help(consequence),
        );
    }
    for log in aurora.log_exports.iter().flatten() {
        if !logs.contains(log) {
            found.push(
                Diagnostic::error(format!("{engine} has no such log")).at(path.key("log_exports")),
            );
        }
    }
}

/// Payment code has a user of its own on either side, so that fencing can shut it out: where the stack
/// keeps no secret for that user, the file names one.
fn applications(stack: &Stack, found: &mut Vec<Diagnostic>) {
    let functions = stack.function.iter().map(|(_, function)| &function.uses);
    let services = stack
        .service
        .iter()
        .filter_map(|(_, service)| match service {
            Service::Fargate(tasks) => Some(&tasks.uses),
            Service::Instances(instances) => Some(&instances.uses),
            Service::Function(_) => None,
        });
    let users = functions.chain(services);
    let used: BTreeSet<_> = users
        .filter_map(|uses| Some(uses.database.as_ref()?.name()))
        .collect();
    for (name, database) in stack.database.iter() {
        let aurora = database.aurora();
        let path = Named::<Database>::key_path(name).key(database.engine().as_str());
        let region = stack.network.resolve(&aurora.network).region;
        in_region(
            stack,
            aurora.application_secret.as_ref(),
            region,
            &path,
            found,
        );
        if used.contains(name) {
            login(
                &aurora.credentials,
                aurora.application_secret.as_ref(),
                &path,
                found,
            );
        }
    }
    for (path, replication) in stack.replication.with_key_paths() {
        let path = path.key("source");
        let source = &replication.source;
        let region = stack.network.resolve(&replication.network).region;
        in_region(
            stack,
            source.application_secret.as_ref(),
            region,
            &path,
            found,
        );
        if used.contains(replication.target.name()) {
            login(
                &source.credentials,
                source.application_secret.as_ref(),
                &path,
                found,
            );
        }
    }
}

fn login(
    credentials: &Credentials,
    application: Option<&Ref<ExistingSecret>>,
    path: &KeyPath,
    found: &mut Vec<Diagnostic>,
) {
    if let (Credentials::Existing(_), None) = (credentials, application) {
        found.push(
            Diagnostic::error("payment code has no secret to log in with here")
                .at(path.key("credentials"))
                .help(
                    "name the secret of its own user: `application_secret = \"…\"`, of [existing.secret]",
                ),
        );
    }
}

/// Code reads a secret in the region that it runs in.
fn in_region(
    stack: &Stack,
    application: Option<&Ref<ExistingSecret>>,
    region: Region,
    path: &KeyPath,
    found: &mut Vec<Diagnostic>,
) {
    let Some(secret) = application else { return };
    let there = stack.existing.secret.resolve(secret).region;
    if there != region {
        found.push(
            Diagnostic::error(format!(
                "that secret is in `{there}`, and payment code reads it in `{region}`"
            ))
            .at(path.key("application_secret"))
            .help("replicate the secret into that region"),
        );
    }
}

fn buckets(stack: &Stack, found: &mut Vec<Diagnostic>) {
    for (path, bucket) in stack.bucket.with_key_paths() {
        if let Some(region) = bucket.region {
            require_listed_region(stack, region, &path.key("region"), found);
        }
        let home = bucket.region.or_else(|| stack.regions.first().copied());
        if let Some(replica) = &bucket.replica {
            let at = path.key("replica").key("region");
            require_listed_region(stack, replica.region, &at, found);
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
                .at(path.key("lifecycle"))
                .help("PCI DSS 10.5.1 asks for twelve months: `expire_after = 400`"),
            );
        }
    }
}
