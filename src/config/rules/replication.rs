//! Replication: where its instance stands, what it reaches, and what it can verify.

use super::tiers::require_tier;
use crate::config::{Credentials, Engine, Named, Network, Ref, Replication, Stack, Tier};
use crate::diagnostic::{Diagnostic, KeyPath, closest_match};
use crate::newtypes::Key;

pub(super) fn check(stack: &Stack, found: &mut Vec<Diagnostic>) {
    way_back(stack, found);
    for (path, replication) in stack.replication.with_key_paths() {
        place(stack, replication, &path, found);
        secrets(stack, replication, &path, found);
        transport(stack, replication, &path.key("source"), found);
        groups(stack, replication, &path.key("source"), found);
        databases(stack, replication, &path.key("source"), found);
        if replication.tables.is_empty() {
            found.push(
                Diagnostic::error("replication copies at least one table")
                    .at(path.key("tables"))
                    .help("for example `tables = [\"public.%\"]`"),
            );
        }
    }
}

/// The functions of a cutover keep a way back that loses nothing, so they have a task for it.
fn way_back(stack: &Stack, found: &mut Vec<Diagnostic>) {
    let workflows = stack
        .workflow
        .iter()
        .map(|(_, workflow)| &workflow.replications);
    let runbook = stack
        .runbook
        .iter()
        .map(|(_, runbook)| &runbook.replications);
    for led in workflows.chain(runbook).flatten() {
        if !stack.replication.resolve(led).reverse_replication {
            found.push(
                Diagnostic::error("a cutover needs the way back: a rollback would lose payments")
                    .at(Named::<Replication>::key_path(led.name()).key("reverse_replication"))
                    .help("write `reverse_replication = true`, which is the default"),
            );
        }
    }
}

/// In MySQL a database is the schema of its tables, and replication renames none.
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
                "the target's database is `{there}`, and must be `{here}` too"
            ))
            .at(source.key("database"))
            .help("MySQL's tables keep the name of their database"),
        );
    }
}

/// In the target's region, with a way to the source.
fn place(stack: &Stack, replication: &Replication, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let at = path.key("network");
    let network = stack.network.resolve(&replication.network);
    require_tier(network, &[Tier::Replication, Tier::Private], &at, found);
    let target = stack.database.resolve(&replication.target).aurora();
    let target_region = stack.network.resolve(&target.network).region;
    if target_region != network.region {
        found.push(
            Diagnostic::error(format!(
                "that network is in `{}`, and the target is in `{target_region}`",
                network.region
            ))
            .at(&at)
            .help("replicate from a network in the target's region"),
        );
    }
    let leads_out = |network: &Ref<Network>| {
        stack.transit.iter().any(|(_, transit)| {
            let outside = transit.on_premises.is_some() || !transit.existing.is_empty();
            outside && transit.networks.contains(network)
        })
    };
    let attach = "attach it to a [transit.…] with `on_premises` or `existing`";
    if !leads_out(&replication.network) {
        found.push(
            Diagnostic::warning("nothing leads from that network to the source")
                .at(&at)
                .help(attach),
        );
    }
    let rotated = matches!(replication.source.credentials, Credentials::Rotated(_));
    let apart = target.network != replication.network;
    if rotated && apart && !leads_out(&target.network) {
        found.push(
            Diagnostic::warning(format!(
                "nothing leads to the source from network `{}`, where its user's password is rotated",
                target.network
            ))
            .at(path.key("target"))
            .help(attach),
        );
    }
}

/// DMS reads the secrets of an endpoint in its own region (DMS user guide, "Using secrets to access AWS
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
                    "that secret is in `{there}`, and the replication instance is in `{region}`"
                ))
                .at(at.key("existing"))
                .help("replicate the secret into that region"),
            );
        }
    }
}

/// Groups that their VPC has, in a VPC that the replication's network reaches.
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
                "[existing.vpc.{vpc}] has no security group `{}`",
                group.name
            );
            let missing = Diagnostic::error(missing).at(at.key("name"));
            let near = closest_match(group.name.as_str(), groups.keys().map(Key::as_str));
            found.push(match near {
                Some(near) => missing.help(format!("did you mean `{near}`?")),
                None => missing.help("name its tag below `security_groups`"),
            });
        }
        let reached = stack.transit.iter().any(|(_, transit)| {
            transit.existing.contains(&group.vpc) && transit.networks.contains(&replication.network)
        });
        if !reached {
            found.push(
                Diagnostic::error("nothing leads from the replication's network to that VPC")
                    .at(at.key("vpc"))
                    .help("attach both to one [transit.…]: `networks` and `existing`"),
            );
        }
    }
}

/// PCI DSS 4.2.1 wants certificates verified.
fn transport(stack: &Stack, replication: &Replication, at: &KeyPath, found: &mut Vec<Diagnostic>) {
    let engine = stack.database.resolve(&replication.target).engine();
    match (&replication.source.ca_pem, engine) {
        (Some(pem), _) if pem.contains("-----BEGIN CERTIFICATE-----") => {}
        (Some(_), _) => found.push(
            Diagnostic::error("`ca_pem` is no certificate in PEM")
                .at(at.key("ca_pem"))
                .help("it starts with -----BEGIN CERTIFICATE-----"),
        ),
        (None, Engine::AuroraPostgresql) => found.push(
            Diagnostic::warning("the source's certificate is not verified")
                .at(at)
                .help("name the authority that signed it: `ca_pem`, as PEM"),
        ),
        (None, Engine::AuroraMysql) => found.push(
            Diagnostic::warning("the connection to the source is not encrypted by TLS")
                .at(at)
                .help("name the authority that signed its certificate: `ca_pem`, as PEM; without one DMS offers MySQL no TLS, and only the VPN protects what is copied"),
        ),
    }
}
