//! Application load balancers, with a target group for each version of a service.

use crate::aws::data;
use crate::compose::composer::Composer;
use crate::compose::foundations::Foundations;
use crate::config::{
    Balancer as BalancerConfig, Certificate, Color, ManagedBy, Network as NetworkConfig, Ref,
    Scheme, Service, Split, Traffic,
};
use crate::constructs::core::{SectionMap, SectionRef};
use crate::constructs::ingress::balancer::{
    Balancer, BalancerDeps, BalancerProps, PortAndLivenessPath, TargetGroupKey, TargetGroupProps,
    TargetSpec, weights,
};
use crate::constructs::network::security_group_rules::{HTTPS_PORT, allow_from_cidr};
use crate::newtypes::{Key as Name, Percent};

/// Load balancers by section. Each has the name of its network.
pub(crate) type Balancers = SectionMap<BalancerConfig, Vec<(Name, Balancer)>>;

/// Adds the load balancers of each section, one in each of its networks.
pub(super) fn add(composer: &mut Composer<'_>, foundations: &Foundations<'_>) -> Balancers {
    SectionMap::build(&composer.stack.balancer, |section| {
        let places = section.config().networks.iter();
        places
            .map(|place| {
                let balancer = add_balancer(composer, section, place, foundations);
                (place.name().clone(), balancer)
            })
            .collect()
    })
}

fn add_balancer<'a>(
    composer: &mut Composer<'a>,
    section: SectionRef<'a, BalancerConfig>,
    network: &'a Ref<NetworkConfig>,
    foundations: &Foundations<'_>,
) -> Balancer {
    let place = SectionRef::resolve(&composer.stack.network, network);
    let network = foundations.networks.get(network);
    let certificate = match &section.config().certificate {
        Certificate::Arn(arn) => arn.to_string().into(),
        Certificate::Requested(requested) => {
            composer.certificate(requested, network.region, section.key_path())
        }
    };
    let waf = section.config().waf.as_ref();
    let waf = waf.map(|waf| composer.waf(waf, network.region));
    let private = section.scheme == Scheme::Internal && !is_behind_api(composer, section);
    let target_groups = target_groups(composer, section);
    let split = split_at(composer, section);
    let managed_by = split.map_or(ManagedBy::Terraform, |traffic| traffic.managed_by);
    let mut root = composer.root.in_region(network.region.as_str());
    let mut scope = section.scope(&mut root);
    let log_delivery_account = scope
        .child("log-delivery")
        .add(network.region.short(), data::ElbServiceAccount::new());
    let props = BalancerProps {
        section,
        target_groups,
        managed_by,
        weight_condition: split.and(foundations.weight_condition.clone()),
    };
    let deps = BalancerDeps {
        network,
        certificate_arn: certificate,
        log_delivery_account_arn: log_delivery_account.arn(),
    };
    let mut scope = scope.into_child(place.construct_id());
    let balancer = Balancer::new(&mut scope, &composer.context, props, deps);
    if private {
        let group = balancer.placement.security_group.id();
        let why = "Clients in the VPC";
        allow_from_cidr(&mut scope, "network", network.cidr, group, HTTPS_PORT, why);
    }
    if let Some(waf) = waf {
        waf.protect(&mut scope, balancer.load_balancer.arn());
    }
    balancer
}

/// The target groups of a load balancer with their weights: the old system if `[traffic]` splits requests here, and
/// each service, in two colors if it is released.
fn target_groups<'a>(
    composer: &Composer<'a>,
    section: SectionRef<'a, BalancerConfig>,
) -> Vec<TargetGroupProps<'a>> {
    let split = split_at(composer, section);
    let mut groups = Vec::new();
    let mut parts = Vec::new();
    let mut add = |key, targets, part| {
        parts.push(part);
        groups.push((key, targets));
    };
    let new = composer.stack.serving(section.key());
    let percent = split.map_or(Percent::ALL, |_| composer.target.traffic);
    if let Some(traffic) = split {
        let services = u32::try_from(new.len()).unwrap_or(u32::MAX);
        let old = composer.stack.existing.http.resolve(&traffic.old);
        let part = u32::from(percent.rest().get()) * services;
        add(TargetGroupKey::Old, TargetSpec::Existing(old), part * WHOLE);
    }
    for service in &section.config().services {
        let percent = if new.contains(service) {
            percent
        } else {
            Percent::NONE
        };
        let part = |share: Percent| u32::from(percent.get()) * u32::from(share.get());
        let service_section = SectionRef::resolve(&composer.stack.service, service);
        let mut add = |color, share| {
            let targets = targets(composer, service);
            add(
                target_group_key(service_section, color),
                targets,
                part(share),
            );
        };
        match composer.stack.release_of(service_section.key()) {
            None => add(None, Percent::ALL),
            Some(release) => {
                add(Some(Color::Blue), release.green_percent.rest());
                add(Some(Color::Green), release.green_percent);
            }
        }
    }
    std::iter::zip(groups, weights(&parts))
        .map(|((key, targets), weight)| TargetGroupProps {
            key,
            targets,
            weight,
        })
        .collect()
}

/// Whether an API forwards to a load balancer. It then accepts no other clients.
fn is_behind_api(composer: &Composer<'_>, section: SectionRef<'_, BalancerConfig>) -> bool {
    let mut apis = composer.stack.api.iter();
    apis.any(|(_, api)| api.balancer.name() == section.key())
}

fn targets<'a>(composer: &Composer<'a>, service: &'a Ref<Service>) -> TargetSpec<'a> {
    match composer.stack.service.resolve(service) {
        Service::Fargate(tasks) => TargetSpec::Tasks(PortAndLivenessPath {
            port: tasks.port,
            liveness_path: &tasks.liveness_path,
        }),
        Service::Instances(instances) => TargetSpec::Instances(PortAndLivenessPath {
            port: instances.port,
            liveness_path: &instances.liveness_path,
        }),
        Service::Function(service) => TargetSpec::Function {
            health_path: &service.health_path,
            timeout: composer.stack.function.resolve(&service.function).timeout,
        },
    }
}

/// The section `[traffic]`, if it splits requests at this load balancer.
fn split_at<'a>(
    composer: &Composer<'a>,
    section: SectionRef<'_, BalancerConfig>,
) -> Option<&'a Traffic> {
    let traffic = composer.stack.traffic.as_ref()?;
    let here = matches!(&traffic.at, Split::Balancer(at) if at.name() == section.key());
    here.then_some(traffic)
}

/// The target group of a service's version; the only one is `new`.
pub(crate) fn target_group_key(
    service: SectionRef<'_, Service>,
    color: Option<Color>,
) -> TargetGroupKey {
    let service = service.section_name();
    match color {
        None => TargetGroupKey::New(service),
        Some(Color::Blue) => TargetGroupKey::Blue(service),
        Some(Color::Green) => TargetGroupKey::Green(service),
    }
}

/// One hundred percent.
const WHOLE: u32 = 100;
