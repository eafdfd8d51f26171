use paymig::aws::{
    CloudwatchLogGroup, CustomerGateway, Ec2TransitGatewayRouteTableAssociation,
    Ec2TransitGatewayRouteTablePropagation, Eip, InternetGateway, LambdaFunction, NatGateway,
    Route, Route53ResolverEndpoint, Route53ResolverRule, Route53ResolverRuleAssociation,
    RouteTable, RouteTableAssociation, SecurityGroup, Vpc, VpcEndpoint, VpcSecurityGroupEgressRule,
    VpcSecurityGroupIngressRule, VpnConnection,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::framework::requirement::{MIGRATING, Requirement, SERVING, query};
use crate::queries::{network, transit};
use crate::shared;

const SYSTEMS: &str = "tests/terraform/systems.rs";
const LIFE: &str = "orchestrated_migration_applies_and_is_destroyed";

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "000-NET-1",
            "The system and its migration have a VPC each in us-east-1, and their addresses do not overlap.",
        )
        .verified_by(query!(
            network::two_networks_in_the_first_region,
            [
                removed::<Vpc>().within("network/production"),
                removed::<Vpc>().within("network/migration"),
                weakened(A::<Vpc>::enable_dns_support()).within("network/production"),
                weakened(A::<Vpc>::enable_dns_hostnames()).within("network/production"),
            ]
        ))
        .verified_by(shared::network::networks_do_not_overlap())
        .tested(SYSTEMS, LIFE),
        Requirement::new(
            "000-NET-2",
            "Each VPC is divided into tiers of subnets, each tier over three zones.",
        )
        .verified_by(shared::network::subnets_divide_their_network())
        .verified_by(shared::network::every_tier_spans_three_zones()),
        Requirement::new(
            "000-NET-3",
            "A Transit Gateway joins the VPCs: attached, routed both ways, and nothing by default.",
        )
        .verified_by(shared::transit::a_gateway_joins_the_networks_of_its_region())
        .verified_by(shared::transit::nothing_is_routed_by_default())
        .verified_by(query!(
            transit::every_attachment_is_routed,
            [
                removed::<Ec2TransitGatewayRouteTableAssociation>().within("transit/hub/attachment"),
                removed::<Ec2TransitGatewayRouteTablePropagation>().within("transit/hub/attachment"),
            ]
        ))
        .verified_by(query!(
            transit::private_subnets_reach_each_other_and_on_premises,
            [
                removed::<Route>().within("transit/hub/route"),
                weakened(A::<Route>::destination_cidr_block()).within("transit/hub/route"),
                dropped(A::<Route>::transit_gateway_id()).within("transit/hub/route"),
            ]
        )),
        Requirement::new(
            "000-NET-4",
            "The same gateway leads to the datacenter, through encrypted tunnels, and back.",
        )
        .verified_by(query!(
            transit::on_premises_is_reached_through_the_gateway,
            [
                removed::<VpnConnection>(),
                removed::<CustomerGateway>(),
                dropped(A::<VpnConnection>::transit_gateway_id()),
                removed::<Ec2TransitGatewayRouteTableAssociation>().within("transit/hub/vpn"),
                removed::<Ec2TransitGatewayRouteTablePropagation>().within("transit/hub/vpn"),
            ]
        ))
        .verified_by(shared::transit::tunnels_use_strong_ciphers())
        .tested(SYSTEMS, LIFE),
        Requirement::new(
            "000-NET-5",
            "Databases stand in private subnets, with no way to or from the internet.",
        )
        .verified_by(query!(
            network::databases_have_no_way_to_the_internet,
            [
                removed::<RouteTableAssociation>()
                    .within("network/production/association/database"),
                removed::<RouteTableAssociation>().within("network/replica/association/database"),
                redirected(
                    A::<RouteTableAssociation>::route_table_id(),
                    "network/production/routes/public"
                )
                .within("network/production/association/database"),
                redirected(
                    A::<RouteTableAssociation>::route_table_id(),
                    "network/production/routes/private-a"
                )
                .within("network/production/association/database"),
            ]
        )),
        Requirement::new(
            "000-NET-6",
            "What computes runs in private subnets: it may go out, and nobody comes in.",
        )
        .verified_by(query!(
            network::functions_run_in_private_subnets,
            SERVING,
            [
                redirected(
                    A::<LambdaFunction>::vpc_config(),
                    "network/production/subnet/public-a"
                ),
                removed::<RouteTableAssociation>().within("network/production/association/private"),
                removed::<NatGateway>().within("network/production"),
            ]
        ))
        .verified_by(shared::network::no_rule_lets_everybody_in())
        .verified_by(shared::network::default_groups_let_nothing_through()),
        Requirement::new(
            "000-NET-10",
            "What one group may ask of another is let out and let in; nothing else is.",
        )
        .verified_by(query!(
            network::rules_between_groups_have_both_halves,
            SERVING,
            [
                removed::<VpcSecurityGroupIngressRule>().within("function"),
                removed::<VpcSecurityGroupEgressRule>().within("function/payments/egress/payments/"),
                weakened(A::<VpcSecurityGroupIngressRule>::to_port()).within("function"),
            ]
        ))
        .verified_by(query!(
            network::rules_are_said_once,
            [redirected(
                A::<VpcSecurityGroupEgressRule>::security_group_id(),
                "function/payments/security-group"
            )
            .within("database/payments/rotation/https")]
        ))
        .verified_by(query!(
            network::functions_reach_the_apis_of_aws,
            [removed::<VpcSecurityGroupEgressRule>()
                .within("database/payments/rotation/https")]
        ))
        .verified_by(query!(
            network::calls_of_aws_stay_inside,
            [
                removed::<VpcEndpoint>(),
                weakened(A::<VpcEndpoint>::private_dns_enabled()),
                dropped(A::<VpcEndpoint>::route_table_ids()),
                weakened_in(A::<VpcEndpoint>::policy(), "Condition"),
                removed::<VpcSecurityGroupIngressRule>().within("network"),
            ]
        )),
        Requirement::new(
            "000-NET-7",
            "Public subnets hold the NAT gateways, each with an address of its own.",
        )
        .verified_by(query!(
            network::address_translation_stands_in_public_subnets,
            [
                removed::<InternetGateway>(),
                removed::<Eip>(),
                redirected(
                    A::<NatGateway>::subnet_id(),
                    "network/production/subnet/private-a"
                ),
            ]
        )),
        Requirement::new(
            "000-NET-11",
            "Each tier has the ways that it needs, and no other.",
        )
        .verified_by(query!(
            network::every_tier_has_the_ways_that_it_needs,
            [
                removed::<RouteTable>(),
                removed::<RouteTableAssociation>(),
                removed::<Route>().within("network"),
                removed::<NatGateway>(),
                dropped(A::<Route>::nat_gateway_id()).within("network"),
            ]
        )),
        Requirement::new(
            "000-NET-8",
            "Replication instances have subnets of their own.",
        )
        .same_as("000-REP-2"),
        Requirement::new(
            "000-NET-12",
            "Names of the datacenter are resolved there, from every attached network.",
        )
        .verified_by(query!(
            transit::names_on_premises_are_resolved,
            MIGRATING,
            [
                removed::<Route53ResolverRule>(),
                removed::<Route53ResolverRuleAssociation>(),
                removed::<Route53ResolverEndpoint>(),
                removed::<SecurityGroup>().within("transit/hub/resolver"),
                removed::<VpcSecurityGroupEgressRule>().within("transit/hub/resolver"),
                weakened(A::<Route53ResolverEndpoint>::ip_address()),
            ]
        )),
        Requirement::new(
            "000-NET-9",
            "What passes through each VPC and each tunnel is logged.",
        )
        .verified_by(shared::network::every_network_logs_what_passes())
        .verified_by(query!(
            transit::tunnels_log_what_happens,
            [
                removed::<CloudwatchLogGroup>().within("transit/hub/vpn"),
                weakened_in(A::<VpnConnection>::tunnel1_log_options(), "log_enabled"),
                weakened_in(A::<VpnConnection>::tunnel2_log_options(), "log_enabled"),
            ]
        )),
    ]
}
