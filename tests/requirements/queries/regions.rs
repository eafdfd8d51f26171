//! Two regions: their networks, the peering between them, and the distribution of requests.

use std::collections::BTreeSet;

use ipnet::Ipv4Net;
use paymig::aws;
use paymig::terraform::tree::View;

use super::network::{Ways, range, ways};
use super::transit::reached;
use crate::framework::case::{Amount, Case, Item, Known, Text, Verdict};
use crate::framework::policy::{literals, statements};

type Table<'t> = Item<'t, aws::Ec2TransitGatewayRouteTable>;
type Association = aws::Ec2TransitGatewayRouteTableAssociation;
type Propagation = aws::Ec2TransitGatewayRouteTablePropagation;

/// One network in each region, and no other.
pub(crate) fn a_network_in_each_region(case: Case<'_>) -> Verdict {
    let networks = case.items::<aws::Vpc>();
    let regions: BTreeSet<&str> = networks.iter().map(Item::region).collect();
    case.every::<aws::Vpc>()
        .exactly(2)
        .must("be the only one in its region", |_| regions.len() == 2)
        .must("resolve the names of its endpoints", |vpc| {
            vpc.enable_dns_support().is(true) && vpc.enable_dns_hostnames().is(true)
        })
        .verdict()
}

/// Each network is attached to the gateway of its region, with an associated and a propagated route table.
pub(crate) fn networks_are_attached(case: Case<'_>) -> Verdict {
    let networks = case
        .every::<aws::Vpc>()
        .must("be attached to the gateway of its region", |vpc| {
            type Attachment = aws::Ec2TransitGatewayVpcAttachment;
            let attachments = vpc.from::<Attachment, _>(View::<Attachment>::vpc_id);
            matches!(&attachments[..], [attachment]
                if attachment.uses_own::<aws::Ec2TransitGateway, _>(attachment.transit_gateway_id())
                    && attachment.to::<aws::Subnet, _>(attachment.subnet_ids()).len() == 3)
        })
        .verdict();
    let attachments = case
        .every::<aws::Ec2TransitGatewayVpcAttachment>()
        .must(
            "be associated with one route table and propagated to one",
            |attachment| {
                let by = View::<Association>::transit_gateway_attachment_id;
                let associated = attachment.from::<Association, _>(by);
                let associated = associated.iter().map(|it| {
                    it.to::<aws::Ec2TransitGatewayRouteTable, _>(
                        it.transit_gateway_route_table_id(),
                    )
                    .len()
                });
                let by = View::<Propagation>::transit_gateway_attachment_id;
                let known = attachment.from::<Propagation, _>(by);
                let known = known.iter().map(|it| {
                    it.to::<aws::Ec2TransitGatewayRouteTable, _>(
                        it.transit_gateway_route_table_id(),
                    )
                    .len()
                });
                associated.sum::<usize>() == 1 && known.sum::<usize>() == 1
            },
        )
        .verdict();
    networks.and(attachments)
}

/// The peering: requested in one region, accepted in the other, routed in both.
pub(crate) fn gateways_are_peered(case: Case<'_>) -> Verdict {
    type Accepter = aws::Ec2TransitGatewayPeeringAttachmentAccepter;
    case.every::<aws::Ec2TransitGatewayPeeringAttachment>()
        .exactly(1)
        .must(
            "connect a gateway with one of the other region",
            |peering| {
                let peer =
                    peering.to::<aws::Ec2TransitGateway, _>(peering.peer_transit_gateway_id());
                peering.uses_own::<aws::Ec2TransitGateway, _>(peering.transit_gateway_id())
                    && peer.iter().any(|peer| {
                        peering.peer_region().is(peer.region()) && peer.region() != peering.region()
                    })
            },
        )
        .must("be accepted in the other region", |peering| {
            let accepted =
                peering.from::<Accepter, _>(View::<Accepter>::transit_gateway_attachment_id);
            matches!(&accepted[..], [accepted] if peering.peer_region().is(accepted.region()))
        })
        .must("be looked up in both regions", |peering| {
            let by = View::<Association>::transit_gateway_attachment_id;
            let associated = peering.from::<Association, _>(by);
            let regions: BTreeSet<&str> = associated.iter().map(Item::region).collect();
            regions.len() == 2
        })
        .verdict()
}

