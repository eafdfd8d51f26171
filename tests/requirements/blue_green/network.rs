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
            "One VPC in us-east-1, over three availability zones.",
        )
        .verified_by(shared::single_network::one_network_in_us_east_1())
        .verified_by(shared::network::every_tier_spans_three_zones()),
        Requirement::new(
            "004-NET-2",
            "Each zone has a public subnet, a private one and one for databases: nine, apart from each other.",
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
            "The public subnets stand ready for what callers reach: they lead to the internet, and hold the NAT gateway of each zone.",
        )
        .verified_by(shared::network::address_translation_stands_in_public_subnets())
        .verified_by(shared::single_network::every_zone_translates_addresses_itself())
        .deviates("the load balancer stands in private subnets, as 004-NET-4 asks; public subnets hold none"),
        Requirement::new(
            "004-NET-4",
            "Load balancers stand in private subnets, and callers come by the API alone.",
        )
        .verified_by(query!(
            single_network::balancers_stand_in_private_subnets,
            [
                removed::<Lb>().at_once(),
                weakened(A::<Lb>::internal()),
                redirected(A::<Lb>::subnets(), "network/main/subnet/public-a"),
            ]
        ))
        .same_as("004-API-3"),
        Requirement::new(
            "004-NET-5",
            "What computes runs in private subnets: it may go out, and nobody comes in.",
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
            ]
        ))
        .verified_by(query!(
            network::every_tier_has_the_ways_that_it_needs,
            [
                removed::<RouteTable>(),
                removed::<Route>(),
                dropped(A::<Route>::nat_gateway_id()),
            ]
        )),
        Requirement::new(
            "004-NET-6",
            "Databases have subnets of their own, with no way to or from the internet, and are let in to from groups that are named.",
        )
        .verified_by(query!(
            network::databases_have_no_way_to_the_internet,
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
        .verified_by(shared::network::no_rule_lets_everybody_in())
        .verified_by(query!(
            network::rules_between_groups_have_both_halves,
            SERVING,
            [
                removed::<VpcSecurityGroupIngressRule>().within("function"),
                removed::<VpcSecurityGroupEgressRule>().within("function/transaction/egress"),
                removed::<VpcSecurityGroupIngressRule>().within("api/payments/link"),
                weakened(A::<VpcSecurityGroupIngressRule>::to_port()).within("function"),
            ]
        ))
        .verified_by(query!(
            network::rules_are_said_once,
            [redirected(
                A::<VpcSecurityGroupEgressRule>::security_group_id(),
                "function/fraud/security-group"
            )
            .within("database/payments/rotation/https")]
        ))
        .verified_by(shared::network::default_groups_let_nothing_through()),
        Requirement::new(
            "004-NET-7",
            "Functions call AWS's APIs without leaving the network.",
        )
        .verified_by(query!(
            endpoints::what_functions_may_call_is_reached_inside,
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
            network::functions_reach_the_apis_of_aws,
            [
                removed::<VpcSecurityGroupEgressRule>().within("function/fraud/https"),
                removed::<VpcSecurityGroupEgressRule>().within("database/payments/rotation/https"),
            ]
        )),
        Requirement::new("004-NET-8", "What passes through the VPC is logged.").verified_by(shared::network::every_network_logs_what_passes()),
    ]
}
