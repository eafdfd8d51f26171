//! The traffic split between the old system and the new, and the workflow that shifts it.

use super::tiers::require_tier;
use crate::config::{
    Function, ManagedBy, Named, OnAlarm, ReplicationManagedBy, Split, Stack, Tier, Traffic,
};
use crate::diagnostic::{Diagnostic, KeyPath};
use crate::newtypes::Percent;

pub(super) fn check(stack: &Stack, found: &mut Vec<Diagnostic>) {
    if let Some(traffic) = &stack.traffic {
        let path = KeyPath::root().key("traffic");
        steps(traffic, &path, found);
        ledgers(stack, traffic, &path, found);
        ledger_regions(stack, found);
        placement(stack, traffic, &path, found);
        dns_failback(stack, traffic, &path, found);
        if traffic.managed_by == ManagedBy::Workflow && stack.workflow.is_empty() {
            found.push(
                Diagnostic::error("`managed_by` is `workflow`, but the stack has no [workflow.…]")
                    .at(path.key("managed_by"))
                    .help("add a [workflow.…], or write `managed_by = \"terraform\"`"),
            );
        }
    }
    for (path, replication) in stack.replication.with_key_paths() {
        if replication.managed_by == ReplicationManagedBy::Workflow && stack.workflow.is_empty() {
            found.push(
                Diagnostic::error("`managed_by` is `workflow`, but the stack has no [workflow.…]")
                    .at(path.key("managed_by"))
                    .help("add a [workflow.…], or write `managed_by = \"runbook\"`"),
            );
        }
    }
    for (path, workflow) in stack.workflow.with_key_paths() {
        let at = path.key("network");
        require_tier(stack, &workflow.network, &[Tier::Private], &at, found);
        // API Gateway times out after 29 s, and payments wait while the writer is fenced.
        if workflow.fence_timeout.get() > 28 {
            found.push(
                Diagnostic::error(format!(
                    "`fence_timeout` is {} s; the limit is 28, because API Gateway times out after 29",
                    workflow.fence_timeout
                ))
                .at(path.key("fence_timeout"))
                .help("write 28 or less; the default is 20"),
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
            Diagnostic::error(format!(
                "`steps` is [{}]; it must increase from 0 to 100",
                traffic.listed_steps()
            ))
            .at(path.key("steps"))
            .help("for example `steps = [0, 10, 50, 100]`"),
        );
        return;
    }
    let step = traffic.steps.contains(&traffic.cutover_percent);
    if !step || traffic.cutover_percent == Percent::NONE {
        found.push(
            Diagnostic::error(format!(
                "`cutover_percent` is {}, which is not one of `steps` above 0",
                traffic.cutover_percent
            ))
            .at(path.key("cutover_percent"))
            .help(format!(
                "write one of {}",
                joined(traffic.steps.iter().filter(|step| **step > Percent::NONE))
            )),
        );
    }
}

fn joined<'p>(percentages: impl IntoIterator<Item = &'p Percent>) -> String {
    let texts: Vec<String> = percentages.into_iter().map(Percent::to_string).collect();
    texts.join(", ")
}

/// Requires that one database accepts all payments while both sides serve. Two databases have each their own
/// idempotency keys: a payment that is repeated on the other side would be booked twice.
fn ledgers(stack: &Stack, traffic: &Traffic, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let is_shared = |step: &Percent| *step > Percent::NONE && *step < Percent::ALL;
    if !stack.has_separate_ledgers() {
        return;
    }
    if let Some(step) = traffic.steps.iter().find(|step| is_shared(step)) {
        found.push(
            Diagnostic::error(format!(
                "`steps` contains {step}, but without a [replication.…] each side books payments in its own database, and a repeated payment twice"
            ))
            .at(path.key("steps"))
            .help("write `steps = [0, 100]`, or add a [replication.…]"),
        );
    }
}

/// Requires the functions with a ledger of their own in the region that has the parameter with its state.
fn ledger_regions(stack: &Stack, found: &mut Vec<Diagnostic>) {
    let primary = stack.primary_region();
    for (name, function) in stack.ledger_functions() {
        let region = stack.network.resolve(&function.network).region;
        if region != primary {
            found.push(
                Diagnostic::error(format!(
                    "`network` of a function that books payments is in `{region}`; without a [replication.…] the state of the ledger is in `{primary}` only"
                ))
                .at(Named::<Function>::key_path(name).key("network"))
                .help(format!("write a network in `{primary}`, or add a [replication.…]")),
            );
        }
    }
}

/// Checks a DNS failback. It needs a DNS split, alarms of one region, and a replication with a writer.
fn dns_failback(stack: &Stack, traffic: &Traffic, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    if traffic.on_alarm != OnAlarm::DnsFailback {
        return;
    }
    let at = path.key("on_alarm");
    let Split::Dns(dns) = &traffic.at else {
        found.push(
            Diagnostic::error("`on_alarm` is `dns-failback`, but the traffic is not split in DNS")
                .at(&at)
                .help("remove `on_alarm`; the workflow rolls back automatically"),
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
            Diagnostic::error("`on_alarm` is `dns-failback`, which supports only networks in the first of `regions`")
                .at(&at)
                .help(
                    "write `on_alarm = \"notify\"`; health checks fail over between regions",
                ),
        );
    }
    if stack.replication.is_empty() {
        found.push(
            Diagnostic::error(
                "`on_alarm` is `dns-failback`, which needs a [replication.…] with a writer",
            )
            .at(&at)
            .help("add a [replication.…], or write `on_alarm = \"notify\"`"),
        );
    }
}

/// Requires that both sides are reachable from the place where requests are split.
fn placement(stack: &Stack, traffic: &Traffic, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let balancer = match &traffic.at {
        Split::Balancer(balancer) => balancer,
        Split::Dns(dns) => stack.dns.resolve(dns).balancer(stack),
    };
    let balanced = &stack.balancer.resolve(balancer).services;
    for (index, service) in traffic.new.iter().enumerate() {
        if !balanced.contains(service) {
            found.push(
                Diagnostic::error(format!(
                    "`new` contains service `{service}`, which load balancer `{balancer}` does not serve"
                ))
                .at(path.key("new").index(index))
                .help(format!("add it to `services` of [balancer.{balancer}]")),
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
                "`old` is `{}`, which has no `addresses` for the load balancer",
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
