//! Names in DNS: what Route 53 would refuse at apply, and what would answer nobody.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use super::regions::require_listed_region;
use crate::config::{
    BalancerWeights, Certificate, Dns, DnsRollbackTime, DnsTarget, ExistingHttp, ManagedBy, Ref,
    Scheme, Split, Stack, Traffic, Visibility, ZonePosition,
};
use crate::diagnostic::{Diagnostic, KeyPath};
use crate::newtypes::DomainName;

pub(super) fn check(stack: &Stack, found: &mut Vec<Diagnostic>) {
    let mut taken = BTreeMap::new();
    for (path, dns) in stack.dns.with_key_paths() {
        zone(stack, dns, &path, found);
        target(stack, dns, &path, found);
        for name in [Ok(dns.name.clone()), dns.new_side_name()] {
            match name {
                Ok(name) => {
                    if let Some(other) = taken.insert(name.clone(), path.clone()) {
                        let twice = Diagnostic::error(format!("two names in DNS are `{name}`"));
                        found.push(
                            twice
                                .at(path.key("name"))
                                .related(&other, "the other one")
                                .help("give one of them another `name`"),
                        );
                    }
                }
                Err(wrong) => {
                    let long = Diagnostic::error(format!(
                        "the name has no room for the label of the new side: {wrong}"
                    ));
                    found.push(long.at(path.key("name")).help("choose a shorter name"));
                }
            }
        }
    }
    for (path, http) in stack.existing.http.with_key_paths() {
        hidden(stack, &http.host, &path.key("host"), found);
        if let Some(balancer) = &http.balancer {
            let at = path.key("balancer").key("region");
            require_listed_region(stack, balancer.region, &at, found);
        }
    }
    for (path, replication) in stack.replication.with_key_paths() {
        let at = path.key("source").key("host");
        hidden(stack, &replication.source.host, &at, found);
    }
    if let Some(traffic) = &stack.traffic
        && let Split::Dns(dns) = &traffic.at
    {
        split(stack, traffic, dns, found);
    }
}

fn zone(stack: &Stack, dns: &Dns, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let existing = stack.existing.zone.resolve(&dns.zone);
    let parent = &existing.name;
    if existing.visibility == Visibility::Private {
        found.push(
            Diagnostic::error(format!(
                "`{parent}` is a private zone: it answers neither callers nor the health checks of Route 53"
            ))
            .at(path.key("zone"))
            .help("name a public zone"),
        );
    }
    if let Some(child) = &dns.child
        && (!child.is_in(parent) || child == parent)
    {
        found.push(
            Diagnostic::error(format!("zone `{child}` is not below `{parent}`"))
                .at(path.key("child"))
                .help(format!("a child is `….{parent}`")),
        );
    }
    let zone = dns.zone_name(stack);
    if !dns.name.is_in(zone) {
        found.push(
            Diagnostic::error(format!("`{}` is not in the zone `{zone}`", dns.name))
                .at(path.key("name"))
                .help(format!("a name there is `{zone}` or `….{zone}`")),
        );
    }
}

/// What exists must not be below a zone of the stack's own: that zone does not know it, and nobody asks
/// its parent any more.
fn hidden(stack: &Stack, host: &DomainName, at: &KeyPath, found: &mut Vec<Diagnostic>) {
    let children = stack
        .dns
        .with_key_paths()
        .filter_map(|(path, dns)| Some((path, dns.child.as_ref()?)));
    for (path, child) in children.filter(|(_, child)| host.is_in(child)) {
        found.push(
            Diagnostic::error(format!(
                "`{host}` is in the zone `{child}`, which this stack makes and which does not know it"
            ))
            .at(at)
            .related(path.key("child"), "the zone")
            .help("let what exists keep a name outside that zone"),
        );
    }
}

fn target(stack: &Stack, dns: &Dns, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let to = path.key("to");
    match &dns.to {
        DnsTarget::Api(name) => {
            let at = to.key("api");
            match &stack.api.resolve(name).domain {
                // It serves requests by the name that they are for.
                None => found.push(
                    Diagnostic::error(format!("API `{name}` has no name of its own"))
                        .at(at)
                        .help(format!(
                            "add `domain = {{ name = \"{}\", zone = \"{}\" }}` to [api.{name}]",
                            dns.name, dns.zone
                        )),
                ),
                Some(domain) => certified(&domain.name, dns, &format!("API `{name}`"), at, found),
            }
        }
        DnsTarget::Balancer(target) => {
            let balancer = stack.balancer.resolve(&target.name);
            if let Certificate::Requested(requested) = &balancer.certificate {
                let what = format!("load balancer `{}`", target.name);
                let at = to.key("balancer").key("name");
                certified(&requested.name, dns, &what, at, found);
            }
            shares(stack, target, &to.key("balancer").key("weights"), found);
            one_health_path(stack, target, &to.key("balancer").key("name"), found);
        }
    }
}

/// What a name leads to must present a certificate for it.
fn certified(
    certificate: &DomainName,
    dns: &Dns,
    what: &str,
    at: KeyPath,
    found: &mut Vec<Diagnostic>,
) {
    if *certificate != dns.name {
        found.push(
            Diagnostic::error(format!(
                "{what} serves `{certificate}`, and the name that leads to it is `{}`",
                dns.name
            ))
            .at(at)
            .help("let both be the same name"),
        );
    }
}

