//! Records of a DNS name, with weights and health checks.
//!
//! If `[traffic]` splits requests at the name, it is one weighted record set: `old` points to the old system, and
//! `new` to the name `new.…`, whose records point to the load balancer of each network. A record set has one type, so
//! both are CNAME records below the apex of the zone and A records at it: an alias points to records of its own type and
//! zone only (Route 53 developer guide, "Choosing between alias and non-alias records").
//!
//! The two levels separate the traffic weight of AWS from the weights of its regions. An unhealthy region fails over to
//! the other regions, not to the old system.
//!
//! Between sides that share no data, the records have no health check: Route 53 returns a record of weight 0 if all others
//! are unhealthy, and would move all payments to the other ledger.
//!
//! Alias records do not evaluate target health. Route 53 considers a load balancer unhealthy if one of its target groups
//! has unhealthy targets only, and a green version without traffic would take its region out of DNS. Health checks
//! request the path that callers use.

use crate::aws;
use crate::aws::data;
use crate::aws::route53_record::{Alias, AliasArgs, Route53RecordArgs, WeightedRoutingPolicy};
use crate::config::{Dns as Config, ExistingHttp, ZonePosition};
use crate::constructs::core::{Context, PlanCondition, SectionName, SectionRef};
use crate::constructs::dns::health_check::{
    Endpoint, HealthCheck, HealthCheckSource, add_any_healthy_check, add_health_check,
};
use crate::constructs::dns::zone::{AliasTarget, Zone};
use crate::newtypes::{DomainName, Percent};
use crate::terraform::tree::{Block, ConstructId, Declared, Handle, Scope};

/// The records of a name.
#[derive(Clone, Debug)]
pub struct DnsRecords {
    /// The hosted zone.
    pub zone: Zone,
    /// The weighted record of the old system.
    pub old: Option<Handle<aws::Route53Record>>,
    /// The weighted record of the new side.
    pub new: Option<Handle<aws::Route53Record>>,
    /// Health checks of the old system and of each network.
    pub checks: Vec<LabeledHealthCheck>,
}

/// A health check and the side it belongs to.
#[derive(Clone, Debug)]
pub struct LabeledHealthCheck {
    /// Part of physical names: `old`, or a network.
    pub label: String,
    /// Component of construct paths.
    pub id: ConstructId,
    /// The health check.
    pub check: HealthCheck,
    /// Its kind, which determines its metrics.
    pub kind: HealthCheckKind,
    /// DNS weight of the side.
    pub side_weight: Percent,
}

/// The kind of a health check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HealthCheckKind {
    /// Route 53 checkers request an endpoint.
    Endpoint,
    /// Route 53 evaluates a CloudWatch alarm.
    Alarm,
}

/// Arguments of [`DnsRecords::new`].
#[derive(Clone, Debug)]
pub struct DnsRecordsProps<'a> {
    /// The section.
    pub section: SectionRef<'a, Config>,
    /// The name in this environment.
    pub name: &'a DomainName,
    /// The hosted zone of the name.
    pub zone: Zone,
    /// Targets on AWS.
    pub networks: Vec<NetworkTarget<'a>>,
    /// Split between the old system and AWS, if `[traffic]` splits requests at this name.
    pub split: Option<TrafficSplit<'a>>,
}

/// The target of a name in one network.
#[derive(Clone, Debug)]
pub struct NetworkTarget<'a> {
    /// Name of the network.
    pub name: SectionName,
    /// Weight among the networks.
    pub weight: Percent,
    /// Load balancer or API domain.
    pub alias_target: AliasTarget,
    /// Source of the target's health.
    pub health: HealthCheckSource<'a>,
}

/// A split of a name between the old system and AWS.
#[derive(Clone, Debug)]
pub struct TrafficSplit<'a> {
    /// The old system, except in phase `production`.
    pub old: Option<&'a ExistingHttp>,
    /// Traffic weight of the new side.
    pub new_weight: Percent,
    /// The condition of a plan that sets the weights.
    pub weight_condition: Option<PlanCondition>,
    /// Name of the records of the new side.
    pub new_side_name: &'a DomainName,
    /// Position of the name in its zone, which determines the record types.
    pub zone_position: ZonePosition,
    /// Failover between the sides.
    pub failover: SideFailover,
}

/// Failover between the old system and AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SideFailover {
    /// Route 53 returns the other side if one is unhealthy: a replication fills both databases.
    HealthCheck,
    /// None: an operator changes the weights.
    None,
}

impl DnsRecords {
    /// Adds the records of a name.
    pub fn new(scope: &mut Scope<'_>, context: &Context<'_>, props: &DnsRecordsProps<'_>) -> Self {
        let mut records = Self {
            zone: props.zone,
            old: None,
            new: None,
            checks: Vec::new(),
        };
        let Some(split) = &props.split else {
            records.add_network_records(scope, context, props, props.name);
            return records;
        };
        let mut scope = scope.child("split");
        if let Some(old) = split.old {
            let record = records.add_old_record(&mut scope, context, props, (split, old));
            records.old = Some(record);
        }
        if !props.networks.is_empty() {
            let networks =
                records.add_network_records(&mut scope, context, props, split.new_side_name);
            let record = add_new_record(&mut scope, context, props, split, networks);
            records.new = Some(record);
        }
        records
    }

    /// Health checks of the new side.
    pub fn new_side_health_checks(&self) -> impl Iterator<Item = HealthCheck> {
        let new = self.checks.iter().filter(|check| check.label != OLD);
        new.map(|check| check.check)
    }

