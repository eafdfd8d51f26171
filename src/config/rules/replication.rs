//! Replications: network, secrets, TLS, security groups and tables.

use super::tiers::require_tier;
use crate::config::{Credentials, Engine, Named, Network, Ref, Replication, Stack, Tier};
use crate::diagnostic::{Diagnostic, KeyPath, closest_match};
use crate::newtypes::Key;

pub(super) fn check(stack: &Stack, found: &mut Vec<Diagnostic>) {
    require_reverse_replication(stack, found);
    for (path, replication) in stack.replication.with_key_paths() {
        placement(stack, replication, &path, found);
        secrets(stack, replication, &path, found);
        transport(stack, replication, &path.key("source"), found);
        groups(stack, replication, &path.key("source"), found);
        databases(stack, replication, &path.key("source"), found);
        if replication.tables.is_empty() {
            found.push(
                Diagnostic::error("`tables` is empty; a replication needs at least one table")
                    .at(path.key("tables"))
                    .help("for example `tables = [\"public.%\"]`"),
            );
        }
    }
}

/// Requires reverse replication for a cutover: without it a rollback would lose payments.
fn require_reverse_replication(stack: &Stack, found: &mut Vec<Diagnostic>) {
    let workflows = stack
        .workflow
        .iter()
        .map(|(_, workflow)| &workflow.replications);
    let runbook = stack
        .runbook
        .iter()
        .map(|(_, runbook)| &runbook.replications);
    for replication in workflows.chain(runbook).flatten() {
        if !stack.replication.resolve(replication).reverse_replication {
            found.push(
                Diagnostic::error("`reverse_replication` is false; without it the rollback of a workflow or runbook would lose payments")
                    .at(Named::<Replication>::key_path(replication.name()).key("reverse_replication"))
                    .help("write `reverse_replication = true`, which is the default"),
            );
        }
    }
}

/// Requires one database name on both sides for MySQL, where the database is the schema of its tables.
fn databases(
    stack: &Stack,
    replication: &Replication,
    source: &KeyPath,
    found: &mut Vec<Diagnostic>,
) {
    let target = stack.database.resolve(&replication.target);
    let (here, there) = (&replication.source.database, &target.aurora().name);
    if target.engine() == Engine::AuroraMysql && here != there {
        found.push(
            Diagnostic::error(format!(
                "`database` is `{here}`, but the target's database is `{there}`; MySQL needs the same name on both sides"
            ))
            .at(source.key("database"))
            .help("write the same name in both places"),
        );
    }
}

/// Requires the replication instance in the target's region, and warns if it has no route to the source.
fn placement(
    stack: &Stack,
    replication: &Replication,
    path: &KeyPath,
    found: &mut Vec<Diagnostic>,
) {
    let at = path.key("network");
    let network = stack.network.resolve(&replication.network);
    require_tier(
        stack,
        &replication.network,
        &[Tier::Replication, Tier::Private],
        &at,
        found,
    );
    let target = stack.database.resolve(&replication.target).aurora();
    let target_region = stack.network.resolve(&target.network).region;
    if target_region != network.region {
        found.push(
            Diagnostic::error(format!(
                "`network` is `{}`, which is in `{}`; the target is in `{target_region}`",
                replication.network, network.region
            ))
            .at(&at)
            .help("write a network in the target's region"),
        );
    }
    let has_route_out = |network: &Ref<Network>| {
        stack.transit.iter().any(|(_, transit)| {
            let outside = transit.on_premises.is_some() || !transit.existing.is_empty();
            outside && transit.networks.contains(network)
        })
    };
    let attach = "attach it to a [transit.…] with `on_premises` or `existing`";
    if !has_route_out(&replication.network) {
        found.push(
            Diagnostic::warning(format!(
                "`network` is `{}`, which has no route to the source database",
                replication.network
            ))
            .at(&at)
            .help(attach),
        );
    }
    let rotated = matches!(replication.source.credentials, Credentials::Rotated(_));
    let apart = target.network != replication.network;
    if rotated && apart && !has_route_out(&target.network) {
        found.push(
            Diagnostic::warning(format!(
                "`target` is `{}`, whose network `{}` has no route to the source database; the password is rotated from there",
                replication.target, target.network
            ))
            .at(path.key("target"))
            .help(attach),
        );
    }
}

