//! Systems in one network: which tiers it has, and what stands in them.

use paymig::aws;
use paymig::terraform::tree::{NodeId, View};

use super::network::{Ways, ways};
use crate::framework::case::{Case, Item, Known, Verdict};

/// The zones that a tier of subnets spans.
const ZONES: usize = 3;
const REGION: &str = "us-east-1";

/// One network in us-east-1, in which the names of endpoints are resolved.
pub(crate) fn one_network_in_us_east_1(case: Case<'_>) -> Verdict {
    case.every::<aws::Vpc>()
        .exactly(1)
        .must("be in us-east-1", |vpc| vpc.region() == REGION)
        .must("resolve the names of its endpoints", |vpc| {
            vpc.enable_dns_support().is(true) && vpc.enable_dns_hostnames().is(true)
        })
        .verdict()
}

/// In each zone a subnet for callers, one for programs and one that has no way out.
pub(crate) fn three_tiers_of_three_subnets(case: Case<'_>) -> Verdict {
    tiers(case, &[Ways::BOTH, Ways::OUT, Ways::NONE])
}

/// In each zone a subnet for callers and one for everything else.
pub(crate) fn two_tiers_of_three_subnets(case: Case<'_>) -> Verdict {
    tiers(case, &[Ways::BOTH, Ways::OUT])
}

/// Each zone has a way to the internet of its own, so that none hangs on another.
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

/// Nobody reaches a load balancer from outside: it has no public address in any zone.
pub(crate) fn load_balancers_are_in_private_subnets(case: Case<'_>) -> Verdict {
    balancers(case, Ways::OUT)
}

/// Callers reach the load balancer in the public subnet of every zone.
pub(crate) fn load_balancers_are_in_public_subnets(case: Case<'_>) -> Verdict {
    balancers(case, Ways::BOTH)
}

/// What the database stands in, nothing else stands in.
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

/// Where the network has no tier for databases: beside the programs, and not beside what is public.
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

/// How many elements stand in a subnet, beside its own route table.
fn users(case: Case<'_>, subnet: NodeId) -> usize {
    let others = case.tree.nodes().iter().filter(|node| {
        let mut uses = false;
        node.references(&mut |id| uses |= id == subnet);
        uses && View::<aws::RouteTableAssociation>::of(node).is_none()
    });
    others.count()
}
