//! DNS records: names and zones that Route 53 would reject during an apply, and records without a usable target.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use super::regions::require_listed_region;
use crate::config::{
    BalancerWeights, Certificate, Dns, DnsTarget, ExistingHttp, ManagedBy, Named, Ref,
    RollbackPath, RollbackTime, Scheme, Split, Stack, Traffic, Visibility, ZonePosition,
};
use crate::diagnostic::{Diagnostic, KeyPath};
use crate::newtypes::{DomainName, PublicName};

pub(super) fn check(stack: &Stack, found: &mut Vec<Diagnostic>) {
    let mut taken = BTreeMap::new();
    for (path, dns) in stack.dns.with_key_paths() {
        zone(stack, dns, &path, found);
        target(stack, dns, &path, found);
        let names = [
            (Ok(dns.name.clone()), None),
            (dns.new_side_name(), Some(&dns.name)),
        ];
        for (name, new_side_of) in names {
            match name {
                Ok(name) => {
                    let taken_by = taken.insert(name.clone(), (path.clone(), new_side_of));
                    let Some((other, other_new_side_of)) = taken_by else {
                        continue;
                    };
                    let origin = new_side_of
                        .or(other_new_side_of)
                        .map(|of| format!(" (the new side of `{of}`)"))
                        .unwrap_or_default();
                    found.push(
                        Diagnostic::error(format!(
                            "two [dns.…] sections add records for `{name}`{origin}"
                        ))
                        .at(path.key("name"))
                        .related(&other, "the other section")
                        .help("choose another `name` for one of them"),
                    );
                }
                Err(wrong) => {
                    let long = Diagnostic::error(format!(
                        "`name` is too long for the label of the new side: {wrong}"
                    ));
                    found.push(long.at(path.key("name")).help("choose a shorter name"));
                }
            }
        }
    }
    for (path, http) in stack.existing.http.with_key_paths() {
        shadowed_by_child_zone(stack, &http.host, &path.key("host"), found);
        if let Some(balancer) = &http.balancer {
            let at = path.key("balancer").key("region");
            require_listed_region(stack, balancer.region, &at, found);
        }
    }
    for (path, replication) in stack.replication.with_key_paths() {
        let at = path.key("source").key("host");
        shadowed_by_child_zone(stack, &replication.source.host, &at, found);
    }
    if let Some(traffic) = &stack.traffic
        && let Split::Dns(dns) = &traffic.at
    {
        split(stack, traffic, dns, found);
    }
}

fn zone(stack: &Stack, dns: &Dns, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let existing = stack.existing.zone.resolve(&dns.zone);
    let parent = &PublicName::from(&existing.name);
    if existing.visibility == Visibility::Private {
        let public: Vec<String> = stack
            .existing
            .zone
            .iter()
            .filter(|(_, zone)| zone.visibility != Visibility::Private)
            .map(|(name, _)| format!("`{name}`"))
            .collect();
        found.push(
            Diagnostic::error(format!(
                "`zone` is `{}`, the private zone `{parent}`, which the internet and Route 53 health checks cannot resolve",
                dns.zone
            ))
            .at(path.key("zone"))
            .help(if public.is_empty() {
                "add a public zone to [existing.zone]".to_owned()
            } else {
                format!("write one of {}", public.join(", "))
            }),
        );
    }
    if let Some(child) = &dns.child
        && (!child.is_in(parent) || child == parent)
    {
        found.push(
            Diagnostic::error(format!(
                "`child` is `{child}`, which is not a subdomain of zone `{parent}`"
            ))
            .at(path.key("child"))
            .help(format!("write a name such as `pay.{parent}`")),
        );
    }
    let zone = dns.zone_name(stack);
    if !dns.name.is_in(&zone) {
        found.push(
            Diagnostic::error(format!(
                "`name` is `{}`, which is not in the zone `{zone}`",
                dns.name
            ))
            .at(path.key("name"))
            .help(format!("write `{zone}` or a name such as `api.{zone}`")),
        );
    }
}

/// Rejects an existing host in a child zone of the stack: the child zone has no record for it, and hides the
/// parent's.
fn shadowed_by_child_zone(
    stack: &Stack,
    host: &DomainName,
    at: &KeyPath,
    found: &mut Vec<Diagnostic>,
) {
    let name = PublicName::from(host);
    let children = stack
        .dns
        .with_key_paths()
        .filter_map(|(path, dns)| Some((path, dns.child.as_ref()?)));
    for (path, child) in children.filter(|(_, child)| name.is_in(child)) {
        found.push(
            Diagnostic::error(format!(
                "`host` is `{host}`, which is in the zone `{child}`; this stack creates that zone without a record for the host"
            ))
            .at(at)
            .related(path.key("child"), "the child zone")
            .help("write a host name outside that zone"),
        );
    }
}

fn target(stack: &Stack, dns: &Dns, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    let to = path.key("to");
    match &dns.to {
        DnsTarget::Api(name) => {
            let at = to.key("api");
            match &stack.api.resolve(name).domain {
                // An API serves requests by their host name.
                None => found.push(
                    Diagnostic::error(format!(
                        "API `{name}` has no `domain`, which a DNS record needs"
                    ))
                    .at(at)
                    .help(format!(
                        "add `domain = {{ name = \"{}\", zone = \"{}\" }}` to [api.{name}]",
                        dns.name, dns.zone
                    )),
                ),
                Some(domain) => {
                    require_certificate_for(&domain.name, dns, &format!("API `{name}`"), at, found);
                }
            }
        }
        DnsTarget::Balancer(target) => {
            let balancer = stack.balancer.resolve(&target.name);
            if let Certificate::Requested(requested) = &balancer.certificate {
                let what = format!("load balancer `{}`", target.name);
                let at = to.key("balancer").key("name");
                require_certificate_for(&requested.name, dns, &what, at, found);
            }
            weights(stack, target, &to.key("balancer").key("weights"), found);
            one_health_path(stack, target, &to.key("balancer").key("name"), found);
        }
    }
}

