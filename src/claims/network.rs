//! Claims of networks: gateways, blocks that others route to, and routes and rules of resources that a stack looks up.

use super::claim::{Claim, ClaimKind, ClaimedValue, Scope};
use super::identity::{looked_up, owner, text};
use crate::aws;
use crate::newtypes::Cidr;
use crate::terraform::tree::{Node, Number, Read, Tree, View};

pub(super) fn collect(tree: &Tree, found: &mut Vec<Claim>) {
    customer_gateways(tree, found);
    blocks_behind_a_vpn(tree, found);
    blocks_behind_a_shared_gateway(tree, found);
    routes(tree, found);
    security_group_rules(tree, found);
}

fn customer_gateways(tree: &Tree, found: &mut Vec<Claim>) {
    for (node, gateway) in tree.each::<aws::CustomerGateway>() {
        let parts = [
            text(tree, gateway.ip_address()),
            text(tree, gateway.bgp_asn()).map(|asn| format!("ASN {asn}")),
            text(tree, gateway.device_name()).map(|name| format!("device {name}")),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let region = Scope::region_of(tree, node);
        let value = ClaimedValue::Text(parts.join(", "));
        found.push(Claim::new(
            tree,
            node,
            ClaimKind::CustomerGateway,
            region,
            value,
        ));
    }
}

/// The VPCs behind the environment's own VPN connections. The far end routes each block to one of them.
fn blocks_behind_a_vpn(tree: &Tree, found: &mut Vec<Claim>) {
    for (_, vpn) in tree.each::<aws::VpnConnection>() {
        let gateway = owner(tree, vpn.customer_gateway_id());
        let gateway = gateway.and_then(View::<aws::CustomerGateway>::of);
        let Some(far_end) = gateway.and_then(|gateway| text(tree, gateway.ip_address())) else {
            continue;
        };
        let scope = Scope {
            label: format!("the datacenter at {far_end}"),
            identity: far_end,
        };
        let transit = owner(tree, vpn.transit_gateway_id());
        for (node, attachment) in tree.each::<aws::Ec2TransitGatewayVpcAttachment>() {
            let gateway = owner(tree, attachment.transit_gateway_id());
            let same = transit.is_some() && same_node(gateway, transit);
            if let (true, Some(block)) = (same, block_of(tree, attachment.vpc_id())) {
                found.push(routed(tree, node, scope.clone(), block));
            }
        }
        let private = owner(tree, vpn.vpn_gateway_id()).and_then(View::<aws::VpnGateway>::of);
        let vpc = private.and_then(|gateway| owner(tree, gateway.vpc_id()));
        if let Some((node, block)) = vpc.and_then(|vpc| Some((vpc, block(tree, vpc)?))) {
            found.push(routed(tree, node, scope, block));
        }
    }
}

/// The VPCs whose blocks are propagated into a route table that the stack looks up.
fn blocks_behind_a_shared_gateway(tree: &Tree, found: &mut Vec<Claim>) {
    for (node, propagation) in tree.each::<aws::Ec2TransitGatewayRouteTablePropagation>() {
        let attachment = owner(tree, propagation.transit_gateway_attachment_id());
        let attachment = attachment.and_then(View::<aws::Ec2TransitGatewayVpcAttachment>::of);
        let table = looked_up(tree, propagation.transit_gateway_route_table_id());
        if let (Some(attachment), Some(table)) = (attachment, table)
            && let Some(block) = block_of(tree, attachment.vpc_id())
        {
            found.push(routed(tree, node, table, block));
        }
    }
}

fn routed(tree: &Tree, node: &Node, scope: Scope, block: Cidr) -> Claim {
    let value = ClaimedValue::Block(block);
    Claim::new(tree, node, ClaimKind::RoutedBlock, scope, value)
}

fn routes(tree: &Tree, found: &mut Vec<Claim>) {
    let mut claim = |node: &Node, table: Option<Scope>, destination| {
        let destination = text(tree, destination);
        let block = destination.and_then(|destination| destination.parse().ok());
        if let (Some(table), Some(block)) = (table, block) {
            let value = ClaimedValue::Block(block);
            found.push(Claim::new(tree, node, ClaimKind::Route, table, value));
        }
    };
    for (node, route) in tree.each::<aws::Route>() {
        let table = looked_up(tree, route.route_table_id());
        claim(node, table, route.destination_cidr_block());
    }
    for (node, route) in tree.each::<aws::Ec2TransitGatewayRoute>() {
        let table = looked_up(tree, route.transit_gateway_route_table_id());
        claim(node, table, route.destination_cidr_block());
    }
}

/// Rules with addresses. A rule with a security group of the environment has no equal in another one.
fn security_group_rules(tree: &Tree, found: &mut Vec<Claim>) {
    for (node, rule) in tree.each::<aws::VpcSecurityGroupIngressRule>() {
        let group = looked_up(tree, rule.security_group_id());
        if let (Some(group), Some(block)) = (group, text(tree, rule.cidr_ipv4())) {
            let ports = ports(tree, rule.ip_protocol(), rule.from_port(), rule.to_port());
            let value = ClaimedValue::Text(format!("{ports} from {block}"));
            let kind = ClaimKind::SecurityGroupRule;
            found.push(Claim::new(tree, node, kind, group, value));
        }
    }
    for (node, rule) in tree.each::<aws::VpcSecurityGroupEgressRule>() {
        let group = looked_up(tree, rule.security_group_id());
        if let (Some(group), Some(block)) = (group, text(tree, rule.cidr_ipv4())) {
            let ports = ports(tree, rule.ip_protocol(), rule.from_port(), rule.to_port());
            let value = ClaimedValue::Text(format!("{ports} to {block}"));
            let kind = ClaimKind::SecurityGroupRule;
            found.push(Claim::new(tree, node, kind, group, value));
        }
    }
}

fn ports(
    tree: &Tree,
    protocol: Option<Read<'_, String>>,
    from: Option<Read<'_, Number>>,
    to: Option<Read<'_, Number>>,
) -> String {
    let protocol = text(tree, protocol).unwrap_or_default();
    let port = |port: Option<Read<'_, Number>>| port.and_then(|port| port.literal());
    match (port(from), port(to)) {
        (Some(from), Some(to)) if from == to => format!("{protocol} port {from}"),
        (Some(from), Some(to)) => format!("{protocol} ports {from} to {to}"),
        _ => protocol,
    }
}

/// The block of the environment's own VPC with this id.
fn block_of(tree: &Tree, vpc: Option<Read<'_, String>>) -> Option<Cidr> {
    block(tree, owner(tree, vpc)?)
}

fn block(tree: &Tree, vpc: &Node) -> Option<Cidr> {
    let vpc = View::<aws::Vpc>::of(vpc)?;
    text(tree, vpc.cidr_block())?.parse().ok()
}

fn same_node(one: Option<&Node>, other: Option<&Node>) -> bool {
    one.map(Node::node_id) == other.map(Node::node_id)
}