/// Requires secrets in the region of DMS, which reads no others (DMS user guide, "Using secrets to access AWS
/// Database Migration Service endpoints").
fn secrets(stack: &Stack, replication: &Replication, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let region = stack.network.resolve(&replication.network).region;
    let source = path.key("source");
    for (credentials, at) in [
        (&replication.credentials, path.key("credentials")),
        (&replication.source.credentials, source.key("credentials")),
    ] {
        let Credentials::Existing(secret) = credentials else {
            continue;
        };
        let there = stack.existing.secret.resolve(secret).region;
        if there != region {
            found.push(
                Diagnostic::error(format!(
                    "`existing` is `{}`, a secret in `{there}`; DMS reads it in `{region}`",
                    secret.name()
                ))
                .at(at.key("existing"))
                .help("replicate the secret into that region"),
            );
        }
    }
}

/// Requires that security groups exist in their VPC, and that the replication's network reaches that VPC.
fn groups(stack: &Stack, replication: &Replication, at: &KeyPath, found: &mut Vec<Diagnostic>) {
    let source = &replication.source;
    for (group, field) in [
        (&source.security_group, "security_group"),
        (&source.client_security_group, "client_security_group"),
    ] {
        let Some(group) = group else { continue };
        let at = at.key(field);
        let groups = &stack.existing.vpc.resolve(&group.vpc).security_groups;
        if !groups.contains_key(&group.name) {
            let vpc = group.vpc.name();
            let missing = format!(
                "`name` is `{}`, which is not a security group of [existing.vpc.{vpc}]",
                group.name
            );
            let missing = Diagnostic::error(missing).at(at.key("name"));
            let near = closest_match(group.name.as_str(), groups.keys().map(Key::as_str));
            found.push(match near {
                Some(near) => missing.help(format!("did you mean `{near}`?")),
                None => missing.help("add its Name tag to `security_groups` there"),
            });
        }
        let reached = stack.transit.iter().any(|(_, transit)| {
            transit.existing.contains(&group.vpc) && transit.networks.contains(&replication.network)
        });
        if !reached {
            found.push(
                Diagnostic::error(format!(
                    "`vpc` is `{}`, to which network `{}` has no route",
                    group.vpc, replication.network
                ))
                .at(at.key("vpc"))
                .help("attach both to one [transit.…], in `networks` and `existing`"),
            );
        }
    }
}

/// Warns of a source whose certificate is not verified (PCI DSS 4.2.1).
fn transport(stack: &Stack, replication: &Replication, at: &KeyPath, found: &mut Vec<Diagnostic>) {
    let engine = stack.database.resolve(&replication.target).engine();
    match (&replication.source.ca_pem, engine) {
        (Some(pem), _) if pem.contains("-----BEGIN CERTIFICATE-----") => {}
        (Some(_), _) => found.push(
            Diagnostic::error("`ca_pem` is not a certificate in PEM format")
                .at(at.key("ca_pem"))
                .help("start with -----BEGIN CERTIFICATE-----"),
        ),
        (None, Engine::AuroraPostgresql) => found.push(
            Diagnostic::warning("`ca_pem` is missing, so the certificate of the source is not verified")
                .at(at)
                .help("write the certificate of its authority in `ca_pem`, in PEM format"),
        ),
        (None, Engine::AuroraMysql) => found.push(
            Diagnostic::warning("`ca_pem` is missing, so the connection to the source does not use TLS")
                .at(at)
                .help("write the certificate of its authority in `ca_pem`, in PEM format; without it only the VPN encrypts the data"),
        ),
    }
}
