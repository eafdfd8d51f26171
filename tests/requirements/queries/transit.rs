//! Transit between networks, and to on-premises.

use paymig::aws;
use paymig::terraform::tree::{Read, View};

use super::network::{range, route_table, ways};
use crate::framework::case::{Case, Item, Known, Text, Verdict};

type Attachment<'t> = Item<'t, aws::Ec2TransitGatewayVpcAttachment>;

pub(crate) fn gateway_connects_the_networks_of_its_region(case: Case<'_>) -> Verdict {
    let gateways = case.items::<aws::Ec2TransitGateway>();
    case.every::<aws::Vpc>()
        .that("where there is a transit gateway", |vpc| {
            gateways
                .iter()
                .any(|gateway| gateway.region() == vpc.region())
        })
        .must(
            "be attached to the gateway in three Availability Zones",
            |vpc| {
                let attachments = vpc.from::<aws::Ec2TransitGatewayVpcAttachment, _>(
                    View::<aws::Ec2TransitGatewayVpcAttachment>::vpc_id,
                );
                matches!(&attachments[..], [attachment] if is_whole(attachment))
            },
        )
        .verdict()
}

/// Connections are explicit: a new attachment has no routes.
pub(crate) fn nothing_is_routed_by_default(case: Case<'_>) -> Verdict {
    case.every::<aws::Ec2TransitGateway>()
        .must("route nothing by default", |gateway| {
            gateway.default_route_table_association().is("disable")
                && gateway.default_route_table_propagation().is("disable")
                && gateway.auto_accept_shared_attachments().is("disable")
        })
        .verdict()
}

/// Each attachment has an associated route table, and a propagated one.
pub(crate) fn attachments_have_routes(case: Case<'_>) -> Verdict {
    case.every::<aws::Ec2TransitGatewayVpcAttachment>()
        .must("be associated with a route table", |attachment| {
            let associations = attachment.from::<aws::Ec2TransitGatewayRouteTableAssociation, _>(
                View::<aws::Ec2TransitGatewayRouteTableAssociation>::transit_gateway_attachment_id,
            );
            matches!(&associations[..], [association] if !association
                .to::<aws::Ec2TransitGatewayRouteTable, _>(association.transit_gateway_route_table_id())
                .is_empty())
        })
        .must("propagate its routes to the others and to on-premises", |attachment| {
            propagations(attachment) >= 2
        })
        .verdict()
}

/// Subnets have routes to the other networks and to the datacenter, except public ones and those of the
/// gateway.
pub(crate) fn private_subnets_have_routes_to_networks_and_on_premises(case: Case<'_>) -> Verdict {
    case.every::<aws::Ec2TransitGatewayVpcAttachment>()
        .must(
            "have routes from all private subnets of its network",
            |attachment| {
                let others: Vec<String> = case
                    .items::<aws::Ec2TransitGatewayVpcAttachment>()
                    .iter()
                    .filter(|other| other.node.node_id() != attachment.node.node_id())
                    .flat_map(|other| other.to::<aws::Vpc, _>(other.vpc_id()))
                    .filter_map(|vpc| range(&vpc).map(|range| range.to_string()))
                    .chain(on_premises(case))
                    .collect();
                let own = attachment.to::<aws::Subnet, _>(attachment.subnet_ids());
                let is_own = |subnet: &Item<'_, aws::Subnet>| {
                    own.iter()
                        .any(|own| own.node.node_id() == subnet.node.node_id())
                };
                let networks = attachment.to::<aws::Vpc, _>(attachment.vpc_id());
                let subnets = networks
                    .iter()
                    .flat_map(|vpc| vpc.from::<aws::Subnet, _>(View::<aws::Subnet>::vpc_id))
                    .filter(|subnet| {
                        !is_own(subnet) && ways(subnet) != Some(super::network::Ways::BOTH)
                    });
                let subnets: Vec<_> = subnets.collect();
                others.len() >= 2
                    && !subnets.is_empty()
                    && subnets.iter().all(|subnet| {
                        let reached = reached(subnet);
                        others.iter().all(|other| reached.contains(&other.as_str()))
                    })
            },
        )
        .verdict()
}

