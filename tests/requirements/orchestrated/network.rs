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
use crate::queries::{endpoints, network, transit};
use crate::shared;

const SYSTEMS: &str = "tests/terraform/systems.rs";
const LIFE: &str = "orchestrated_migration_moves_through_its_phases";

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "000-NET-1",
            "The payment system and its migration each have a VPC in us-east-1. The address ranges do not overlap.",
        )
        .verified_by(query!(
            network::primary_region_has_two_networks,
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
            "Each VPC is divided into tiers of subnets. Each tier spans three Availability Zones.",
        )
        .verified_by(shared::network::subnets_divide_their_network())
        .verified_by(shared::network::every_tier_spans_three_zones()),
        Requirement::new(
            "000-NET-3",
            "A transit gateway connects the VPCs. Both are attached, routes exist in both directions, and nothing is routed by default.",
        )
        .verified_by(shared::transit::gateway_connects_the_networks_of_its_region())
        .verified_by(shared::transit::nothing_is_routed_by_default())
        .verified_by(query!(
            transit::attachments_have_routes,
            [
                removed::<Ec2TransitGatewayRouteTableAssociation>().within("transit/hub/attachment"),
                removed::<Ec2TransitGatewayRouteTablePropagation>().within("transit/hub/attachment"),
            ]
        ))
        .verified_by(query!(
            transit::private_subnets_have_routes_to_networks_and_on_premises,
            [
                removed::<Route>().within("transit/hub/route"),
                weakened(A::<Route>::destination_cidr_block()).within("transit/hub/route"),
                dropped(A::<Route>::transit_gateway_id()).within("transit/hub/route"),
            ]
        )),
        Requirement::new(
            "000-NET-4",
            "The same transit gateway connects the VPCs and the datacenter through encrypted VPN tunnels, in both directions.",
        )
        .verified_by(query!(
            transit::on_premises_is_reached_through_the_gateway,
            [
                removed::<VpnConnection>(),
                removed::<CustomerGateway>(),
                dropped(A::<CustomerGateway>::device_name()),
                dropped(A::<VpnConnection>::transit_gateway_id()),
                removed::<Ec2TransitGatewayRouteTableAssociation>().within("transit/hub/vpn"),
                removed::<Ec2TransitGatewayRouteTablePropagation>().within("transit/hub/vpn"),
            ]
        ))
        .verified_by(shared::transit::tunnels_use_strong_ciphers())
        .tested(SYSTEMS, LIFE),
        Requirement::new(
            "000-NET-5",
            "Databases are in private subnets, without a route to or from the internet.",
        )
        .verified_by(query!(
            network::databases_have_no_route_to_the_internet,
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
            "Functions run in private subnets: outbound connections are possible, inbound connections from the internet are not.",
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
                dropped(A::<LambdaFunction>::vpc_config()),
                removed::<NatGateway>().within("network/production"),
            ]
        ))
        .verified_by(shared::network::no_rule_allows_all_addresses())
        .verified_by(shared::network::default_security_groups_have_no_rules()),
        Requirement::new(
            "000-NET-10",
            "Security groups allow each necessary connection on both sides, and no other connection.",
        )
        .verified_by(query!(
            network::rules_exist_on_both_sides,
            SERVING,
            [
                removed::<VpcSecurityGroupIngressRule>().within("function"),
                removed::<VpcSecurityGroupEgressRule>().within("function/payments/egress/payments/"),
                weakened(A::<VpcSecurityGroupIngressRule>::to_port()).within("function"),
            ]
        ))
        .verified_by(query!(
            network::rules_are_unique,
            [redirected(
                A::<VpcSecurityGroupEgressRule>::security_group_id(),
                "function/payments/security-group"
            )
            .within("database/payments/rotation/https")]
        ))
        .verified_by(query!(
            network::functions_may_call_aws_apis,
            [removed::<VpcSecurityGroupEgressRule>()
                .within("database/payments/rotation/https")]
        ))
        .verified_by(query!(
            endpoints::functions_behind_one_nat_gateway_use_vpc_endpoints,
            MIGRATING,
            [
                removed::<VpcEndpoint>().within("network/migration"),
                weakened(A::<VpcEndpoint>::private_dns_enabled()).within("network/migration"),
                weakened_in(A::<VpcEndpoint>::policy(), "Condition").within("network/migration"),
            ]
        ))
        .verified_by(query!(
            network::calls_of_aws_apis_use_vpc_endpoints,
            [
                removed::<VpcEndpoint>().within("network/production"),
                weakened(A::<VpcEndpoint>::private_dns_enabled()).within("network/production"),
                dropped(A::<VpcEndpoint>::route_table_ids()),
                weakened_in(A::<VpcEndpoint>::policy(), "Condition").within("network/production"),
                removed::<VpcSecurityGroupIngressRule>().within("network"),
            ]
        )),
        Requirement::new(
            "000-NET-7",
            "The NAT gateways are in public subnets. Each has an Elastic IP address.",
        )
        .verified_by(query!(
            network::nat_gateways_are_in_public_subnets,
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
            "Each tier has the routes that it needs, and no other.",
        )
        .verified_by(query!(
            network::tiers_have_the_routes_that_they_need,
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
            "Replication instances have a tier of subnets of their own.",
        )
        .same_as("000-REP-2"),
        Requirement::new(
            "000-NET-12",
            "DNS names of the datacenter are resolved by its name servers, from every attached VPC.",
        )
        .verified_by(query!(
            transit::on_premises_names_are_resolved,
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
            "The traffic of each VPC and the events of each VPN tunnel are logged.",
        )
        .verified_by(shared::network::networks_have_flow_logs())
        .verified_by(query!(
            transit::tunnels_have_logs,
            [
                removed::<CloudwatchLogGroup>().within("transit/hub/vpn"),
                weakened_in(A::<VpnConnection>::tunnel1_log_options(), "log_enabled"),
                weakened_in(A::<VpnConnection>::tunnel2_log_options(), "log_enabled"),
            ]
        )),
    ]
}
