//! A VPC: tiers of subnets over zones, the ways out of them, and a record of what went through.
//!
//! Subnets are keyed by tier and zone, never by position, so adding a tier or a zone touches no
//! other subnet. Every subnet but the public ones has a route table of its own: its NAT gateway
//! stands in its zone, and losing a zone loses only that zone's way out.

mod egress;
mod endpoints;
mod flow_logs;

use crate::aws;
use crate::config::{Network as Config, Tier};
use crate::constructs::core::{Context, SectionRef};
use crate::constructs::network::transit::{RouteTableTarget, VpcAttachment};
use crate::constructs::security::kms_key::KmsKey;
use crate::newtypes::{Cidr, Region, Zone};
use crate::terraform::tree::{Handle, Map, NodeId, Scope, Value};
use egress::EgressGateways;

/// A network that was added to a tree.
#[derive(Clone, Debug)]
pub struct Network {
    /// The VPC.
    pub vpc: Handle<aws::Vpc>,
    /// Its address block.
    pub cidr: Cidr,
    /// Its region.
    pub region: Region,
    subnets: Vec<Subnet>,
    aws_api_dependencies: Vec<NodeId>,
}

/// A subnet and the table that routes for it.
#[derive(Clone, Copy, Debug)]
pub struct Subnet {
    /// What it is for.
    pub tier: Tier,
    /// Its availability zone.
    pub zone: Zone,
    /// The subnet.
    pub subnet: Handle<aws::Subnet>,
    /// Its route table; public subnets share one.
    pub routes: Handle<aws::RouteTable>,
}

impl Network {
    /// The network that `config` describes; `logs_key` is a key of its region.
    pub fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        config: SectionRef<'_, Config>,
        logs_key: KmsKey,
    ) -> Self {
        let vpc = scope.add(
            "vpc",
            aws::Vpc::new()
                .cidr_block(config.cidr.to_string())
                .enable_dns_hostnames(true)
                .enable_dns_support(true)
                .tags(name_tag(context, config, "vpc", &[])),
        );
        // AWS leaves it open; without rules it lets nothing in or out (PCI DSS 1.2.1, 2.2.2).
        scope.add(
            "default-security-group",
            aws::DefaultSecurityGroup::new()
                .vpc_id(vpc.id())
                .tags(name_tag(context, config, "default-closed", &[])),
        );
        flow_logs::add(scope, context, config, vpc, logs_key);
        let subnets = subnets(scope, context, config, vpc);
        let mut aws_api_dependencies = EgressGateways::add(scope, context, config, vpc, &subnets);
        aws_api_dependencies.extend(endpoints::add(scope, context, config, vpc, &subnets));
        Self {
            vpc,
            cidr: config.cidr,
            region: config.region,
            subnets,
            aws_api_dependencies,
        }
    }

    /// The subnets of a tier, by zone.
    pub fn tier(&self, tier: Tier) -> impl Iterator<Item = &Subnet> {
        self.subnets
            .iter()
            .filter(move |subnet| subnet.tier == tier)
    }

    /// What must be there before something in the network can call AWS.
    pub fn aws_api_dependencies(&self) -> impl Iterator<Item = NodeId> {
        self.aws_api_dependencies.iter().copied()
    }

    /// The ids of the subnets of the first of `tiers` that the network has.
    pub fn subnet_ids(&self, tiers: [Tier; 2]) -> Vec<Value<String>> {
        let has = |tier: &Tier| self.tier(*tier).next().is_some();
        let tier = tiers.into_iter().find(has);
        let subnets = self.subnets.iter();
        subnets
            .filter(|subnet| Some(subnet.tier) == tier)
            .map(|subnet| subnet.subnet.id())
            .collect()
    }

    /// The network as a member of a transit gateway. All but the public subnets and the gateway's own
    /// get routes to it.
    pub fn transit_attachment(&self, config: SectionRef<'_, Config>) -> VpcAttachment {
        let inner = |subnet: &&Subnet| !matches!(subnet.tier, Tier::Public | Tier::Transit);
        VpcAttachment {
            id: config.construct_id(),
            identity: config.physical_name_key().to_owned(),
            vpc_id: self.vpc.id(),
            cidr: self.cidr,
            subnet_ids: self.subnet_ids([Tier::Transit, Tier::Private]),
            route_tables: self
                .subnets
                .iter()
                .filter(inner)
                .map(|subnet| RouteTableTarget {
                    id: subnet.key(),
                    table: subnet.routes.id(),
                })
                .collect(),
        }
    }
}

impl Subnet {
    /// Its name in construct paths: `private-a`.
    pub fn key(&self) -> String {
        subnet_key(self.tier, self.zone)
    }
}

/// Every tier in every zone, each subnet with its route table.
fn subnets(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    config: SectionRef<'_, Config>,
    vpc: Handle<aws::Vpc>,
) -> Vec<Subnet> {
    let mut subnets = Vec::new();
    let mut public: Option<Handle<aws::RouteTable>> = None;
    for tier in config.tiers.keys().copied() {
        for planned in config.subnets(tier) {
            let zone = planned.zone;
            let key = subnet_key(tier, zone);
            let subnet = aws::Subnet::new(vpc.id())
                .cidr_block(planned.cidr.to_string())
                .availability_zone(zone.name(config.region))
                .map_public_ip_on_launch(false)
                .tags(name_tag(context, config, "subnet", &[&key]));
            let subnet = scope.child("subnet").add(key.clone(), subnet);
            let mut table = |key: &str| {
                let tags = name_tag(context, config, "routes", &[key]);
                let table = aws::RouteTable::new(vpc.id()).tags(tags);
                scope.child("routes").add(key.to_owned(), table)
            };
            let routes = match tier {
                Tier::Public => *public.get_or_insert_with(|| table(tier.as_str())),
                _ => table(&key),
            };
            scope.child("association").add(
                key,
                aws::RouteTableAssociation::new(routes.id()).subnet_id(subnet.id()),
            );
            subnets.push(Subnet {
                tier,
                zone,
                subnet,
                routes,
            });
        }
    }
    subnets
}

fn subnet_key(tier: Tier, zone: Zone) -> String {
    format!("{}-{}", tier.as_str(), zone.letter())
}

/// The tag that the console shows, for what has no name of its own.
fn name_tag(
    context: &Context<'_>,
    config: SectionRef<'_, Config>,
    token: &str,
    keys: &[&str],
) -> Value<Map<String>> {
    let keys = std::iter::once(config.physical_name_key()).chain(keys.iter().copied());
    context.name_tag(token, keys)
}
