//! Subnets of a VPC and their route tables.

use crate::aws;
use crate::config::{Network as Config, Tier};
use crate::constructs::core::{Context, SectionRef};
use crate::newtypes::Zone;
use crate::terraform::tree::{Handle, Scope};

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

impl Subnet {
    /// Its name in construct paths: `private-a`.
    pub fn key(&self) -> String {
        subnet_key(self.tier, self.zone)
    }
}

/// Adds a subnet for every tier in every zone, each with its route table.
pub(super) fn add(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    config: SectionRef<'_, Config>,
    vpc: Handle<aws::Vpc>,
) -> Vec<Subnet> {
    let network_key = config.physical_name_key();
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
                .tags(context.name_tag("subnet", [network_key, &key]));
            let subnet = scope.child("subnet").add(key.clone(), subnet);
            let mut table = |key: &str| {
                let tags = context.name_tag("routes", [network_key, key]);
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
