//! Shared evidence about networks.

use paymig::aws::{
    DefaultSecurityGroup, Eip, FlowLog, InternetGateway, NatGateway, Subnet, Vpc,
    VpcSecurityGroupIngressRule,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, redirected, removed, weakened};
use crate::framework::requirement::{Query, query};
use crate::queries::network;

pub(crate) fn nat_gateways_are_in_public_subnets() -> Query {
    query!(
        network::nat_gateways_are_in_public_subnets,
        [
            removed::<InternetGateway>(),
            removed::<Eip>(),
            redirected(
                A::<NatGateway>::subnet_id(),
                "network/main/subnet/private-a"
            ),
        ]
    )
}

pub(crate) fn default_security_groups_have_no_rules() -> Query {
    query!(
        network::default_security_groups_have_no_rules,
        [removed::<DefaultSecurityGroup>()]
    )
}

pub(crate) fn networks_have_flow_logs() -> Query {
    query!(
        network::networks_have_flow_logs,
        [
            removed::<FlowLog>(),
            weakened(A::<FlowLog>::traffic_type()),
            weakened(A::<FlowLog>::log_destination()),
        ]
    )
}

pub(crate) fn every_tier_spans_three_zones() -> Query {
    query!(
        network::every_tier_spans_three_zones,
        [
            removed::<Subnet>(),
            weakened(A::<Subnet>::availability_zone()),
        ]
    )
}

pub(crate) fn networks_do_not_overlap() -> Query {
    query!(
        network::networks_do_not_overlap,
        [weakened(A::<Vpc>::cidr_block())]
    )
}

pub(crate) fn no_rule_allows_all_addresses() -> Query {
    query!(
        network::no_rule_allows_all_addresses,
        [
            weakened(A::<VpcSecurityGroupIngressRule>::cidr_ipv4()),
            weakened(A::<VpcSecurityGroupIngressRule>::referenced_security_group_id()),
            dropped(A::<VpcSecurityGroupIngressRule>::security_group_id()),
        ]
    )
}

pub(crate) fn subnets_divide_their_network() -> Query {
    query!(
        network::subnets_divide_their_network,
        [
            weakened(A::<Subnet>::cidr_block()),
            dropped(A::<Subnet>::vpc_id()),
            weakened(A::<Subnet>::map_public_ip_on_launch()),
        ]
    )
}
