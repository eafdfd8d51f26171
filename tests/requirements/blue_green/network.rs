use paymig::aws::{
    IamRolePolicy, LambdaFunction, Lb, NatGateway, Route, RouteTable, RouteTableAssociation,
    Subnet, VpcEndpoint, VpcSecurityGroupEgressRule, VpcSecurityGroupIngressRule,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::framework::requirement::{Requirement, SERVING, query};
use crate::queries::{endpoints, network, single_network};
use crate::shared;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "004-NET-1",
            "One VPC in us-east-1 spans three Availability Zones.",
        )
        .verified_by(shared::single_network::one_network_in_us_east_1())
        .verified_by(shared::network::every_tier_spans_three_zones()),
        Requirement::new(
            "004-NET-2",
            "Each Availability Zone has a public, a private and a database subnet: nine subnets, which do not overlap.",
        )
        .verified_by(query!(
            single_network::three_tiers_of_three_subnets,
            [
                removed::<Subnet>(),
                removed::<Route>(),
                removed::<RouteTable>(),
                removed::<RouteTableAssociation>(),
            ]
        ))
        .verified_by(shared::network::subnets_divide_their_network()),
        Requirement::new(
            "004-NET-3",
            "The public subnets have a route to the internet, and contain the NAT gateway of each Availability Zone.",
        )
        .verified_by(shared::network::nat_gateways_are_in_public_subnets())
        .verified_by(shared::single_network::zones_have_a_nat_gateway_each())
        .deviates("docs/deviations.md#private-load-balancer","the load balancer is in private subnets, by 004-NET-4; public subnets contain none"),
        Requirement::new(
            "004-NET-4",
            "Load balancers are in private subnets, and clients reach them through the API only.",
        )
        .verified_by(query!(
            single_network::load_balancers_are_in_private_subnets,
            [
                removed::<Lb>().at_once(),
                weakened(A::<Lb>::internal()),
                redirected(A::<Lb>::subnets(), "network/main/subnet/public-a"),
            ]
        ))
        .same_as("004-API-3"),
        Requirement::new(
            "004-NET-5",
            "Functions run in private subnets: outbound connections are possible, inbound connections from the internet are not.",
        )
        .verified_by(query!(
            network::functions_run_in_private_subnets,
            [
                redirected(
                    A::<LambdaFunction>::vpc_config(),
                    "network/main/subnet/public-a"
                ),
                removed::<RouteTableAssociation>().within("network/main/association/private"),
                removed::<NatGateway>(),
                dropped(A::<LambdaFunction>::vpc_config()),
            ]
        ))
        .verified_by(query!(
            network::tiers_have_the_routes_that_they_need,
            [
                removed::<RouteTable>(),
                removed::<Route>(),
                dropped(A::<Route>::nat_gateway_id()),
            ]
        )),
        Requirement::new(
            "004-NET-6",
            "Databases have subnets of their own, without a route to or from the internet. Security group rules name each client.",
        )
        .verified_by(query!(
            network::databases_have_no_route_to_the_internet,
            [
                removed::<RouteTableAssociation>().within("network/main/association/database"),
                redirected(
                    A::<RouteTableAssociation>::route_table_id(),
                    "network/main/routes/private-a"
                )
                .within("network/main/association/database"),
            ]
        ))
        .verified_by(query!(
            single_network::databases_have_subnets_of_their_own,
            [
                redirected(
                    A::<LambdaFunction>::vpc_config(),
                    "network/main/subnet/database-a"
                ),
                redirected(
                    A::<paymig::aws::DbSubnetGroup>::subnet_ids(),
                    "network/main/subnet/private-a"
                ),
            ]
        ))
        .verified_by(shared::network::no_rule_allows_all_addresses())
        .verified_by(query!(
            network::rules_exist_on_both_sides,
            SERVING,
            [
                removed::<VpcSecurityGroupIngressRule>().within("function"),
                removed::<VpcSecurityGroupEgressRule>().within("function/transaction/egress"),
                removed::<VpcSecurityGroupIngressRule>().within("api/payments/link"),
                weakened(A::<VpcSecurityGroupIngressRule>::to_port()).within("function"),
            ]
        ))
        .verified_by(query!(
            network::rules_are_unique,
            [redirected(
                A::<VpcSecurityGroupEgressRule>::security_group_id(),
                "function/fraud/security-group"
            )
            .within("database/payments/rotation/https")]
        ))
        .verified_by(shared::network::default_security_groups_have_no_rules()),
        Requirement::new(
            "004-NET-7",
            "Calls of functions to the APIs of AWS stay inside the network.",
        )
        .verified_by(query!(
            endpoints::calls_of_functions_use_vpc_endpoints,
            [
                removed::<VpcEndpoint>(),
                weakened(A::<VpcEndpoint>::private_dns_enabled()),
                dropped(A::<VpcEndpoint>::route_table_ids()),
                weakened_in(A::<VpcEndpoint>::policy(), "Condition"),
                removed::<VpcSecurityGroupIngressRule>().within("network"),
                removed::<IamRolePolicy>().within("function"),
            ]
        ))
        .verified_by(query!(
            network::functions_may_call_aws_apis,
            [
                removed::<VpcSecurityGroupEgressRule>().within("function/fraud/https"),
                removed::<VpcSecurityGroupEgressRule>().within("database/payments/rotation/https"),
            ]
        )),
        Requirement::new("004-NET-8", "The traffic of the VPC is logged.").verified_by(shared::network::networks_have_flow_logs()),
    ]
}
