//! A VPC: tiers of subnets in each zone, egress gateways, VPC endpoints and flow logs.
//!
//! Subnets are keyed by tier and zone, never by position, so adding a tier or a zone touches no
//! other subnet. Every private subnet has a route table of its own with the NAT gateway of its zone, so
//! the failure of a zone does not affect the others.

mod egress;
mod endpoints;
mod flow_logs;
mod subnets;

pub use subnets::Subnet;

use crate::aws;
use crate::config::{Network as Config, Tier};
use crate::constructs::core::{Context, SectionRef};
use crate::constructs::network::transit::{RouteTableTarget, VpcAttachment};
use crate::constructs::security::kms_key::KmsKey;
use crate::newtypes::{Cidr, Region};
use crate::terraform::tree::{Handle, NodeId, Scope, Value};
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

impl Network {
    /// The network that `config` describes; `logs_key` is a key of its region.
    pub fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        config: SectionRef<'_, Config>,
        logs_key: KmsKey,
    ) -> Self {
        let key = config.physical_name_key();
        let vpc = scope.add(
            "vpc",
            aws::Vpc::new()
                .cidr_block(config.cidr.to_string())
                .enable_dns_hostnames(true)
                .enable_dns_support(true)
                .tags(context.name_tag("vpc", [key])),
        );
        // AWS allows all traffic in it by default. Without rules it allows none (PCI DSS 1.2.1, 2.2.2).
        scope.add(
            "default-security-group",
            aws::DefaultSecurityGroup::new()
                .vpc_id(vpc.id())
                .tags(context.name_tag("default-closed", [key])),
        );
        flow_logs::add(scope, context, config, vpc, logs_key);
        let subnets = subnets::add(scope, context, config, vpc);
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

    /// Resources that must exist before code in the network can call AWS.
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

    /// The attachment of the network to a transit gateway. All subnets except public ones and those of the tier `transit`
    /// receive routes to it.
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
