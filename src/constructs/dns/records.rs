//! A name in DNS, shared by weight.
//!
//! Where `[traffic]` splits requests at it, `name` is one weighted record set: `old` leads to the old
//! system, and `new` to the name `new.…`, whose own records lead into each network. A record set has one
//! type, so both sides are CNAMEs below the apex of the zone, and addresses at it; an alias leads to
//! records of its own type and zone only (Route 53 developer guide, "Choosing between alias and non-alias
//! records").
//!
//! The two levels keep two questions apart: how much comes to AWS, and to which region of it. A region
//! that is unhealthy fails over to the other regions, not to the old system.
//!
//! Aliases do not evaluate the health of load balancers: one is unhealthy to Route 53 as soon as one of
//! its target groups has only unhealthy targets, and a green version that nobody is sent to would take its
//! region off the internet. Health checks ask what callers ask.

use crate::aws;
use crate::aws::data;
use crate::aws::route53_record::{Alias, AliasArgs, Route53RecordArgs, WeightedRoutingPolicy};
use crate::config::{ExistingHttp, ZonePosition};
use crate::constructs::core::{Context, SectionName};
use crate::constructs::dns::health_check::{self, Endpoint, HealthCheck, HealthCheckSource};
use crate::constructs::dns::zone::{AliasTarget, Zone};
use crate::newtypes::{DomainName, Percent, Seconds};
use crate::terraform::tree::{Block, ConstructId, Declared, Handle, Scope};

/// A name that was added to a tree.
#[derive(Clone, Debug)]
pub struct Name {
    /// The zone that it is in.
    pub zone: Zone,
    /// What leads to the old system, by its weight.
    pub old: Option<Handle<aws::Route53Record>>,
    /// What leads to the new one, by its weight.
    pub new: Option<Handle<aws::Route53Record>>,
    /// What is asked for its health, in the order of sides.
    pub checks: Vec<Check>,
}

/// A health check, and whom it is of.
#[derive(Clone, Debug)]
pub struct Check {
    /// Its word in names: `old`, or a network.
    pub label: String,
    /// Its component of construct paths.
    pub id: ConstructId,
    /// The check.
    pub check: HealthCheck,
    /// Whether checkers around the world ask, whose share CloudWatch tells.
    pub kind: HealthCheckKind,
}

/// Who tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HealthCheckKind {
    /// Checkers around the world.
    Endpoint,
    /// An alarm.
    Alarm,
}

/// What a name is made with.
#[derive(Clone, Debug)]
pub struct Inputs<'a> {
    /// What its AWS names are made with.
    pub identity: &'a str,
    /// The name.
    pub name: &'a DomainName,
    /// The zone it is in.
    pub zone: Zone,
    /// How long resolvers keep what is no alias; AWS keeps those for 60 s.
    pub ttl: Seconds,
    /// Where it leads on AWS.
    pub networks: Vec<Network<'a>>,
    /// The old system beside that.
    pub split: Option<Split<'a>>,
}

/// One network that a name leads to.
#[derive(Clone, Debug)]
pub struct Network<'a> {
    /// Its name.
    pub name: SectionName,
    /// Its share of what comes to AWS.
    pub share: Percent,
    /// What answers there.
    pub to: AliasTarget,
    /// How its health is known.
    pub source: HealthCheckSource<'a>,
}

/// How a name is shared with the old system.
#[derive(Clone, Debug)]
pub struct Split<'a> {
    /// The old system, unless it is given up.
    pub old: Option<&'a ExistingHttp>,
    /// The share of the new one.
    pub share: Percent,
    /// The name of what leads to AWS.
    pub new_side_name: DomainName,
    /// Which type of record is allowed.
    pub zone_position: ZonePosition,
}

impl Name {
    /// The name that `inputs` describe.
    pub fn new(scope: &mut Scope<'_>, context: &Context<'_>, inputs: &Inputs<'_>) -> Self {
        let mut name = Self {
            zone: inputs.zone,
            old: None,
            new: None,
            checks: Vec::new(),
        };
        let Some(split) = &inputs.split else {
            name.add_network_records(scope, context, inputs, inputs.name);
            return name;
        };
        let mut scope = scope.child("split");
        if let Some(old) = split.old {
            let record = name.add_old_record(&mut scope, context, inputs, (split, old));
            name.old = Some(record);
        }
        if !inputs.networks.is_empty() {
            let networks =
                name.add_network_records(&mut scope, context, inputs, &split.new_side_name);
            let record = add_new_record(&mut scope, context, inputs, split, networks);
            name.new = Some(record);
        }
        name
    }

