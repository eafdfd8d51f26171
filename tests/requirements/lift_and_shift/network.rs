use paymig::aws::{
    Ec2TransitGatewayRouteTable, Ec2TransitGatewayRouteTableAssociation,
    Ec2TransitGatewayRouteTablePropagation, Ec2TransitGatewayVpcAttachment, Route, RouteTable,
    RouteTableAssociation, Subnet, VpcEndpoint, VpcSecurityGroupEgressRule,
    VpcSecurityGroupIngressRule, data,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::framework::requirement::{MIGRATING, Requirement, query};
use crate::queries::{endpoints, existing, network, public_endpoints, single_network};
use crate::shared;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new("003-NET-1", "One VPC in us-east-1, over three availability zones.")
            .verified_by(shared::single_network::one_network_in_us_east_1())
            .verified_by(shared::network::every_tier_spans_three_zones()),
        Requirement::new("003-NET-2", "Three private subnets and three public ones.")
            .verified_by(query!(
                single_network::two_tiers_of_three_subnets,
                [
                    removed::<Subnet>(),
                    removed::<RouteTable>(),
                    removed::<RouteTableAssociation>(),
                ]
            ))
            .verified_by(shared::network::subnets_divide_their_network()),
        Requirement::new(
            "003-NET-3",
            "The VPN to the datacenter is one that exists: it is looked up, and none is made.",
        )
        .verified_by(query!(
            existing::the_vpn_is_looked_up,
            [
                removed::<data::Ec2TransitGateway>(),
                removed::<data::Ec2TransitGatewayVpnAttachment>(),
                dropped(A::<data::Ec2TransitGateway>::filter()),
                dropped(A::<data::Ec2TransitGatewayVpnAttachment>::tags()),
                removed::<Ec2TransitGatewayRouteTablePropagation>().within("transit/datacenter/vpn"),
                removed::<Ec2TransitGatewayRouteTable>(),
            ]
        ))
        .verified_by(query!(
            existing::the_network_hangs_on_the_gateway,
            [
                removed::<Ec2TransitGatewayVpcAttachment>(),
                weakened(A::<Ec2TransitGatewayVpcAttachment>::subnet_ids()),
                removed::<Ec2TransitGatewayRouteTableAssociation>(),
                removed::<Ec2TransitGatewayRouteTablePropagation>()
                    .within("transit/datacenter/attachment"),
                removed::<Ec2TransitGatewayRouteTablePropagation>()
                    .within("transit/datacenter/on-premises"),
            ]
        ))
        .verified_by(query!(
            existing::private_subnets_reach_the_datacenter,
            [
                removed::<Route>().within("transit"),
                weakened(A::<Route>::destination_cidr_block()).within("transit"),
                dropped(A::<Route>::transit_gateway_id()).within("transit"),
            ]
        ))
        .tested(
            "tests/terraform/systems.rs",
            "migration_over_an_existing_vpn_applies_and_is_destroyed",
        )
        .deviates("version 5 of the provider looks up no VPN connection by itself: its attachment to the transit gateway is looked up, and tells the connection"),
        Requirement::new(
            "003-NET-4",
            "Names of the datacenter are resolved there.",
        )
        .verified_by(shared::transit::names_on_premises_are_resolved()),
        Requirement::new(
            "003-NET-5",
            "NAT gateways let private subnets out to the internet, one in each zone.",
        )
        .verified_by(shared::single_network::every_zone_translates_addresses_itself())
        .verified_by(shared::network::address_translation_stands_in_public_subnets())
        .verified_by(query!(
            network::every_tier_has_the_ways_that_it_needs,
            [
                removed::<RouteTable>(),
                removed::<RouteTableAssociation>(),
                removed::<Route>().within("network"),
                dropped(A::<Route>::nat_gateway_id()).within("network"),
            ]
        )),
        Requirement::new(
            "003-NET-6",
            "Callers reach the load balancer and nothing else; behind it, groups that are named reach each other.",
        )
        .verified_by(query!(
            public_endpoints::only_the_load_balancer_is_open,
            [
                weakened(A::<VpcSecurityGroupIngressRule>::referenced_security_group_id()),
                dropped(A::<VpcSecurityGroupIngressRule>::security_group_id()),
                removed::<VpcSecurityGroupIngressRule>().within("balancer/main/main/ingress/http"),
                redirected(
                    A::<VpcSecurityGroupIngressRule>::security_group_id(),
                    "database/payments/primary/security-group"
                )
                .within("balancer/main/main/ingress/http"),
            ]
        ))
        .verified_by(query!(
            network::rules_between_groups_have_both_halves,
            MIGRATING,
            [
                removed::<VpcSecurityGroupIngressRule>().within("service"),
                removed::<VpcSecurityGroupEgressRule>().within("service/payments/egress/payments/"),
                removed::<VpcSecurityGroupEgressRule>().within("balancer/main/main/egress/payments"),
                removed::<VpcSecurityGroupIngressRule>().within("runbook"),
                weakened(A::<VpcSecurityGroupIngressRule>::to_port()).within("service"),
            ]
        ))
        .verified_by(query!(
            network::rules_are_said_once,
            MIGRATING,
            [redirected(
                A::<VpcSecurityGroupEgressRule>::security_group_id(),
                "runbook/migration/validation/security-group"
            )
            .within("runbook/migration/cutover/https")]
        ))
        .verified_by(shared::network::default_groups_let_nothing_through()),
        Requirement::new(
            "003-NET-7",
            "Secrets, objects and logs do not leave the network on their way to AWS.",
        )
        .verified_by(query!(
            endpoints::secrets_objects_and_logs_stay_inside,
            [
                removed::<VpcEndpoint>(),
                weakened(A::<VpcEndpoint>::private_dns_enabled()),
                dropped(A::<VpcEndpoint>::route_table_ids()),
                weakened_in(A::<VpcEndpoint>::policy(), "Condition"),
                removed::<VpcSecurityGroupIngressRule>().within("network"),
            ]
        )),
        Requirement::new("003-NET-8", "What passes through the VPC is logged.").verified_by(shared::network::every_network_logs_what_passes()),
    ]
}