/// A peering propagates no routes: each gateway has static ones to the other region.
pub(crate) fn peered_gateways_have_routes(case: Case<'_>) -> Verdict {
    let peerings = case.items::<aws::Ec2TransitGatewayPeeringAttachment>();
    let networks = case.items::<aws::Vpc>();
    let across = |table: &Table<'_>| {
        type Route = aws::Ec2TransitGatewayRoute;
        let routes = table.from::<Route, _>(View::<Route>::transit_gateway_route_table_id);
        let through = routes.iter().filter(|route| {
            let attachment = route.transit_gateway_attachment_id();
            !route
                .to::<aws::Ec2TransitGatewayPeeringAttachment, _>(attachment)
                .is_empty()
        });
        let ranges =
            through.filter_map(|route| route.destination_cidr_block().text()?.parse().ok());
        ranges.collect::<Vec<Ipv4Net>>()
    };
    let looked_up = legacy_attachments(case);
    case.every::<aws::Ec2TransitGatewayRouteTable>()
        .exactly(2)
        .must("belong to the gateway of its region", |table| {
            table.uses_own::<aws::Ec2TransitGateway, _>(table.transit_gateway_id())
        })
        .must(
            "have a route to each network of the other region",
            |table| {
                let across = across(table);
                let there = networks.iter().filter(|vpc| vpc.region() != table.region());
                let mut there = there.filter_map(range);
                !peerings.is_empty() && there.all(|range| across.contains(&range))
            },
        )
        .must(
            "have a route to the looked-up network of the other region",
            |table| {
                let ours: Vec<Ipv4Net> = networks.iter().filter_map(range).collect();
                let others = across(table)
                    .into_iter()
                    .filter(|range| !ours.contains(range));
                let there = looked_up.iter().filter(|it| it.region() != table.region());
                others.count() == there.count()
            },
        )
        .verdict()
}

/// Every subnet has routes to the other networks, except public ones and those of the gateway.
pub(crate) fn private_subnets_have_routes_to_the_other_region(case: Case<'_>) -> Verdict {
    let networks = case.items::<aws::Vpc>();
    let legacy = legacy_attachments(case).len();
    case.every::<aws::Subnet>()
        .that("that is private", |subnet| {
            ways(subnet) != Some(Ways::BOTH) && !is_of_gateway(subnet)
        })
        .must(
            "have a route to the network of the other region",
            |subnet| {
                let reached = reached(subnet);
                let others = networks
                    .iter()
                    .filter(|vpc| vpc.region() != subnet.region());
                let mut others = others.filter_map(range);
                others.all(|range| reached.contains(&range.to_string().as_str()))
            },
        )
        .must("have a route to the looked-up network", |subnet| {
            let ours: Vec<_> = networks.iter().filter_map(range).collect();
            let reached = reached(subnet).into_iter();
            let foreign =
                reached.filter(|text| ours.iter().all(|range| range.to_string() != *text));
            foreign.count() == legacy
        })
        .verdict()
}

fn legacy_attachments(case: Case<'_>) -> Vec<Item<'_, aws::Ec2TransitGatewayVpcAttachment>> {
    let mut attachments = case.items::<aws::Ec2TransitGatewayVpcAttachment>();
    attachments.retain(|it| !it.to::<aws::data::Vpc, _>(it.vpc_id()).is_empty());
    attachments
}

/// Whether a subnet is for the attachment to the gateway only.
fn is_of_gateway(subnet: &Item<'_, aws::Subnet>) -> bool {
    type Attachment = aws::Ec2TransitGatewayVpcAttachment;
    !subnet
        .from::<Attachment, _>(View::<Attachment>::subnet_ids)
        .is_empty()
}

/// Weights, and a health check of each region: an unhealthy region receives no request.
pub(crate) fn regions_have_weights_and_health_checks(case: Case<'_>) -> Verdict {
    let of_regions: Vec<_> = case.items::<aws::Route53Record>();
    let of_regions = of_regions
        .iter()
        .filter(|record| balancer(record).is_some());
    let regions: BTreeSet<_> = of_regions.filter_map(|record| balancer(record)).collect();
    case.every::<aws::Route53Record>()
        .that("of each region", |record| balancer(record).is_some())
        .exactly(2)
        .must("exist with one of the other region", |_| regions.len() == 2)
        .must("have a weight", |record| weight(record).is_some())
        .must("have a health check of its region", |record| {
            let checks = record.to::<aws::Route53HealthCheck, _>(record.health_check_id());
            matches!(&checks[..], [check] if asks_often(check)
                && check.to::<aws::Lb, _>(check.fqdn()).first().map(Item::region) == balancer(record))
        })
        .verdict()
}

/// The old and the new side have weighted records of one name, each with a health check.
pub(crate) fn sides_have_weighted_records(case: Case<'_>) -> Verdict {
    let records = case.items::<aws::Route53Record>();
    let old = records.iter().find(|record| leads_to_old(record));
    let sum = |of: &Item<'_, aws::Route53Record>| {
        let same = records.iter().filter(|other| {
            other.name().text().is_some() && other.name().text() == of.name().text()
        });
        same.filter_map(weight).sum::<i64>()
    };
    case.every::<aws::Route53Record>()
        .that("that points to the old system", leads_to_old)
        .exactly(1)
        .must("add up to 100 percent with the new system", |record| {
            sum(record) == 100
        })
        .must("have a health check", |record| {
            let checks = record.to::<aws::Route53HealthCheck, _>(record.health_check_id());
            checks.iter().any(asks_often)
        })
        .verdict()
        .and(Verdict::of(
            records.iter().any(|record| {
                record.set_identifier().is("new")
                    && record.name().text() == old.and_then(|old| old.name().text())
                    && record
                        .alias()
                        .is_some_and(|alias| alias.evaluate_target_health().is(true))
                    && regions_behind(&records, record) == 2
            }),
            "the new system is no side that is as well as its regions",
        ))
}

