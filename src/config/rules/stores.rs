//! Databases, tables and buckets.

use std::collections::BTreeSet;

use super::regions::require_listed_region;
use super::table;
use super::tiers::require_tier;
use crate::config::{
    Aurora, Bucket, Credentials, Database, DatabaseLog, Engine, ExistingSecret, ExtendedSupport,
    Named, Ref, Service, Stack, Tier,
};
use crate::diagnostic::{Diagnostic, KeyPath};
use crate::newtypes::{Key, Region, RetentionDays};

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
    let tiers = [Tier::Database, Tier::Private];
    require_tier(stack, &aurora.network, &tiers, &path.key("network"), found);
    versions(database, path, found);
    for (readers, size) in aurora.readers.both().into_iter().zip(["pilot", "full"]) {
        if *readers > 15 {
            found.push(
                Diagnostic::error(format!("`readers` is {readers}; Aurora allows at most 15"))
                    .at(path.key("readers").key(size))
                    .help("write 15 or less"),
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
            Diagnostic::error("`class` is `db.serverless`, which needs `capacity`")
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
                    "`capacity` is {} to {}; Aurora allows 0.5 to 256 in steps of 0.5, with `max` of at least 1",
                    capacity.min, capacity.max
                ))
                .at(path.key("capacity"))
                .help("for example `capacity = { min = 0.5, max = 8 }`"),
            );
        }
    }
    secondary_cluster(stack, aurora, path, found);
}

fn secondary_cluster(stack: &Stack, aurora: &Aurora, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let Some(secondary) = &aurora.secondary else {
        return;
    };
    let at = path.key("secondary").key("network");
    let network = stack.network.resolve(&secondary.network);
    require_tier(
        stack,
        &secondary.network,
        &[Tier::Database, Tier::Private],
        &at,
        found,
    );
    if network.region == stack.network.resolve(&aurora.network).region {
        found.push(
            Diagnostic::error(format!(
                "`network` of the secondary cluster is `{}`, in `{}` like the primary; a global database has one cluster in a region",
                secondary.network, network.region
            ))
            .at(&at)
            .help("write a network in another region; for more readers in one region, increase `readers`"),
        );
    }
    let own = (&aurora.class, path.key("class"));
    let other = secondary
        .class
        .as_ref()
        .map(|class| (class, path.key("secondary").key("class")));
    for (class, at) in std::iter::once(own).chain(other) {
        if let Some(class) = class.both().iter().find(|c| !c.serves_global_database()) {
            found.push(
                Diagnostic::error(format!(
                    "`class` `{class}` does not support global databases; memory-optimized classes and `db.serverless` do"
                ))
                .at(at)
                .help("write a class such as `db.r6g.large`"),
            );
        }
    }
}

/// Requires a version and log types that the engine has.
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
            Diagnostic::error(format!(
                "`version` is `{version}`, which {engine} does not offer"
            ))
            .at(path.key("version"))
            .help(format!("write one of {}", majors.join(", "))),
        );
    }
    if database.engine() == Engine::AuroraPostgresql && version.split('.').next() == Some("14") {
        let consequence = match aurora.extended_support {
            ExtendedSupport::Disabled => {
                "upgrade to 16 before that date, or write `extended_support = \"enrolled\"`; otherwise AWS upgrades the cluster to another major version"
            }
            ExtendedSupport::Enrolled => {
                "upgrade to 16 before that date; AWS charges for Extended Support from the next day"
            }
        };
        found.push(
            Diagnostic::warning(
                "`version` is 14: standard support of PostgreSQL 14 ends on 2027-02-28",
            )
            .at(path.key("version"))
            .help(consequence),
        );
    }
    let names: Vec<_> = logs.iter().map(|log| log.as_str()).collect();
    for log in aurora.log_exports.iter().flatten() {
        if !logs.contains(log) {
            found.push(
                Diagnostic::error(format!(
                    "`log_exports` contains `{}`, which {engine} does not have",
                    log.as_str()
                ))
                .at(path.key("log_exports"))
                .help(format!("write one of {}", names.join(", "))),
            );
        }
    }
}