    /// Adds a weighted record of `name` for each network.
    fn add_network_records(
        &mut self,
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        props: &DnsRecordsProps<'_>,
        name: &DomainName,
    ) -> NetworkRecords {
        let mut networks = NetworkRecords::default();
        let split = props.split.as_ref();
        let new_weight = split.map_or(Percent::ALL, |split| split.new_weight);
        for network in &props.networks {
            let mut scope = scope
                .child("network")
                .into_child(network.name.construct_id());
            let label = network.name.physical_name_key();
            let of = (props.section.physical_name_key(), label);
            let check = add_health_check(&mut scope, context, of, &network.health);
            if let Some(check) = check {
                networks.checks.push(check);
                self.checks.push(LabeledHealthCheck {
                    label: label.to_owned(),
                    id: network.name.construct_id(),
                    check,
                    kind: match network.health {
                        HealthCheckSource::Endpoint(_) => HealthCheckKind::Endpoint,
                        HealthCheckSource::Alarms { .. } => HealthCheckKind::Alarm,
                    },
                    side_weight: new_weight,
                });
            }
            let record = weighted(props.zone, name, "A", label, network.weight)
                .alias(alias(&network.alias_target))
                .when_some(check, |record, check| record.health_check_id(check.id()));
            networks.records.push(scope.add("record", record));
        }
        networks
    }

    fn add_old_record(
        &mut self,
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        props: &DnsRecordsProps<'_>,
        (split, old): (&TrafficSplit<'_>, &ExistingHttp),
    ) -> Handle<aws::Route53Record> {
        let mut scope = scope.child(OLD);
        let source = HealthCheckSource::Endpoint(Endpoint {
            host: old.host.to_string().into(),
            port: old.port,
            path: &old.health_path,
        });
        let check = add_health_check(
            &mut scope,
            context,
            (props.section.physical_name_key(), OLD),
            &source,
        );
        let old_weight = split.new_weight.rest();
        self.checks.extend(check.map(|check| LabeledHealthCheck {
            label: OLD.to_owned(),
            id: OLD.into(),
            check,
            kind: HealthCheckKind::Endpoint,
            side_weight: old_weight,
        }));
        let record = |kind| weighted(props.zone, props.name, kind, OLD, old_weight);
        let record = match (split.zone_position, &old.balancer) {
            (ZonePosition::Below, _) => record("CNAME")
                .ttl(props.section.ttl.get())
                .records([old.host.to_string()]),
            (ZonePosition::Apex, Some(balancer)) => {
                let mut scope = scope.in_region(balancer.region.as_str());
                let found = data::Lb::new().name(balancer.name.clone());
                let found = scope.add("balancer", found);
                record("A").alias(alias(&AliasTarget {
                    name: found.dns_name(),
                    zone_id: found.zone_id(),
                }))
            }
            (ZonePosition::Apex, None) => {
                let addresses = old.addresses.iter().map(ToString::to_string);
                record("A")
                    .ttl(props.section.ttl.get())
                    .records(addresses.collect::<Vec<_>>())
            }
        };
        let evaluated = check.filter(|_| split.failover == SideFailover::HealthCheck);
        let record = record.when_some(evaluated, |record, check| {
            record.health_check_id(check.id())
        });
        let record = record.when_some(split.weight_condition.as_ref(), |record, condition| {
            condition.require(record)
        });
        scope.add("record", record)
    }
}

/// Records and health checks of the networks.
#[derive(Debug, Default)]
struct NetworkRecords {
    records: Vec<Handle<aws::Route53Record>>,
    checks: Vec<HealthCheck>,
}

/// Adds the weighted record of the new side.
fn add_new_record(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    props: &DnsRecordsProps<'_>,
    split: &TrafficSplit<'_>,
    networks: NetworkRecords,
) -> Handle<aws::Route53Record> {
    let mut scope = scope.child(NEW);
    let record = |kind| weighted(props.zone, props.name, kind, NEW, split.new_weight);
    let record = match split.zone_position {
        ZonePosition::Below => {
            let of = (props.section.physical_name_key(), NEW);
            let check = match split.failover {
                SideFailover::HealthCheck => {
                    add_any_healthy_check(&mut scope, context, of, &networks.checks)
                }
                SideFailover::None => None,
            };
            record("CNAME")
                .ttl(props.section.ttl.get())
                .records([split.new_side_name.to_string()])
                .when_some(check, |record, check| record.health_check_id(check.id()))
        }
        // Healthy while one of the records of the alias target is. Route 53 rejects an alias without target.
        ZonePosition::Apex => record("A")
            .alias(Alias::new(AliasArgs {
                evaluate_target_health: (split.failover == SideFailover::HealthCheck).into(),
                name: split.new_side_name.to_string().into(),
                zone_id: props.zone.id(),
            }))
            .depends_on_all(networks.records.into_iter().map(Into::into)),
    };
    scope.add("record", record)
}

/// A weighted record. A single record is weighted too, since Route 53 cannot convert a simple record.
fn weighted(
    zone: Zone,
    name: &DomainName,
    kind: &'static str,
    id: &str,
    weight: Percent,
) -> Declared<aws::Route53Record> {
    aws::Route53Record::new(Route53RecordArgs {
        name: name.to_string().into(),
        r#type: kind.into(),
        zone_id: zone.id(),
    })
    .set_identifier(id.to_owned())
    .weighted_routing_policy(WeightedRoutingPolicy::new(weight.get()))
}

fn alias(to: &AliasTarget) -> Block<Alias> {
    Alias::new(AliasArgs {
        evaluate_target_health: false.into(),
        name: to.name.clone(),
        zone_id: to.zone_id.clone(),
    })
}

const OLD: &str = "old";
const NEW: &str = "new";