/// The tunnels to the datacenter end at the gateway, which has the datacenter's routes.
pub(crate) fn on_premises_is_reached_through_the_gateway(case: Case<'_>) -> Verdict {
    case.every::<aws::VpnConnection>()
        .must(
            "connect the datacenter's router with the transit gateway",
            |vpn| {
                !vpn.to::<aws::Ec2TransitGateway, _>(vpn.transit_gateway_id())
                    .is_empty()
                    && !vpn
                        .to::<aws::CustomerGateway, _>(vpn.customer_gateway_id())
                        .is_empty()
            },
        )
        .must("have a customer gateway of its own", |vpn| {
            let gateways = vpn.to::<aws::CustomerGateway, _>(vpn.customer_gateway_id());
            gateways
                .iter()
                .all(|gateway| gateway.device_name().text().is_some())
        })
        .must("be associated with a route table", |vpn| {
            !vpn.from::<aws::Ec2TransitGatewayRouteTableAssociation, _>(
                View::<aws::Ec2TransitGatewayRouteTableAssociation>::transit_gateway_attachment_id,
            )
            .is_empty()
        })
        .must("propagate the datacenter's routes to the networks", |vpn| {
            !vpn.from::<aws::Ec2TransitGatewayRouteTablePropagation, _>(
                View::<aws::Ec2TransitGatewayRouteTablePropagation>::transit_gateway_attachment_id,
            )
            .is_empty()
        })
        .verdict()
}

pub(crate) fn tunnels_have_logs(case: Case<'_>) -> Verdict {
    case.every::<aws::VpnConnection>()
        .must("log both tunnels", |vpn| {
            let first = vpn.tunnel1_log_options();
            let first = first.and_then(|options| options.cloudwatch_log_options());
            let second = vpn.tunnel2_log_options();
            let second = second.and_then(|options| options.cloudwatch_log_options());
            first.is_some_and(|first| {
                first.log_enabled().is(true)
                    && vpn.uses_own::<aws::CloudwatchLogGroup, _>(first.log_group_arn())
            }) && second.is_some_and(|second| {
                second.log_enabled().is(true)
                    && vpn.uses_own::<aws::CloudwatchLogGroup, _>(second.log_group_arn())
            })
        })
        .verdict()
}

/// PCI DSS 4.2.1: IKEv2 and authenticated ciphers only, in both tunnels.
pub(crate) fn tunnels_use_strong_ciphers(case: Case<'_>) -> Verdict {
    case.every::<aws::VpnConnection>()
        .must("use IKEv2 only", |vpn| {
            only(vpn.tunnel1_ike_versions(), &["ikev2"])
                && only(vpn.tunnel2_ike_versions(), &["ikev2"])
        })
        .must("encrypt with AES-256-GCM", |vpn| {
            let gcm = &["AES256-GCM-16"];
            only(vpn.tunnel1_phase1_encryption_algorithms(), gcm)
                && only(vpn.tunnel1_phase2_encryption_algorithms(), gcm)
                && only(vpn.tunnel2_phase1_encryption_algorithms(), gcm)
                && only(vpn.tunnel2_phase2_encryption_algorithms(), gcm)
        })
        .verdict()
}