/// The detection time of a health check, in seconds: three failures ten seconds apart.
fn asks_often(check: &Item<'_, aws::Route53HealthCheck>) -> bool {
    check.request_interval().is(10)
        && check.failure_threshold().is(3)
        && check.r#type().is("HTTPS")
        && check.resource_path().is("/health")
}

/// The number of regions behind the name of an alias.
fn regions_behind(
    records: &[Item<'_, aws::Route53Record>],
    record: &Item<'_, aws::Route53Record>,
) -> usize {
    let alias = record.alias().and_then(|alias| alias.name().text());
    let behind = records
        .iter()
        .filter(|other| other.name().text().is_some_and(|name| Some(name) == alias));
    behind.filter_map(balancer).collect::<BTreeSet<_>>().len()
}

/// The region of the load balancer that a record points to.
fn balancer<'t>(record: &Item<'t, aws::Route53Record>) -> Option<&'t str> {
    let alias = record.alias()?;
    let balancers = record.to::<aws::Lb, _>(alias.name());
    balancers.first().map(Item::region)
}

fn leads_to_old(record: &Item<'_, aws::Route53Record>) -> bool {
    let alias = record.alias();
    alias.is_some_and(|alias| !record.to::<aws::data::Lb, _>(alias.name()).is_empty())
}

fn weight(record: &Item<'_, aws::Route53Record>) -> Option<i64> {
    record.weighted_routing_policy()?.weight().number()
}

/// Code of every region reads the parameters of its own region, and each of these regions has the writer.
pub(crate) fn programs_read_the_parameters_of_their_region(case: Case<'_>) -> Verdict {
    let first = case.tree.providers()[0].region();
    let services = case
        .every::<aws::EcsService>()
        .must("have the parameter `writer` in its region", |service| {
            let parameters = case.items::<aws::SsmParameter>();
            parameters.into_iter().any(|parameter| {
                parameter.region() == service.region()
                    && parameter
                        .name()
                        .text()
                        .is_some_and(|name| name.ends_with("/writer"))
            })
        })
        .verdict();
    let roles = case
        .every::<aws::IamRolePolicy>()
        .that("that allows reading parameters", reads_parameters)
        .must("name its region", |policy| {
            let region = policy.region();
            let statements = statements(policy.policy());
            let mut about = statements
                .iter()
                .filter(|it| it.actions().contains(&"ssm:GetParameter"));
            about.all(|statement| {
                let mut resources = statement.resources().iter();
                resources.all(|resource| literals(resource).contains(&format!(":ssm:{region}:")))
            })
        })
        .verdict();
    let functions = case
        .every::<aws::LambdaFunction>()
        .must("have the primary region in its environment", |function| {
            let settings = function.environment().and_then(|it| it.variables());
            settings.is_some_and(|all| {
                all.key("PARAMETER_PREFIX").is_none() || all.key("PARAMETER_REGION").is(first)
            })
        })
        .verdict();
    services.and(roles).and(functions)
}

fn reads_parameters(policy: &Item<'_, aws::IamRolePolicy>) -> bool {
    let statements = statements(policy.policy());
    statements
        .iter()
        .any(|it| it.actions().contains(&"ssm:GetParameter"))
}
