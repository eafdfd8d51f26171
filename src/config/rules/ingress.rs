//! Load balancers, APIs and names.

use std::collections::BTreeMap;

use super::tiers::require_tier;
use crate::config::{
    Balancer, Certificate, Network, Ref, RequestedCertificate, Scheme, Service, Stack, Tier,
};
use crate::diagnostic::{Diagnostic, KeyPath};

pub(super) fn check(stack: &Stack, found: &mut Vec<Diagnostic>) {
    for (path, balancer) in stack.balancer.with_key_paths() {
        if let Certificate::Requested(requested) = &balancer.certificate {
            let at = path.key("certificate").key("requested");
            certificate(stack, requested, &at, found);
        }
        placement(stack, balancer, &path, found);
        target_groups(stack, balancer, &path, found);
    }
    for (path, api) in stack.api.with_key_paths() {
        if let Some(requested) = &api.domain {
            certificate(stack, requested, &path.key("domain"), found);
        }
        if stack.balancer.resolve(&api.balancer).scheme == Scheme::InternetFacing {
            found.push(
                Diagnostic::error(format!(
                    "load balancer `{}` faces the internet: callers could go around the API",
                    api.balancer
                ))
                .at(path.key("balancer"))
                .help("let its `scheme` be `internal`"),
            );
        }
        // API Gateway verifies the certificate, and so must know which name is in it.
        if let Certificate::Arn(_) = stack.balancer.resolve(&api.balancer).certificate {
            found.push(
                Diagnostic::error(format!(
                    "the certificate of load balancer `{}` does not tell its name, and the API calls it by that name",
                    api.balancer
                ))
                .at(path.key("balancer"))
                .help("give that load balancer a `certificate.requested`"),
            );
        }
        let mut seen = BTreeMap::new();
        for (name, endpoint) in &api.routes {
            if let Some(other) = seen.insert((endpoint.method, &endpoint.path), name) {
                found.push(
                    Diagnostic::error(format!("`{other}` has this method and path already"))
                        .at(path.key("routes").key(name.as_str())),
                );
            }
            if !endpoint.path.starts_with('/') {
                found.push(
                    Diagnostic::error(format!("path `{}` does not begin with `/`", endpoint.path))
                        .at(path.key("routes").key(name.as_str()).key("path"))
                        .help(format!("did you mean `/{}`?", endpoint.path)),
                );
            }
        }
    }
}

/// A load balancer stands in a tier of each of its networks, and its services run in each.
fn placement(stack: &Stack, balancer: &Balancer, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    if balancer.networks.is_empty() {
        let bare = Diagnostic::error("a load balancer stands in at least one network");
        found.push(bare.at(path.key("networks")));
    }
    let tier = match balancer.scheme {
        Scheme::InternetFacing => Tier::Public,
        Scheme::Internal => Tier::Private,
    };
    for (index, name) in balancer.networks.iter().enumerate() {
        let at = path.key("networks").index(index);
        require_tier(stack.network.resolve(name), &[tier], &at, found);
        for (index, service) in balancer.services.iter().enumerate() {
            if runs_in(stack, service).contains(name) {
                continue;
            }
            found.push(
                Diagnostic::error(format!(
                    "service `{service}` does not run in network `{name}`"
                ))
                .at(path.key("services").index(index))
                .related(&at, "where the load balancer stands"),
            );
        }
    }
}

/// The names of target groups have no room for the keys of services, only for what a service is; so there
/// are never more than five in a rule, the most that AWS takes.
fn target_groups(stack: &Stack, balancer: &Balancer, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    if balancer.services.is_empty() {
        let bare = Diagnostic::error("a load balancer leads to at least one service");
        found.push(bare.at(path.key("services")));
    }
    let mut kinds = BTreeMap::new();
    for (index, service) in balancer.services.iter().enumerate() {
        let function = matches!(stack.service.resolve(service), Service::Function(_));
        if let Some(other) = kinds.insert(function, service) {
            let kind = if function { "functions" } else { "servers" };
            found.push(
                Diagnostic::error(format!(
                    "services `{other}` and `{service}` are both {kind}: their target groups would have the same name"
                ))
                .at(path.key("services").index(index))
                .help("give one of them a load balancer of its own"),
            );
        }
    }
}

/// The networks that a service runs in.
fn runs_in<'a>(stack: &'a Stack, service: &Ref<Service>) -> &'a [Ref<Network>] {
    match stack.service.resolve(service) {
        Service::Fargate(fargate) => &fargate.networks,
        Service::Instances(group) => std::slice::from_ref(&group.network),
        Service::Function(service) => {
            std::slice::from_ref(&stack.function.resolve(&service.function).network)
        }
    }
}

fn certificate(
    stack: &Stack,
    requested: &RequestedCertificate,
    at: &KeyPath,
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
