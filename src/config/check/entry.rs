//! Services, load balancers, APIs and names.

use super::each;
use crate::config::{Certificate, Count, DnsTarget, RequestedCertificate, Service, Stack};
use crate::diagnostic::{Diagnostic, Route};

pub(super) fn check(stack: &Stack, found: &mut Vec<Diagnostic>) {
    for (route, service) in each(&stack.service) {
        match service {
            Service::Fargate(fargate) => {
                count(&fargate.tasks, &route.key("fargate").key("tasks"), found);
            }
            Service::Instances(group) => {
                count(
                    &group.instances,
                    &route.key("instances").key("instances"),
                    found,
                );
            }
            Service::Function(_) => {}
        }
    }
    for (route, function) in each(&stack.function) {
        if let Some(warm) = &function.provisioned_concurrency {
            count(warm, &route.key("provisioned_concurrency"), found);
        }
        if !(128..=10240).contains(&function.memory) {
            found.push(
                Diagnostic::error(format!(
                    "a function has 128 to 10240 MiB of memory, not {}",
                    function.memory
                ))
                .at(route.key("memory")),
            );
        }
    }
    for (route, balancer) in each(&stack.balancer) {
        if let Certificate::Requested(requested) = &balancer.certificate {
            let at = route.key("certificate").key("requested");
            certificate(stack, requested, &at, found);
        }
        if balancer.networks.is_empty() {
            let bare = Diagnostic::error("a load balancer stands in at least one network");
            found.push(bare.at(route.key("networks")));
        }
    }
    for (route, api) in each(&stack.api) {
        if let Some(requested) = &api.domain {
            certificate(stack, requested, &route.key("domain"), found);
        }
        for (name, endpoint) in &api.routes {
            if !endpoint.path.starts_with('/') {
                found.push(
                    Diagnostic::error(format!("path `{}` does not begin with `/`", endpoint.path))
                        .at(route.key("routes").key(name.as_str()).key("path"))
                        .help(format!("did you mean `/{}`?", endpoint.path)),
                );
            }
        }
    }
    names(stack, found);
}

fn count(count: &Count, at: &Route, found: &mut Vec<Diagnostic>) {
    if count.min > count.max {
        found.push(
            Diagnostic::error(format!(
                "the least, {}, is more than the most, {}",
                count.min, count.max
            ))
            .at(at)
            .help(format!(
                "did you mean `{{ min = {}, max = {} }}`?",
                count.max, count.min
            )),
        );
    }
}

fn certificate(
    stack: &Stack,
    requested: &RequestedCertificate,
    at: &Route,
    found: &mut Vec<Diagnostic>,
) {
    let zone = stack.existing.zone.resolve(&requested.zone);
    if !requested.name.is_in(&zone.name) {
        found.push(
            Diagnostic::error(format!(
                "`{}` is not in the zone `{}` that should prove it",
                requested.name, zone.name
            ))
            .at(at.key("name")),
        );
    }
}

fn names(stack: &Stack, found: &mut Vec<Diagnostic>) {
    for (route, dns) in each(&stack.dns) {
        let parent = &stack.existing.zone.resolve(&dns.zone).name;
        if let Some(child) = &dns.child
            && (!child.is_in(parent) || child == parent)
        {
            found.push(
                Diagnostic::error(format!("zone `{child}` is not below `{parent}`"))
                    .at(route.key("child")),
            );
        }
        let zone = dns.child.as_ref().unwrap_or(parent);
        if !dns.name.is_in(zone) {
            found.push(
                Diagnostic::error(format!("`{}` is not in the zone `{zone}`", dns.name))
                    .at(route.key("name")),
            );
        }
        let DnsTarget::Balancer(target) = &dns.to else {
            continue;
        };
        let at = route.key("to").key("balancer").key("shares");
        let balancer = stack.balancer.resolve(&target.name);
        for name in target
            .shares
            .keys()
            .filter(|name| !balancer.networks.contains(name))
        {
            found.push(
                Diagnostic::error(format!(
                    "load balancer `{}` does not stand in network `{name}`",
                    target.name
                ))
                .at(at.key(name.name().as_str())),
            );
        }
        let sum: u32 = target
            .shares
            .values()
            .map(|share| u32::from(share.get()))
            .sum();
        if !target.shares.is_empty() && sum != 100 {
            found.push(Diagnostic::error(format!("the shares sum to {sum}, not to 100")).at(at));
        }
    }
}