/// Requires a secret of the application user on both sides. A fence blocks the logins of that user.
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
        require_secret_in(
            stack,
            aurora.application_secret.as_ref(),
            region,
            &path,
            found,
        );
        if used.contains(name) {
            require_application_secret(
                &aurora.credentials,
                aurora.application_secret.as_ref(),
                &path,
                found,
            );
            require_user(stack, name, database, &path, found);
        }
    }
    for (path, replication) in stack.replication.with_key_paths() {
        let path = path.key("source");
        let source = &replication.source;
        let region = stack.network.resolve(&replication.network).region;
        require_secret_in(
            stack,
            source.application_secret.as_ref(),
            region,
            &path,
            found,
        );
        if used.contains(replication.target.name()) {
            require_application_secret(
                &source.credentials,
                source.application_secret.as_ref(),
                &path,
                found,
            );
        }
    }
}

/// Requires a way to create the user of the payment code: a replication, an existing user, or `initialize_database`.
fn require_user(
    stack: &Stack,
    name: &Key,
    database: &Database,
    path: &KeyPath,
    found: &mut Vec<Diagnostic>,
) {
    let has_user = database.aurora().application_secret.is_some() || stack.is_replicated(name);
    if database.engine() == Engine::AuroraMysql && !has_user {
        found.push(
            Diagnostic::error(format!(
                "`{}` has no [replication.…], and without one `initialize_database` creates the user of the payment code on aurora-postgresql only",
                database.engine().as_str()
            ))
            .at(path.clone())
            .help(
                "write `application_secret = \"…\"`, the secret of an existing user, add a [replication.…], or use aurora-postgresql",
            ),
        );
    }
}

fn require_application_secret(
    credentials: &Credentials,
    application: Option<&Ref<ExistingSecret>>,
    path: &KeyPath,
    found: &mut Vec<Diagnostic>,
) {
    if let (Credentials::Existing(_), None) = (credentials, application) {
        found.push(
            Diagnostic::error("`credentials.existing` needs `application_secret`, with which payment code logs in")
                .at(path.key("credentials"))
                .help(
                    "write `application_secret = \"…\"`, a secret of [existing.secret]",
                ),
        );
    }
}

/// Requires the application secret in the region in which payment code reads it.
fn require_secret_in(
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
                "`application_secret` is `{}`, a secret in `{there}`; payment code reads it in `{region}`",
                secret.name()
            ))
            .at(path.key("application_secret"))
            .help("replicate the secret into that region"),
        );
    }
}

fn buckets(stack: &Stack, found: &mut Vec<Diagnostic>) {
    for (name, bucket) in stack.bucket.iter() {
        let path = Named::<Bucket>::key_path(name);
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
                        "`replica.region` is `{}`, the region of the bucket; a replica is in another region",
                        replica.region
                    ))
                    .at(at)
                    .help("write another region of `regions`"),
                );
            }
        }
        object_lifecycle(stack, name, &path.key("lifecycle"), bucket, found);
    }
}

fn object_lifecycle(
    stack: &Stack,
    name: &Key,
    path: &KeyPath,
    bucket: &Bucket,
    found: &mut Vec<Diagnostic>,
) {
    let lifecycle = stack.object_lifecycle(name, bucket);
    if let (None, Some(written)) = (lifecycle.archive_after, bucket.lifecycle.glacier_after) {
        found.push(
            Diagnostic::error(format!(
                "`glacier_after` is {written}; the functions of the migration read the checkpoints in `{name}`, and an object in Glacier cannot be read"
            ))
            .at(path.key("glacier_after"))
            .help("delete `glacier_after`; the checkpoints are not archived"),
        );
    }
    let Some(archive_after) = lifecycle.archive_after else {
        return;
    };
    let minimum = archive_after.get().saturating_add(90);
    if lifecycle.expire_after.get() < minimum {
        found.push(
            Diagnostic::error(format!(
                "`glacier_after` is {archive_after} and `expire_after` {} days; Glacier charges for at least 90 days in between",
                lifecycle.expire_after
            ))
            .at(path.clone())
            .help(format!(
                "write `expire_after = {}` or more; PCI DSS 10.5.1 requires twelve months",
                minimum.max(RetentionDays::PCI.get())
            )),
        );
    }
}