fn shares(stack: &Stack, target: &BalancerWeights, at: &KeyPath, found: &mut Vec<Diagnostic>) {
    let balancer = stack.balancer.resolve(&target.name);
    for name in target
        .weights
        .keys()
        .filter(|name| !balancer.networks.contains(name))
    {
        found.push(
            Diagnostic::error(format!(
                "load balancer `{}` does not stand in network `{name}`",
                target.name
            ))
            .at(at.key(name.name().as_str()))
            .help("share among the networks of its `networks`"),
        );
    }
    let sum: u32 = target
        .weights
        .values()
        .map(|share| u32::from(share.get()))
        .sum();
    if !target.weights.is_empty() && sum != 100 {
        found.push(
            Diagnostic::error(format!("the shares sum to {sum}, not to 100"))
                .at(at)
                .help("what no network gets is nobody's: let the shares be 100 in all"),
        );
    }
}

/// A health check from outside asks the load balancer, and any of its services may answer.
fn one_health_path(stack: &Stack, to: &BalancerWeights, at: &KeyPath, found: &mut Vec<Diagnostic>) {
    if stack.balancer.resolve(&to.name).scheme == Scheme::Internal {
        return;
    }
    let mut services = stack.serving(to.name.name()).iter();
    let path = |service: &Ref<_>| stack.service.resolve(service).health_path();
    let Some(first) = services.next() else {
        return;
    };
    for other in services.filter(|other| path(other) != path(first)) {
        found.push(
            Diagnostic::error(format!(
                "service `{first}` answers for its health at `{}` and `{other}` at `{}`: Route 53 asks the load balancer, where either may answer",
                path(first),
                path(other)
            ))
            .at(at)
            .help("let both have the same `health_path`"),
        );
    }
}

/// What can be shared with the old system by weight, and how soon all of it can be given back.
fn split(stack: &Stack, traffic: &Traffic, name: &Ref<Dns>, found: &mut Vec<Diagnostic>) {
    let path = KeyPath::root().key("traffic");
    let dns = stack.dns.resolve(name);
    let at = crate::config::Named::<Dns>::key_path(name.name());
    if traffic.managed_by == ManagedBy::Workflow {
        found.push(
            Diagnostic::error("a workflow moves the rule of a load balancer, not records in DNS")
                .at(path.key("managed_by"))
                .help("split with `at.balancer`, or write `managed_by = \"terraform\"`"),
        );
    }
    let old = stack.existing.http.resolve(&traffic.old);
    let shared = [Ok(dns.name.clone()), dns.new_side_name()];
    if shared.contains(&Ok(old.host.clone())) {
        found.push(
            Diagnostic::error(format!(
                "the old system is at `{}`, which this stack leads elsewhere",
                old.host
            ))
            .at(path.key("old"))
            .help(format!(
                "let `host` in [existing.http.{}] be a name that nothing but the old system has",
                traffic.old
            )),
        );
    }
    if dns.zone_position(stack) == ZonePosition::Apex {
        apex(dns, old, &traffic.old, &path.key("old"), found);
    }
    let rollback = DnsRollbackTime::of(stack, dns);
    let seconds = rollback.seconds();
    if seconds > DnsRollbackTime::LIMIT {
        found.push(
            Diagnostic::error(format!(
                "DNS rollback takes {seconds} s; the limit is {} s: {} s `ttl`, {} s `client_keep_alive`, {} s for the rest",
                DnsRollbackTime::LIMIT,
                rollback.ttl,
                rollback.client_keep_alive,
                seconds.saturating_sub(rollback.ttl).saturating_sub(rollback.client_keep_alive)
            ))
            .at(at.key("ttl"))
            .help(format!(
                "shorten `ttl`, or `client_keep_alive` in [balancer.{}]; both are 60 by default",
                dns.balancer(stack)
            )),
        );
    }
}

/// At the apex of a zone only addresses can be shared (Route 53 developer guide, "Supported DNS record
/// types": a CNAME there is refused, and so is an alias for one).
fn apex(
    dns: &Dns,
    old: &ExistingHttp,
    name: &Ref<ExistingHttp>,
    at: &KeyPath,
    found: &mut Vec<Diagnostic>,
) {
    if old.balancer.is_some() {
        return;
    }
    if old.addresses.is_empty() {
        found.push(
            Diagnostic::error(format!(
                "`{}` is the apex of its zone, where no CNAME may lead to `{}`",
                dns.name, old.host
            ))
            .at(at)
            .help(format!(
                "give [existing.http.{name}] public `addresses`, or `balancer` if it is behind one on AWS, or choose a name below the apex, such as `api.{}`",
                dns.name
            )),
        );
    }
    for address in old.addresses.iter().filter(|address| !is_public(**address)) {
        found.push(
            Diagnostic::error(format!(
                "{address} is no public address, and `{}` leads callers on the internet there",
                dns.name
            ))
            .at(at)
            .help(format!("give [existing.http.{name}] public `addresses`")),
        );
    }
}

/// Whether the internet routes an address (RFC 6890).
fn is_public(address: Ipv4Addr) -> bool {
    // Shared by providers with their customers (RFC 6598).
    let shared = u32::from(address) >> 22 == u32::from(Ipv4Addr::new(100, 64, 0, 0)) >> 22;
    !(shared
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_unspecified()
        || address.is_multicast()
        || address.is_broadcast())
}
