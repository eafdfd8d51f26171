//! VPC and transit gateways.

use paymig::aws::{AutoscalingGroup, EcsService, Route, Route53ResolverRuleAssociation};
use paymig::terraform::tree::{Kind, NodeId};

use crate::framework::case::{Case, Item, Verdict};
use crate::framework::mutation::detached;
use crate::framework::requirement::{Requirement, query};

pub(crate) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "AWS-NET-1",
            "Services are created after the routes and the resolver rules of their region. The health \
             check of a task that starts earlier fails, and a first deployment has no version to return to (ECS developer guide, \
             \"How the Amazon ECS deployment circuit breaker detects failures\").",
        )
        .verified_by(query!(
            compute_waits_for_its_routes,
            [
                detached::<EcsService>(),
                detached::<AutoscalingGroup>(),
            ]
        )),
    ]
}

fn compute_waits_for_its_routes(case: Case<'_>) -> Verdict {
    waits_for_its_routes::<EcsService>(case).and(waits_for_its_routes::<AutoscalingGroup>(case))
}

fn waits_for_its_routes<K: Kind>(case: Case<'_>) -> Verdict {
    case.any::<K>()
        .must("be created after the routes of its region", |item| {
            let awaited = item.node.meta().depends_on();
            let mut routes = routes_in_region_of(case, item).into_iter();
            routes.all(|route| awaited.contains(&route))
        })
        .verdict()
}

fn routes_in_region_of<K: Kind>(case: Case<'_>, item: &Item<'_, K>) -> Vec<NodeId> {
    let routes = case.items::<Route>();
    let routes = routes
        .iter()
        .filter(|route| route.transit_gateway_id().is_some() && route.region() == item.region())
        .map(|route| route.node.node_id());
    let rules = case.items::<Route53ResolverRuleAssociation>();
    let rules = rules
        .iter()
        .filter(|rule| rule.region() == item.region())
        .map(|rule| rule.node.node_id());
    routes.chain(rules).collect()
}
