//! Egress gateways of a network: an internet gateway for public subnets, and NAT gateways for other tiers.

use std::collections::BTreeMap;

use super::subnets::Subnet;
use crate::aws;
use crate::config::{Nat, Network as Config, Tier};
use crate::constructs::core::{Context, SectionRef};
use crate::newtypes::{Cidr, Zone};
use crate::terraform::tree::{Handle, NodeId, Scope};

/// The gateways of one network.
pub(super) struct EgressGateways {
    internet: Handle<aws::InternetGateway>,
    nat: BTreeMap<Zone, Handle<aws::NatGateway>>,
}

impl EgressGateways {
    /// Adds the gateways of `config` and the default routes to them. A network without public subnets has none.
    ///
    /// Returns the routes to NAT gateways.
    pub(super) fn add(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        config: SectionRef<'_, Config>,
        vpc: Handle<aws::Vpc>,
        subnets: &[Subnet],
    ) -> Vec<NodeId> {
        let public: Vec<&Subnet> = subnets
            .iter()
            .filter(|subnet| subnet.tier == Tier::Public)
            .collect();
        let Some(first) = public.first() else {
            return Vec::new();
        };
        let internet = scope.add(
            "internet-gateway",
            aws::InternetGateway::new()
                .vpc_id(vpc.id())
                .tags(context.name_tag("internet", [config.physical_name_key()])),
        );
        scope.child("route").child("public").add(
            "internet",
            aws::Route::new(first.routes.id())
                .destination_cidr_block(Cidr::anywhere().to_string())
                .gateway_id(internet.id()),
        );
        let wanted: &[&Subnet] = match config.nat {
            Nat::None => &[],
            Nat::Single => std::slice::from_ref(first),
            Nat::PerZone => &public,
        };
        let mut gateways = Self {
            internet,
            nat: BTreeMap::new(),
        };
        for subnet in wanted {
            gateways.add_nat(scope, context, config, subnet);
        }
        gateways.route(scope, subnets)
    }

    fn add_nat(
        &mut self,
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        config: SectionRef<'_, Config>,
        public: &Subnet,
    ) {
        let zone = public.zone.letter().to_string();
        let mut scope = scope.child("nat").into_child(zone.clone());
        let tags = || context.name_tag("nat", [config.physical_name_key(), &zone]);
        let address = scope.add(
            "address",
            aws::Eip::new()
                .domain("vpc")
                .tags(tags())
                .depends_on(self.internet),
        );
        let gateway = aws::NatGateway::new(public.subnet.id())
            .allocation_id(address.allocation_id())
            .tags(tags())
            .depends_on(self.internet);
        self.nat.insert(public.zone, scope.add("gateway", gateway));
    }

    /// Adds the default routes to NAT gateways, each to that of its own zone if there is one.
    fn route(&self, scope: &mut Scope<'_>, subnets: &[Subnet]) -> Vec<NodeId> {
        let mut routes = Vec::new();
        for subnet in subnets {
            if !matches!(subnet.tier, Tier::Private | Tier::Replication) {
                continue;
            }
            let same_zone = self.nat.get(&subnet.zone);
            let Some(gateway) = same_zone.or_else(|| self.nat.values().next()) else {
                continue;
            };
            let route = aws::Route::new(subnet.routes.id())
                .destination_cidr_block(Cidr::anywhere().to_string())
                .nat_gateway_id(gateway.id());
            let mut scope = scope.child("route").into_child(subnet.key());
            routes.push(scope.add("nat", route).into());
        }
        routes
    }
}