/// Requires that the target of a record has a certificate for the record's name.
fn require_certificate_for(
    certificate: &PublicName,
    dns: &Dns,
    what: &str,
    at: KeyPath,
    found: &mut Vec<Diagnostic>,
) {
    if *certificate != dns.name {
        found.push(
            Diagnostic::error(format!(
                "`name` is `{}`, but the certificate of {what} is for `{certificate}`",
                dns.name
            ))
            .at(at)
            .help("use the same name in both places"),
        );
    }
}

fn weights(stack: &Stack, target: &BalancerWeights, at: &KeyPath, found: &mut Vec<Diagnostic>) {
    let networks = &stack.balancer.resolve(&target.name).networks;
    for name in target
        .weights
        .keys()
        .filter(|name| !networks.contains(name))
    {
        let own: Vec<String> = networks.iter().map(|own| format!("`{own}`")).collect();
        found.push(
            Diagnostic::error(format!(
                "`weights` contains network `{name}`, but load balancer `{}` is not in it",
                target.name
            ))
            .at(at.key(name.name().as_str()))
            .help(format!("write weights for {}", own.join(", "))),
        );
    }
    let sum: u32 = target
        .weights
        .values()
        .map(|weight| u32::from(weight.get()))
        .sum();
    if !target.weights.is_empty() && sum != 100 {
        found.push(
            Diagnostic::error(format!("`weights` sum to {sum}; they must sum to 100"))
                .at(at)
                .help("for example `weights = { primary = 70, secondary = 30 }`"),
        );
    }
}

/// Requires one health path behind a public load balancer: any of its services may respond to Route 53.
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
                "`health_path` of service `{first}` is `{}` and of `{other}` `{}`; Route 53 checks the load balancer, which forwards to either",
                path(first),
                path(other)
            ))
            .at(at)
            .help("write the same `health_path` for both"),
        );
    }
}

/// Checks a DNS split: who manages it, the record of the old system, and the DNS rollback time.
fn split(stack: &Stack, traffic: &Traffic, name: &Ref<Dns>, found: &mut Vec<Diagnostic>) {
    let path = KeyPath::root().key("traffic");
    let dns = stack.dns.resolve(name);
    let at = Named::<Dns>::key_path(name.name());
    if traffic.managed_by == ManagedBy::Workflow {
        found.push(
            Diagnostic::error("`managed_by` is `workflow`, but a workflow shifts traffic at a load balancer only, not in DNS")
                .at(path.key("managed_by"))
                .help("write `managed_by = \"terraform\"`, or split with `at.balancer`"),
        );
    }
    let old = stack.existing.http.resolve(&traffic.old);
    let shared = [Ok(dns.name.clone()), dns.new_side_name()];
    if shared.contains(&Ok(PublicName::from(&old.host))) {
        found.push(
            Diagnostic::error(format!(
                "`host` of the old system is `{}`, but this stack adds records for that name",
                old.host
            ))
            .at(path.key("old"))
            .help(format!(
                "write in [existing.http.{}] a `host` that only the old system uses",
                traffic.old
            )),
        );
    }
    if dns.zone_position(stack) == ZonePosition::Apex {
        apex(dns, old, &traffic.old, &path.key("old"), found);
    }
    let rollback = RollbackTime::of_dns(stack, dns);
    let seconds = rollback.seconds(RollbackPath::Operator);
    if let (true, Some(delay)) = (seconds > rollback.limit, rollback.dns) {
        found.push(
            Diagnostic::error(format!(
                "DNS rollback takes {seconds} s; the limit is {} s: `ttl` {} s, `client_keep_alive` {} s, detection, fence, drain, change of weights and propagation {} s",
                rollback.limit,
                delay.ttl,
                delay.client_keep_alive,
                seconds.saturating_sub(delay.ttl).saturating_sub(delay.client_keep_alive)
            ))
            .at(at.key("ttl"))
            .help(format!(
                "reduce `ttl` (default: 30), or `client_keep_alive` in [balancer.{}] (default: 60)",
                dns.balancer(stack)
            )),
        );
    }
}

/// Requires public addresses of the old side for a record at the apex of a zone, which can be no CNAME and no alias of one (Route 53
/// developer guide, "Supported DNS record types").
fn apex(
    dns: &Dns,
    old: &ExistingHttp,
    name: &Ref<ExistingHttp>,
    split_at: &KeyPath,
    found: &mut Vec<Diagnostic>,
) {
    if old.balancer.is_some() {
        return;
    }
    let at = Named::<ExistingHttp>::key_path(name.name()).key("addresses");
    if old.addresses.is_empty() {
        found.push(
            Diagnostic::error(format!(
                "`addresses` is empty, but `{}` is the apex of its zone, where a CNAME record for `{}` is not allowed",
                dns.name, old.host
            ))
            .at(&at)
            .related(split_at, "the old side")
            .help(format!(
                "write public `addresses`; or `balancer`, if an AWS load balancer serves `{}`; or split at a subdomain such as `api.{}`",
                old.host, dns.name
            )),
        );
    }
    let addresses = old.addresses.iter().enumerate();
    for (index, address) in addresses.filter(|(_, address)| !is_public(**address)) {
        found.push(
            Diagnostic::error(format!(
                "`addresses` contains {address}, which is not public; the internet resolves `{}` to it",
                dns.name
            ))
            .at(at.index(index))
            .related(split_at, "the old side")
            .help("write an address that the internet routes"),
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
