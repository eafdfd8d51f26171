//! Systems in one network: its tiers, and their resources.

use paymig::aws;
use paymig::terraform::tree::{NodeId, View};

use super::network::{Ways, ways};
use crate::framework::case::{Case, Item, Known, Verdict};

/// The Availability Zones that a tier of subnets spans.
const ZONES: usize = 3;
const REGION: &str = "us-east-1";

/// One network in us-east-1 that resolves the DNS names of endpoints.
pub(crate) fn one_network_in_us_east_1(case: Case<'_>) -> Verdict {
    case.every::<aws::Vpc>()
        .exactly(1)
        .must("be in us-east-1", |vpc| vpc.region() == REGION)
        .must("resolve the names of its endpoints", |vpc| {
            vpc.enable_dns_support().is(true) && vpc.enable_dns_hostnames().is(true)
        })
        .verdict()
}

/// A public, a private and a database subnet in each Availability Zone.
pub(crate) fn three_tiers_of_three_subnets(case: Case<'_>) -> Verdict {
    tiers(case, &[Ways::BOTH, Ways::OUT, Ways::NONE])
}

/// A public and a private subnet in each Availability Zone.
pub(crate) fn two_tiers_of_three_subnets(case: Case<'_>) -> Verdict {
    tiers(case, &[Ways::BOTH, Ways::OUT])
}

/// Each Availability Zone has a NAT gateway, so that none depends on another.
pub(crate) fn zones_have_a_nat_gateway_each(case: Case<'_>) -> Verdict {
    case.every::<aws::NatGateway>()
        .exactly(ZONES)
        .must("be in an Availability Zone of its own", |gateway| {
            let subnets = gateway.to::<aws::Subnet, _>(gateway.subnet_id());
            let users = subnets.iter().flat_map(|subnet| {
                subnet.from::<aws::NatGateway, _>(View::<aws::NatGateway>::subnet_id)
            });
            users.count() == 1
        })
        .must("be the route of one private subnet", |gateway| {
            let routes = gateway.from::<aws::Route, _>(View::<aws::Route>::nat_gateway_id);
            routes.len() == 1
        })
        .verdict()
}

/// A load balancer has no public address.
pub(crate) fn load_balancers_are_in_private_subnets(case: Case<'_>) -> Verdict {
    balancers(case, Ways::OUT)
}

/// The load balancer is in the public subnet of every Availability Zone.
pub(crate) fn load_balancers_are_in_public_subnets(case: Case<'_>) -> Verdict {
    balancers(case, Ways::BOTH)
}

/// Database subnets contain nothing else.
pub(crate) fn databases_have_subnets_of_their_own(case: Case<'_>) -> Verdict {
    case.every::<aws::DbSubnetGroup>()
        .must("have subnets without other resources", |group| {
            let subnets = group.to::<aws::Subnet, _>(group.subnet_ids());
            subnets.len() == ZONES
                && subnets
                    .iter()
                    .all(|subnet| users(case, subnet.node.node_id()) == 1)
        })
        .verdict()
}

/// Without a database tier, databases are in the private subnets.
pub(crate) fn databases_are_in_private_subnets(case: Case<'_>) -> Verdict {
    case.every::<aws::DbSubnetGroup>()
        .must(
            "span the private subnets of three Availability Zones",
            |group| {
                let subnets = group.to::<aws::Subnet, _>(group.subnet_ids());
                subnets.len() == ZONES && subnets.iter().all(|s| ways(s) == Some(Ways::OUT))
            },
        )
        .verdict()
}

fn tiers(case: Case<'_>, tiers: &[Ways]) -> Verdict {
    let subnets = case.every::<aws::Subnet>().exactly(tiers.len() * ZONES);
    let of = |tier: Ways| {
        let subnets = case.items::<aws::Subnet>();
        let of = subnets.iter().filter(|subnet| ways(subnet) == Some(tier));
        of.count()
    };
    let whole = tiers.iter().all(|tier| of(*tier) == ZONES);
    subnets
        .verdict()
        .and(Verdict::of(whole, "a tier has not three subnets"))
}

fn balancers(case: Case<'_>, tier: Ways) -> Verdict {
    let stands = |balancer: &Item<'_, aws::Lb>| {
        let subnets = balancer.to::<aws::Subnet, _>(balancer.subnets());
        subnets.len() == ZONES && subnets.iter().all(|subnet| ways(subnet) == Some(tier))
    };
    case.every::<aws::Lb>()
        .must("be in its tier, in three Availability Zones", stands)
        .must("have the address ranges of its tier", |balancer| {
            balancer.internal().is(tier == Ways::OUT)
        })
        .verdict()
}

/// The number of elements in a subnet, without its own route table.
fn users(case: Case<'_>, subnet: NodeId) -> usize {
    let others = case.tree.nodes().iter().filter(|node| {
        let mut uses = false;
        node.references(&mut |id| uses |= id == subnet);
        uses && View::<aws::RouteTableAssociation>::of(node).is_none()
    });
    others.count()
}
