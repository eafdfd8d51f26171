//! DNS records and health checks of both sides, and the child zones of the stack.

use std::collections::BTreeSet;

use crate::compose::composer::Composer;
use crate::compose::foundations::Foundations;
use crate::compose::foundations::topics::Topics;
use crate::compose::ingress::apis::Apis;
use crate::compose::ingress::balancers::{Balancers, target_group_key};
use crate::compose::phase::runs_payment_code;
use crate::compose::queries::payment_code::payment_code;
use crate::config::{
    AlertCategory, BalancerWeights, Database, Dns as Config, DnsTarget, Network as NetworkConfig,
    Phase, Ref, Release, Scheme, Split as SplitAt, Stack,
};
use crate::constructs::core::{SectionMap, SectionRef};
use crate::constructs::dns::child_zone::{ChildZone, ChildZoneProps};
use crate::constructs::dns::health_check::{Endpoint, HealthCheckSource};
use crate::constructs::dns::records::{
    DnsRecords, DnsRecordsProps, NetworkTarget, SideFailover, TrafficSplit,
};
use crate::constructs::dns::zone::{AliasTarget, Zone};
use crate::constructs::ingress::balancer::Balancer;
use crate::constructs::network::security_group_rules::HTTPS_PORT;
use crate::constructs::observability::alarms;
use crate::constructs::observability::alarms::AlarmHandle;
use crate::constructs::security::kms_key::DataClass;
use crate::newtypes::{Percent, Port, Region};
use crate::terraform::tree::NodeId;

/// DNS names by section.
pub(crate) type DnsNames = SectionMap<Config, DnsRecords>;

/// Adds the child zones in every phase: their parents store their name servers.
pub(super) fn add_child_zones(composer: &mut Composer<'_>) {
    for section in SectionRef::all(&composer.stack.dns) {
        let Some(child) = &section.config().child else {
            continue;
        };
        if composer.zones.child(child).is_some() {
            continue;
        }
        let props = ChildZoneProps {
            name: composer.domain_of(child),
            logs_key: composer.key(DataClass::Logs, Region::GLOBAL),
            retention: composer.retention(),
        };
        let scope = composer.root.child("zone").into_child(child.to_string());
        let mut scope = scope.from_key_path(section.key_path());
        let zone = ChildZone::new(&mut scope, &composer.context, &props);
        composer.zones.add_child(child.clone(), zone);
    }
}

/// Delegates the child zones. Each delegation waits for the records of the old system in its zone.
fn delegate_child_zones(composer: &mut Composer<'_>, names: &DnsNames) {
    let mut delegated = BTreeSet::new();
    for section in SectionRef::all(&composer.stack.dns) {
        let Some(child) = &section.config().child else {
            continue;
        };
        let Some(zone) = composer
            .zones
            .child(child)
            .filter(|_| delegated.insert(child))
        else {
            continue;
        };
        let parent = SectionRef::resolve(&composer.stack.existing.zone, &section.config().zone);
        let parent = composer.zones.get(&mut composer.root, parent);
        let sharing = SectionRef::all(&composer.stack.dns)
            .filter(|other| other.config().child.as_ref() == Some(child));
        let serving: Vec<NodeId> = sharing
            .filter_map(|other| names.of(other).old.map(Into::into))
            .collect();
        let name = composer.domain_of(child);
        let scope = composer.root.child("zone").into_child(child.to_string());
        let mut scope = scope.from_key_path(section.key_path());
        zone.delegate(&mut scope, name, parent.id(), serving);
    }
}

/// Adds the records and health checks of each name, then delegates the child zones.
pub(super) fn add(
    composer: &mut Composer<'_>,
    balancers: &Balancers,
    apis: &Apis,
    foundations: &Foundations<'_>,
) -> DnsNames {
    let names = SectionMap::build(&composer.stack.dns, |section| {
        let zone = zone_of(composer, section);
        let split = traffic_split_of(composer, section, foundations);
        let props = DnsRecordsProps {
            section,
            name: composer.domain_of(&section.config().name),
            zone,
            // A name without a split points to AWS in every phase. A split name does once payments can run there.
            networks: if split.is_none() || runs_payment_code(composer.target.phase) {
                targets_of(composer, section, balancers, apis, &foundations.topics)
            } else {
                Vec::new()
            },
            split,
        };
        let mut scope = section.scope(&mut composer.root);
        DnsRecords::new(&mut scope, &composer.context, &props)
    });
    delegate_child_zones(composer, &names);
    names
}

fn zone_of<'a>(composer: &mut Composer<'a>, section: SectionRef<'a, Config>) -> Zone {
    let parent = SectionRef::resolve(&composer.stack.existing.zone, &section.config().zone);
    composer
        .zones
        .authoritative_zone(&mut composer.root, parent, &section.config().name)
}

