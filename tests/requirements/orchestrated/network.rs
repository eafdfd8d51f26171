use paymig::aws::{
    CloudwatchLogGroup, CustomerGateway, Ec2TransitGatewayRouteTableAssociation,
    Ec2TransitGatewayRouteTablePropagation, Eip, InternetGateway, LambdaFunction, NatGateway,
    Route, Route53ResolverEndpoint, Route53ResolverRule, Route53ResolverRuleAssociation,
    RouteTable, RouteTableAssociation, SecurityGroup, Vpc, VpcEndpoint, VpcSecurityGroupEgressRule,
    VpcSecurityGroupIngressRule, VpnConnection,
};
use paymig::terraform::tree::Argument as A;

use crate::asked;
use crate::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::queries::{network, transit};
use crate::row::{MIGRATING, Row, SERVING, query};

const SYSTEMS: &str = "tests/terraform/systems.rs";
const LIFE: &str = "an_orchestrated_migration_lives_and_leaves";

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "000-NET-1",
            "The system and its migration have a VPC each in us-east-1, and their addresses do not overlap.",
        )
        .holds(query!(
            network::two_networks_in_the_first_region,
            [
                removed::<Vpc>().within("network/production"),
                removed::<Vpc>().within("network/migration"),
                weakened(A::<Vpc>::enable_dns_support()).within("network/production"),
                weakened(A::<Vpc>::enable_dns_hostnames()).within("network/production"),
            ]
        ))
        .holds(asked::network::networks_do_not_overlap())
        .tested(SYSTEMS, LIFE),
        Row::new(
            "000-NET-2",
            "Each VPC is divided into tiers of subnets, each tier over three zones.",
        )
        .holds(asked::network::subnets_divide_their_network())
        .holds(asked::network::every_tier_spans_three_zones()),
        Row::new(
            "000-NET-3",
            "A Transit Gateway joins the VPCs: attached, routed both ways, and nothing by default.",
        )
        .holds(asked::transit::a_gateway_joins_the_networks_of_its_region())
        .holds(asked::transit::nothing_is_routed_by_default())
        .holds(query!(
            transit::every_attachment_is_routed,
            [
                removed::<Ec2TransitGatewayRouteTableAssociation>().within("transit/hub/attachment"),
                removed::<Ec2TransitGatewayRouteTablePropagation>().within("transit/hub/attachment"),
            ]
        ))
        .holds(query!(
            transit::private_subnets_reach_each_other_and_on_premises,
            [
                removed::<Route>().within("transit/hub/route"),
                weakened(A::<Route>::destination_cidr_block()).within("transit/hub/route"),
                dropped(A::<Route>::transit_gateway_id()).within("transit/hub/route"),
            ]
        )),
        Row::new(
            "000-NET-4",
            "The same gateway leads to the datacenter, through encrypted tunnels, and back.",
        )
        .holds(query!(
            transit::on_premises_is_reached_through_the_gateway,
            [
                removed::<VpnConnection>(),
                removed::<CustomerGateway>(),
                dropped(A::<VpnConnection>::transit_gateway_id()),
                removed::<Ec2TransitGatewayRouteTableAssociation>().within("transit/hub/vpn"),
                removed::<Ec2TransitGatewayRouteTablePropagation>().within("transit/hub/vpn"),
            ]
        ))
        .holds(asked::transit::tunnels_use_strong_ciphers())
        .tested(SYSTEMS, LIFE),
        Row::new(
            "000-NET-5",
            "Databases stand in private subnets, with no way to or from the internet.",
        )
        .holds(query!(
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
        Row::new(
            "000-NET-6",
            "What computes runs in private subnets: it may go out, and nobody comes in.",
        )
        .holds(query!(
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
        .holds(asked::network::no_rule_lets_everybody_in())
        .holds(asked::network::default_groups_let_nothing_through()),
        Row::new(
            "000-NET-10",
            "What one group may ask of another is let out and let in; nothing else is.",
        )
        .holds(query!(
            network::rules_between_groups_have_both_halves,
            SERVING,
            [
                removed::<VpcSecurityGroupIngressRule>().within("function"),
                removed::<VpcSecurityGroupEgressRule>().within("function/payments/reach/payments/"),
                weakened(A::<VpcSecurityGroupIngressRule>::to_port()).within("function"),
            ]
        ))
        .holds(query!(
            network::rules_are_said_once,
            [redirected(
                A::<VpcSecurityGroupEgressRule>::security_group_id(),
                "function/payments/security-group"
            )
            .within("database/payments/rotation/https")]
        ))
        .holds(query!(
            network::functions_reach_the_apis_of_aws,
            [removed::<VpcSecurityGroupEgressRule>()
                .within("database/payments/rotation/https")]
        ))
        .holds(query!(
            network::calls_of_aws_stay_inside,
            [
                removed::<VpcEndpoint>(),
                weakened(A::<VpcEndpoint>::private_dns_enabled()),
                dropped(A::<VpcEndpoint>::route_table_ids()),
                weakened_in(A::<VpcEndpoint>::policy(), "Condition"),
                removed::<VpcSecurityGroupIngressRule>().within("network"),
            ]
        )),
        Row::new(
            "000-NET-7",
            "Public subnets hold the NAT gateways, each with an address of its own.",
        )
        .holds(query!(
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
        Row::new(
            "000-NET-11",
            "Each tier has the ways that it needs, and no other.",
        )
        .holds(query!(
            network::every_tier_has_the_ways_that_it_needs,
            [
                removed::<RouteTable>(),
                removed::<RouteTableAssociation>(),
                removed::<Route>().within("network"),
                removed::<NatGateway>(),
                dropped(A::<Route>::nat_gateway_id()).within("network"),
            ]
        )),
        Row::new(
            "000-NET-8",
            "Replication instances have subnets of their own.",
        )
        .see("000-REP-2"),
        Row::new(
            "000-NET-12",
            "Names of the datacenter are resolved there, from every attached network.",
        )
        .holds(query!(
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
        Row::new(
            "000-NET-9",
            "What passes through each VPC and each tunnel is logged.",
        )
        .holds(asked::network::every_network_logs_what_passes())
        .holds(query!(
            transit::tunnels_log_what_happens,
            [
                removed::<CloudwatchLogGroup>().within("transit/hub/vpn"),
                weakened_in(A::<VpnConnection>::tunnel1_log_options(), "log_enabled"),
                weakened_in(A::<VpnConnection>::tunnel2_log_options(), "log_enabled"),
            ]
        )),
    ]
}