    /// What is asked for the health of the networks: the new side.
    pub fn new_side_health_checks(&self) -> impl Iterator<Item = HealthCheck> {
        let new = self.checks.iter().filter(|check| check.label != OLD);
        new.map(|check| check.check)
    }

    /// Records that lead `name` into each network, by share and health.
    fn add_network_records(
        &mut self,
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        inputs: &Inputs<'_>,
        name: &DomainName,
    ) -> NetworkRecords {
        let mut networks = NetworkRecords::default();
        for network in &inputs.networks {
            let mut scope = scope
                .child("network")
                .into_child(network.name.construct_id());
            let label = network.name.physical_name_key();
            let of = (inputs.identity, label);
            let check = health_check::add(&mut scope, context, of, &network.source);
            if let Some(check) = check {
                networks.checks.push(check);
                self.checks.push(Check {
                    label: label.to_owned(),
                    id: network.name.construct_id(),
                    check,
                    kind: match network.source {
                        HealthCheckSource::Endpoint(_) => HealthCheckKind::Endpoint,
                        HealthCheckSource::Alarms { .. } => HealthCheckKind::Alarm,
                    },
                });
            }
            let record = weighted(inputs.zone, name, "A", label, network.share)
                .alias(alias(&network.to))
                .when_some(check, |record, check| record.health_check_id(check.id()));
            networks.records.push(scope.add("record", record));
        }
        networks
    }

    fn add_old_record(
        &mut self,
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        inputs: &Inputs<'_>,
        (split, old): (&Split<'_>, &ExistingHttp),
    ) -> Handle<aws::Route53Record> {
        let mut scope = scope.child(OLD);
        let source = HealthCheckSource::Endpoint(Endpoint {
            host: old.host.to_string().into(),
            port: old.port,
            path: &old.health_path,
        });
        let check = health_check::add(&mut scope, context, (inputs.identity, OLD), &source);
        self.checks.extend(check.map(|check| Check {
            label: OLD.to_owned(),
            id: OLD.into(),
            check,
            kind: HealthCheckKind::Endpoint,
        }));
        let share = split.share.rest();
        let record = |kind| weighted(inputs.zone, inputs.name, kind, OLD, share);
        let record = match (split.zone_position, &old.balancer) {
            (ZonePosition::Below, _) => record("CNAME")
                .ttl(inputs.ttl.get())
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
                    .ttl(inputs.ttl.get())
                    .records(addresses.collect::<Vec<_>>())
            }
        };
        let record = record.when_some(check, |record, check| record.health_check_id(check.id()));
        scope.add("record", record)
    }
}

/// The records that lead into networks, and what is asked for their health.
#[derive(Debug, Default)]
struct NetworkRecords {
    records: Vec<Handle<aws::Route53Record>>,
    checks: Vec<HealthCheck>,
}

/// The record that leads to AWS beside the old system.
fn add_new_record(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    inputs: &Inputs<'_>,
    split: &Split<'_>,
    networks: NetworkRecords,
) -> Handle<aws::Route53Record> {
    let mut scope = scope.child(NEW);
    let record = |kind| weighted(inputs.zone, inputs.name, kind, NEW, split.share);
    let record = match split.zone_position {
        ZonePosition::Below => {
            let check = health_check::any(
                &mut scope,
                context,
                (inputs.identity, NEW),
                &networks.checks,
            );
            record("CNAME")
                .ttl(inputs.ttl.get())
                .records([split.new_side_name.to_string()])
                .when_some(check, |record, check| record.health_check_id(check.id()))
        }
        // Healthy while one of the records behind it is; refused while there is none.
        ZonePosition::Apex => record("A")
            .alias(Alias::new(AliasArgs {
                evaluate_target_health: true.into(),
                name: split.new_side_name.to_string().into(),
                zone_id: inputs.zone.id(),
            }))
            .depends_on_all(networks.records.into_iter().map(Into::into)),
    };
    scope.add("record", record)
}

/// One of the records that share a name. Weighted even where it is alone: a simple record cannot become
/// one of several.
fn weighted(
    zone: Zone,
    name: &DomainName,
    kind: &'static str,
    id: &str,
    share: Percent,
) -> Declared<aws::Route53Record> {
    aws::Route53Record::new(Route53RecordArgs {
        name: name.to_string().into(),
        r#type: kind.into(),
        zone_id: zone.id(),
    })
    .set_identifier(id.to_owned())
    .weighted_routing_policy(WeightedRoutingPolicy::new(share.get()))
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