/// The traffic split of a name, if `[traffic]` splits requests at it.
fn traffic_split_of<'a>(
    composer: &Composer<'a>,
    section: SectionRef<'a, Config>,
    foundations: &Foundations<'_>,
) -> Option<TrafficSplit<'a>> {
    let traffic = composer.stack.traffic.as_ref()?;
    let SplitAt::Dns(dns) = &traffic.at else {
        return None;
    };
    // `config::rules::dns` requires room for the label.
    let new_side_name = composer.domain_of(&section.new_side_name().ok()?);
    let old = || composer.stack.existing.http.resolve(&traffic.old);
    (dns.name() == section.key()).then(|| TrafficSplit {
        // At weight 0, Route 53 would still answer with it if all else failed, but no replication fills its database.
        old: (composer.target.phase != Phase::Production).then(old),
        new_weight: composer.target.traffic,
        weight_condition: foundations.weight_condition.clone(),
        new_side_name,
        zone_position: section.zone_position(composer.stack),
        failover: side_failover(composer.stack),
    })
}

/// Failover between sides whose databases a replication fills.
fn side_failover(stack: &Stack) -> SideFailover {
    let is_filled = |database: &Ref<Database>| {
        let mut replications = stack.replication.iter();
        replications.any(|(_, replication)| replication.target.name() == database.name())
    };
    let mut databases = payment_code(stack).filter_map(|(uses, _)| uses.database.as_ref());
    if databases.any(is_filled) {
        SideFailover::HealthCheck
    } else {
        SideFailover::None
    }
}

fn targets_of<'a>(
    composer: &mut Composer<'a>,
    section: SectionRef<'a, Config>,
    balancers: &Balancers,
    apis: &Apis,
    topics: &Topics<'_>,
) -> Vec<NetworkTarget<'a>> {
    match &section.config().to {
        DnsTarget::Balancer(target) => {
            balancer_targets(composer, section, target, balancers, topics)
        }
        DnsTarget::Api(name) => {
            let api = apis.get(name).as_ref();
            let Some(to) = api.and_then(|api| api.domain.clone()) else {
                return Vec::new();
            };
            let balancer = &composer.stack.api.resolve(name).balancer;
            let Some((network, (_, balancer))) =
                (composer.stack.balancer.resolve(balancer).networks)
                    .first()
                    .zip(balancers.get(balancer).first())
            else {
                return Vec::new();
            };
            vec![NetworkTarget {
                name: SectionRef::resolve(&composer.stack.network, network).section_name(),
                // Health checkers cannot authenticate to an API.
                weight: Percent::ALL,
                alias_target: to,
                health: alarm_health_check(composer, section, network, balancer, topics),
            }]
        }
    }
}

fn balancer_targets<'a>(
    composer: &mut Composer<'a>,
    section: SectionRef<'a, Config>,
    target: &'a BalancerWeights,
    balancers: &Balancers,
    topics: &Topics<'_>,
) -> Vec<NetworkTarget<'a>> {
    let config = composer.stack.balancer.resolve(&target.name);
    let standing = balancers.get(&target.name).iter();
    let services = composer.stack.serving(target.name.name()).first();
    let path = services.map(|service| composer.stack.service.resolve(service).health_path());
    let networks = config.networks.iter().zip(standing);
    networks
        .map(|(network, (_, balancer))| NetworkTarget {
            name: SectionRef::resolve(&composer.stack.network, network).section_name(),
            weight: target.of(network, &config.networks),
            alias_target: AliasTarget {
                name: balancer.load_balancer.dns_name(),
                zone_id: balancer.load_balancer.zone_id(),
            },
            health: match (config.scheme, path) {
                (Scheme::InternetFacing, Some(path)) => HealthCheckSource::Endpoint(Endpoint {
                    host: balancer.load_balancer.dns_name(),
                    port: Port::constant::<HTTPS_PORT>(),
                    path,
                }),
                _ => alarm_health_check(composer, section, network, balancer, topics),
            },
        })
        .collect()
}

/// Alarm health check of a load balancer that the internet cannot reach: each serving service must have a healthy
/// target in the version that receives most traffic.
fn alarm_health_check<'a>(
    composer: &mut Composer<'a>,
    section: SectionRef<'a, Config>,
    network: &Ref<NetworkConfig>,
    balancer: &Balancer,
    topics: &Topics<'_>,
) -> HealthCheckSource<'a> {
    let network = SectionRef::resolve(&composer.stack.network, network);
    let region = network.region;
    let alarm_actions = topics.actions_for(AlertCategory::SystemErrors, region);
    let serving = composer
        .stack
        .serving(section.config().balancer(composer.stack).name());
    let suffix = balancer.load_balancer.arn_suffix();
    let mut alarms: Vec<AlarmHandle> = Vec::new();
    for service in serving {
        let service = SectionRef::resolve(&composer.stack.service, service);
        let release = composer.stack.release_of(service.key());
        let group_key = target_group_key(service, release.map(Release::most_traffic_color));
        let Some(group) = balancer.group(&group_key) else {
            continue;
        };
        let subject = [
            "dns",
            section.physical_name_key(),
            network.physical_name_key(),
            service.physical_name_key(),
        ]
        .join("-");
        let context = composer.context;
        let scope = composer.alarm_scope("dns", section.construct_id(), region);
        let mut scope = scope
            .into_child(network.construct_id())
            .into_child(service.construct_id());
        let group = group.arn_suffix();
        alarms.push(alarms::add_no_healthy_targets_alarm(
            &mut scope,
            &context,
            &subject,
            &suffix,
            &group,
            &alarm_actions,
        ));
    }
    HealthCheckSource::Alarms { alarms, region }
}
