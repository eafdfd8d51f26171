use paymig::aws::{
    CloudwatchLogGroup, CustomerGateway, Ec2TransitGatewayRouteTable,
    Ec2TransitGatewayRouteTableAssociation, Ec2TransitGatewayRouteTablePropagation, FlowLog,
    IamRole, InternetGateway, Lb, LbListener, NatGateway, Route, RouteTable, RouteTableAssociation,
    Subnet, Vpc, VpcEndpoint, VpcSecurityGroupEgressRule, VpcSecurityGroupIngressRule,
    VpnConnection,
};
use paymig::terraform::tree::Argument as A;

use super::{LIFE, SYSTEMS};
use crate::asked;
use crate::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::queries::{balancers, network, reach, transit};
use crate::row::{Row, SERVING, query};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "001-NET-1",
            "One VPC, 10.0.0.0/16, has six subnets: a public and a private one in each of three zones.",
        )
        .holds(query!(
            reach::one_network_of_six_subnets,
            [
                removed::<Vpc>(),
                removed::<Subnet>(),
                weakened(A::<Vpc>::cidr_block()),
                weakened(A::<Vpc>::enable_dns_support()),
                weakened(A::<Vpc>::enable_dns_hostnames()),
            ]
        ))
        .holds(asked::network::subnets_divide_their_network())
        .holds(asked::network::every_tier_spans_three_zones())
        .tested(SYSTEMS, LIFE),
        Row::new(
            "001-NET-2",
            "The tiers are apart: web in public subnets; application and data in private ones, each behind security groups of its own.",
        )
        .departs("six subnets in three zones leave room for two tiers of subnets: groups keep data apart, and `--set network.main.tiers.database=10.0.32.0/20` gives it subnets")
        .holds(query!(
            balancers::balancers_stand_in_public_subnets,
            [
                redirected(
                    A::<Lb>::subnets(),
                    "network/main/subnet/private-a"
                ),
                weakened(A::<Lb>::internal()),
                removed::<LbListener>(),
                removed::<VpcSecurityGroupIngressRule>().within("balancer/main"),
                removed::<InternetGateway>(),
            ]
        ))
        .holds(query!(
            network::rules_between_groups_have_both_halves,
            SERVING,
            [
                removed::<VpcSecurityGroupIngressRule>().within("function"),
                removed::<VpcSecurityGroupIngressRule>().within("service"),
                removed::<VpcSecurityGroupEgressRule>().within("service/tasks/main/reach/payments/"),
                removed::<VpcSecurityGroupEgressRule>().within("service/tasks/main/balancer"),
                removed::<VpcSecurityGroupEgressRule>()
                    .within("database/payments/rotation/reach/database"),
                weakened(A::<VpcSecurityGroupIngressRule>::to_port()).within("function"),
            ]
        ))
        .holds(query!(
            balancers::the_internet_reaches_balancers_alone,
            [
                weakened(A::<VpcSecurityGroupIngressRule>::cidr_ipv4()),
                weakened(A::<VpcSecurityGroupIngressRule>::to_port()).within("balancer"),
                dropped(A::<VpcSecurityGroupIngressRule>::from_port()).within("balancer"),
                weakened(A::<VpcSecurityGroupIngressRule>::referenced_security_group_id()),
                dropped(A::<VpcSecurityGroupIngressRule>::security_group_id()),
                redirected(
                    A::<VpcSecurityGroupIngressRule>::security_group_id(),
                    "database/payments/primary/security-group"
                )
                .within("balancer"),
            ]
        ))
        .holds(query!(
            network::rules_are_said_once,
            [redirected(
                A::<VpcSecurityGroupEgressRule>::security_group_id(),
                "function/payments/blue/security-group"
            )
            .within("database/payments/rotation/https")]
        ))
        .holds(asked::network::default_groups_let_nothing_through()),
        Row::new(
            "001-NET-3",
            "What is private goes out through address translation, in each zone of its own.",
        )
        .holds(query!(
            reach::every_zone_has_a_way_out_of_its_own,
            [removed::<NatGateway>()]
        ))
        .holds(asked::network::address_translation_stands_in_public_subnets())
        .holds(query!(
            network::every_tier_has_the_ways_that_it_needs,
            [
                removed::<RouteTable>(),
                removed::<RouteTableAssociation>(),
                removed::<Route>().within("network"),
                removed::<NatGateway>(),
                dropped(A::<Route>::nat_gateway_id()).within("network/main/route/private"),
                redirected(
                    A::<RouteTableAssociation>::route_table_id(),
                    "network/main/routes/public"
                )
                .within("network/main/association/private"),
            ]
        ))
        .holds(query!(
            network::functions_reach_the_apis_of_aws,
            [
                removed::<VpcSecurityGroupEgressRule>().within("database/payments/rotation/https"),
                removed::<VpcSecurityGroupEgressRule>().within("function/payments/blue/https"),
                removed::<VpcSecurityGroupEgressRule>().within("function/payments/green/https"),
                removed::<VpcSecurityGroupEgressRule>().within("runbook/migration/cutover/https"),
                removed::<VpcSecurityGroupEgressRule>().within("runbook/migration/validation/https"),
            ]
        ))
        .holds(query!(
            reach::objects_are_reached_inside,
            [
                removed::<VpcEndpoint>(),
                dropped(A::<VpcEndpoint>::route_table_ids()),
                weakened(A::<VpcEndpoint>::service_name()),
                weakened_in(A::<VpcEndpoint>::policy(), "Condition"),
            ]
        )),
        Row::new(
            "001-NET-4",
            "What moved and what moves next is found in us-east-2.",
        )
        .holds(query!(
            reach::everything_runs_in_ohio,
            SERVING,
            [removed::<Vpc>(), removed::<Lb>()]
        )),
        Row::new(
            "001-NET-5",
            "The datacenter is reached privately, through encrypted tunnels, and its names are resolved there.",
        )
        .holds(asked::transit::a_gateway_joins_the_networks_of_its_region())
        .holds(asked::transit::nothing_is_routed_by_default())
        .holds(query!(
            transit::every_attachment_is_routed,
            [
                removed::<Ec2TransitGatewayRouteTable>(),
                removed::<Ec2TransitGatewayRouteTableAssociation>()
                    .within("transit/datacenter/attachment"),
                removed::<Ec2TransitGatewayRouteTablePropagation>()
                    .within("transit/datacenter/attachment"),
                removed::<Ec2TransitGatewayRouteTablePropagation>()
                    .within("transit/datacenter/on-premises"),
            ]
        ))
        .holds(query!(
            reach::private_subnets_reach_the_datacenter,
            [
                removed::<Route>().within("transit/datacenter/route"),
                weakened(A::<Route>::destination_cidr_block()).within("transit/datacenter/route"),
                dropped(A::<Route>::transit_gateway_id()).within("transit/datacenter/route"),
                redirected(A::<Route>::route_table_id(), "network/main/routes/public")
                    .within("transit/datacenter/route"),
            ]
        ))
        .holds(query!(
            reach::the_datacenter_is_elsewhere,
            [
                weakened(A::<Vpc>::cidr_block()),
                weakened(A::<Route>::destination_cidr_block())
                    .within("transit/datacenter/route/main/private-a"),
            ]
        ))
        .holds(query!(
            transit::on_premises_is_reached_through_the_gateway,
            [
                removed::<VpnConnection>(),
                removed::<CustomerGateway>(),
                dropped(A::<VpnConnection>::transit_gateway_id()),
                removed::<Ec2TransitGatewayRouteTableAssociation>()
                    .within("transit/datacenter/vpn"),
                removed::<Ec2TransitGatewayRouteTablePropagation>()
                    .within("transit/datacenter/vpn"),
            ]
        ))
        .holds(asked::transit::tunnels_use_strong_ciphers())
        .holds(asked::transit::names_on_premises_are_resolved())
        .holds(query!(
            transit::tunnels_log_what_happens,
            [
                removed::<CloudwatchLogGroup>().within("transit/datacenter/vpn"),
                weakened_in(A::<VpnConnection>::tunnel1_log_options(), "log_enabled"),
                weakened_in(A::<VpnConnection>::tunnel2_log_options(), "log_enabled"),
            ]
        )),
        Row::new("001-NET-6", "What passes through the VPC is logged.").holds(query!(
            network::every_network_logs_what_passes,
            [
                removed::<FlowLog>(),
                removed::<CloudwatchLogGroup>().within("network/main/flow-logs"),
                weakened(A::<FlowLog>::traffic_type()),
                weakened(A::<FlowLog>::log_destination()),
            ]
        ))
        .holds(query!(
            reach::flow_logs_may_be_written,
            [
                removed::<IamRole>().within("network/main/flow-logs"),
                dropped(A::<FlowLog>::iam_role_arn()),
            ]
        )),
    ]
}