/// DNS names of the datacenter are resolved there, because TLS verifies names.
pub(crate) fn on_premises_names_are_resolved(case: Case<'_>) -> Verdict {
    let associations = case.items::<aws::Route53ResolverRuleAssociation>();
    let attached = case.items::<aws::Ec2TransitGatewayVpcAttachment>();
    let rules = case
        .every::<aws::Route53ResolverRule>()
        .must("be associated with every attached network", |rule| {
            attached
                .iter()
                .flat_map(|it| it.to::<aws::Vpc, _>(it.vpc_id()))
                .all(|vpc| {
                    associations.iter().any(|association| {
                        let of_rule = association.resolver_rule_id();
                        let of_vpc = association.vpc_id();
                        of_rule.is_some_and(|read| read.refers_to(rule.node.node_id()))
                            && of_vpc.is_some_and(|read| read.refers_to(vpc.node.node_id()))
                    })
                })
        })
        .must(
            "forward to name servers that the endpoint may reach",
            |rule| {
                let endpoint = rule.resolver_endpoint_id();
                let endpoints = rule.to::<aws::Route53ResolverEndpoint, _>(endpoint);
                type Out = aws::VpcSecurityGroupEgressRule;
                let out: Vec<_> = endpoints
                    .iter()
                    .flat_map(|it| it.to::<aws::SecurityGroup, _>(it.security_group_ids()))
                    .flat_map(|group| group.from::<Out, _>(View::<Out>::security_group_id))
                    .collect();
                let servers = rule.target_ip();
                !servers.is_empty()
                    && servers.iter().all(|server| {
                        let range = server.ip().text().map(|ip| format!("{ip}/32"));
                        ["tcp", "udp"].iter().all(|protocol| {
                            out.iter().any(|rule| {
                                rule.cidr_ipv4().text() == range.as_deref()
                                    && rule.ip_protocol().is(protocol)
                                    && rule.to_port().is(53)
                            })
                        })
                    })
            },
        )
        .verdict();
    let endpoints = case
        .every::<aws::Route53ResolverEndpoint>()
        .must("be in two Availability Zones", |endpoint| {
            let addresses = endpoint.ip_address();
            let subnets = addresses
                .iter()
                .flat_map(|address| endpoint.to::<aws::Subnet, _>(address.subnet_id()));
            endpoint.direction().is("OUTBOUND") && subnets.count() >= 2
        })
        .verdict();
    rules.and(endpoints)
}

fn is_whole(attachment: &Attachment<'_>) -> bool {
    let gateway = attachment.transit_gateway_id();
    let subnets = attachment.to::<aws::Subnet, _>(attachment.subnet_ids());
    !attachment
        .to::<aws::Ec2TransitGateway, _>(gateway)
        .is_empty()
        && subnets.len() == 3
}

fn propagations(attachment: &Attachment<'_>) -> usize {
    let propagations = attachment.from::<aws::Ec2TransitGatewayRouteTablePropagation, _>(
        View::<aws::Ec2TransitGatewayRouteTablePropagation>::transit_gateway_attachment_id,
    );
    let tables = propagations.iter().flat_map(|propagation| {
        let table = propagation.transit_gateway_route_table_id();
        propagation.to::<aws::Ec2TransitGatewayRouteTable, _>(table)
    });
    tables.count()
}

/// The ranges behind the gateway that belong to no network of this tree.
pub(crate) fn on_premises(case: Case<'_>) -> Vec<String> {
    let networks: Vec<_> = case.items::<aws::Vpc>().iter().filter_map(range).collect();
    let routes = case.items::<aws::Route>();
    let mut ranges: Vec<String> = routes
        .iter()
        .filter(|route| route.transit_gateway_id().is_some())
        .filter_map(|route| route.destination_cidr_block().text())
        .filter(|text| networks.iter().all(|network| network.to_string() != **text))
        .map(str::to_owned)
        .collect();
    ranges.sort();
    ranges.dedup();
    ranges
}

/// The ranges that a subnet reaches through the gateway.
pub(crate) fn reached<'t>(subnet: &Item<'t, aws::Subnet>) -> Vec<&'t str> {
    let Some(table) = route_table(subnet) else {
        return Vec::new();
    };
    let routes = table.from::<aws::Route, _>(View::<aws::Route>::route_table_id);
    let through = routes.iter().filter(|route| {
        let gateway = route.transit_gateway_id();
        !route.to::<aws::Ec2TransitGateway, _>(gateway).is_empty()
    });
    through
        .filter_map(|route| route.destination_cidr_block().text())
        .collect()
}

fn only(set: Option<Read<'_, paymig::terraform::tree::Set<String>>>, allowed: &[&str]) -> bool {
    let Some(items) = set.and_then(|set| set.items()) else {
        return false;
    };
    let texts: Vec<_> = items.iter().map(Read::<String>::literal).collect();
    !texts.is_empty()
        && texts
            .iter()
            .all(|text| text.is_some_and(|text| allowed.contains(&text)))
}
