//! Load balancers, APIs and their certificates.

use std::collections::BTreeMap;

use super::tiers::require_tier;
use crate::config::{
    Balancer, Certificate, Network, Ref, RequestedCertificate, Scheme, Service, Stack, Tier,
};
use crate::diagnostic::{Diagnostic, KeyPath};
use crate::newtypes::PublicName;

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
                    "`balancer` is `{}`, which is `internet-facing`: clients could bypass the API",
                    api.balancer
                ))
                .at(path.key("balancer"))
                .help(format!(
                    "write `scheme = \"internal\"` in [balancer.{}]",
                    api.balancer
                )),
            );
        }
        // API Gateway verifies the certificate's name.
        if let Certificate::Arn(_) = stack.balancer.resolve(&api.balancer).certificate {
            found.push(
                Diagnostic::error(format!(
                    "`certificate` of load balancer `{}` is an ARN; API Gateway needs the certificate's host name",
                    api.balancer
                ))
                .at(path.key("balancer"))
                .help(format!(
                    "write `certificate.requested` in [balancer.{}]",
                    api.balancer
                )),
            );
        }
        let mut seen = BTreeMap::new();
        for (name, endpoint) in &api.routes {
            if let Some(other) = seen.insert((endpoint.method, &endpoint.path), name) {
                found.push(
                    Diagnostic::error(format!(
                        "route `{name}` has the method and path of route `{other}`"
                    ))
                    .at(path.key("routes").key(name.as_str()))
                    .help("change `method` or `path`"),
                );
            }
            if !endpoint.path.starts_with('/') {
                found.push(
                    Diagnostic::error(format!(
                        "`path` is `{}`, which does not start with `/`",
                        endpoint.path
                    ))
                    .at(path.key("routes").key(name.as_str()).key("path"))
                    .help(format!("did you mean `/{}`?", endpoint.path)),
                );
            }
        }
    }
}

/// Requires a tier for the load balancer in each of its networks, and its services in each of them.
fn placement(stack: &Stack, balancer: &Balancer, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    if balancer.networks.is_empty() {
        let bare = Diagnostic::error("`networks` is empty; a load balancer needs at least one");
        found.push(
            bare.at(path.key("networks"))
                .help("for example `networks = [\"main\"]`"),
        );
    }
    let tier = match balancer.scheme {
        Scheme::InternetFacing => Tier::Public,
        Scheme::Internal => Tier::Private,
    };
    for (index, name) in balancer.networks.iter().enumerate() {
        let at = path.key("networks").index(index);
        require_tier(stack, name, &[tier], &at, found);
        for (index, service) in balancer.services.iter().enumerate() {
            if runs_in(stack, service).contains(name) {
                continue;
            }
            found.push(
                Diagnostic::error(format!(
                    "`services` contains `{service}`, which does not run in network `{name}` of the load balancer"
                ))
                .at(path.key("services").index(index))
                .related(&at, "network of the load balancer")
                .help(match stack.service.resolve(service) {
                    Service::Fargate(_) => {
                        format!("add network `{name}` to the service, or remove the service")
                    }
                    // These services run in one network.
                    Service::Instances(_) | Service::Function(_) => {
                        format!("remove the service, or network `{name}`")
                    }
                }),
            );
        }
    }
}

/// Requires different kinds of services: names of target groups are too short for the names of services. This also
/// keeps the target groups of a rule below the limit of five.
fn target_groups(stack: &Stack, balancer: &Balancer, path: &KeyPath, found: &mut Vec<Diagnostic>) {
    if balancer.services.is_empty() {
        let bare = Diagnostic::error("`services` is empty; a load balancer needs at least one");
        found.push(
            bare.at(path.key("services"))
                .help("for example `services = [\"payments\"]`"),
        );
    }
    let mut kinds = BTreeMap::new();
    for (index, service) in balancer.services.iter().enumerate() {
        let function = matches!(stack.service.resolve(service), Service::Function(_));
        if let Some(other) = kinds.insert(function, service) {
            let kind = if function {
                "functions"
            } else {
                "tasks or instances"
            };
            found.push(
                Diagnostic::error(format!(
                    "`services` contains `{other}` and `{service}`, which both run on {kind}: their target groups would have the same name"
                ))
                .at(path.key("services").index(index))
                .help("add another load balancer for one of them"),
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
    if !requested.name.is_in(&PublicName::from(&zone.name)) {
        found.push(
            Diagnostic::error(format!(
                "`name` is `{}`, which is not in the zone that validates the certificate, `{}`",
                requested.name, zone.name
            ))
            .at(at.key("name"))
            .help(format!("write a name below `{}`", zone.name)),
        );
    }
}
