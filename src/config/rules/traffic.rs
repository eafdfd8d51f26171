//! The split of requests between the old system and the new, and the workflow that moves it.

use super::tiers::require_tier;
use crate::config::{ManagedBy, OnAlarm, ReplicationManagedBy, Split, Stack, Tier, Traffic};
use crate::diagnostic::{Diagnostic, KeyPath};
use crate::newtypes::Percent;

pub(super) fn check(stack: &Stack, found: &mut Vec<Diagnostic>) {
    if let Some(traffic) = &stack.traffic {
        let path = KeyPath::root().key("traffic");
        steps(traffic, &path, found);
        place(stack, traffic, &path, found);
        withdrawal(stack, traffic, &path, found);
        if traffic.managed_by == ManagedBy::Workflow && stack.workflow.is_empty() {
            found.push(
                Diagnostic::error("no workflow is there to move the share")
                    .at(path.key("managed_by"))
                    .help("add a [workflow.…], or write `managed_by = \"terraform\"`"),
            );
        }
    }
    for (path, replication) in stack.replication.with_key_paths() {
        if replication.managed_by == ReplicationManagedBy::Workflow && stack.workflow.is_empty() {
            found.push(
                Diagnostic::error("no workflow is there to start the replication")
                    .at(path.key("managed_by"))
                    .help("add a [workflow.…], or write `managed_by = \"runbook\"`"),
            );
        }
    }
    for (path, workflow) in stack.workflow.with_key_paths() {
        let network = stack.network.resolve(&workflow.network);
        require_tier(network, &[Tier::Private], &path.key("network"), found);
        // API Gateway gives up after 29 s; a caller that is held longer sees an error.
        if workflow.fence_timeout.get() > 28 {
            found.push(
                Diagnostic::error(format!(
                    "writes cannot be held for {} s: API Gateway gives up after 29",
                    workflow.fence_timeout
                ))
                .at(path.key("fence_timeout")),
            );
        }
    }
}

fn steps(traffic: &Traffic, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let rising = traffic.steps.is_sorted_by(|low, high| low < high);
    let whole = traffic.steps.first() == Some(&Percent::NONE)
        && traffic.steps.last() == Some(&Percent::ALL);
    if !rising || !whole {
        found.push(
            Diagnostic::error("traffic steps rise from 0 to 100")
                .at(path.key("steps"))
                .help("for example `steps = [0, 10, 50, 100]`"),
        );
    }
    let step = traffic.steps.contains(&traffic.cutover_percent);
    if !step || traffic.cutover_percent == Percent::NONE {
        found.push(
            Diagnostic::error(format!(
                "the cutover at {} is not a step above 0",
                traffic.cutover_percent
            ))
            .at(path.key("cutover_percent")),
        );
    }
}

/// What a withdrawal needs: health checks, one region's alarms, and a database that says who writes.
fn withdrawal(stack: &Stack, traffic: &Traffic, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    if traffic.on_alarm != OnAlarm::DnsFailback {
        return;
    }
    let at = path.key("on_alarm");
    let Split::Dns(dns) = &traffic.at else {
        found.push(
            Diagnostic::error("only what is split in DNS is withdrawn from it")
                .at(&at)
                .help("the workflow goes back by itself; leave `on_alarm` out"),
        );
        return;
    };
    let balancer = stack
        .balancer
        .resolve(stack.dns.resolve(dns).balancer(stack));
    let primary = stack.primary_region();
    let mut networks = balancer.networks.iter();
    if networks.any(|network| stack.network.resolve(network).region != primary) {
        found.push(
            Diagnostic::error("a withdrawal hears alarms of the first region only")
                .at(&at)
                .help(
                    "regions fail over to each other by their health; write `on_alarm = \"notify\"`",
                ),
        );
    }
    if stack.replication.is_empty() {
        found.push(
            Diagnostic::error("nothing says which database takes writes, so nothing is withdrawn")
                .at(&at)
                .help("add a [replication.…], or write `on_alarm = \"notify\"`"),
        );
    }
}

/// What replaces the old system stands behind the place where requests are split.
fn place(stack: &Stack, traffic: &Traffic, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let balancer = match &traffic.at {
        Split::Balancer(balancer) => balancer,
        Split::Dns(dns) => stack.dns.resolve(dns).balancer(stack),
    };
    let behind = &stack.balancer.resolve(balancer).services;
    for (index, service) in traffic.new.iter().enumerate() {
        if !behind.contains(service) {
            found.push(
                Diagnostic::error(format!(
                    "service `{service}` is not behind load balancer `{balancer}`, where requests arrive"
                ))
                .at(path.key("new").index(index))
                .help(format!("add it to `balancer.{balancer}.services`")),
            );
        }
    }
    if matches!(traffic.at, Split::Balancer(_))
        && stack
            .existing
            .http
            .resolve(&traffic.old)
            .addresses
            .is_empty()
    {
        found.push(
            Diagnostic::error(format!(
                "a load balancer forwards to addresses, and `{}` has none",
                traffic.old
            ))
            .at(path.key("old"))
            .help(format!(
                "add `addresses` to [existing.http.{}]",
                traffic.old
            )),
        );
    }
}
