use paymig::aws::{
    CloudwatchLogGroup, CustomerGateway, Ec2TransitGatewayRouteTable,
    Ec2TransitGatewayRouteTableAssociation, Ec2TransitGatewayRouteTablePropagation, FlowLog,
    IamRole, InternetGateway, Lb, LbListener, NatGateway, Route, RouteTable, RouteTableAssociation,
    Subnet, Vpc, VpcEndpoint, VpcSecurityGroupEgressRule, VpcSecurityGroupIngressRule,
    VpnConnection,
};
use paymig::terraform::tree::Argument as A;

use super::{LIFE, SYSTEMS};
use crate::framework::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::framework::requirement::{Requirement, SERVING, query};
use crate::queries::{balancers, connectivity, network, transit};
use crate::shared;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "001-NET-1",
            "One VPC, 10.0.0.0/16, has six subnets: a public and a private one in each of three Availability Zones.",
        )
        .deviates("docs/deviations.md#blocks-of-environments", "the environments `legacy` and `production` have 10.16.0.0/16 and 10.32.0.0/16")
        .verified_by(query!(
            connectivity::one_network_of_six_subnets,
            [
                removed::<Vpc>(),
                removed::<Subnet>(),
                weakened(A::<Vpc>::cidr_block()),
                weakened(A::<Vpc>::enable_dns_support()),
                weakened(A::<Vpc>::enable_dns_hostnames()),
            ]
        ))
        .verified_by(shared::network::subnets_divide_their_network())
        .verified_by(shared::network::every_tier_spans_three_zones())
        .tested(SYSTEMS, LIFE),
        Requirement::new(
            "001-NET-2",
            "The tiers are separate: web in public subnets, application and data in private ones. Each tier has security groups of its own.",
        )
        .deviates("docs/deviations.md#tiers-of-six-subnets","six subnets in three Availability Zones are two tiers; security groups separate the data tier, and `--set network.main.tiers.database=10.0.32.0/20` adds subnets for it")
        .verified_by(query!(
            balancers::load_balancers_are_in_public_subnets,
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
        .verified_by(query!(
            network::rules_exist_on_both_sides,
            SERVING,
            [
                removed::<VpcSecurityGroupIngressRule>().within("function"),
                removed::<VpcSecurityGroupIngressRule>().within("service"),
                removed::<VpcSecurityGroupEgressRule>().within("service/tasks/main/egress/payments/"),
                removed::<VpcSecurityGroupEgressRule>().within("service/tasks/main/balancer"),
                removed::<VpcSecurityGroupEgressRule>()
                    .within("database/payments/rotation/egress/database"),
                weakened(A::<VpcSecurityGroupIngressRule>::to_port()).within("function"),
            ]
        ))
        .verified_by(query!(
            balancers::internet_reaches_load_balancers_only,
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
        .verified_by(query!(
            network::rules_are_unique,
            [redirected(
                A::<VpcSecurityGroupEgressRule>::security_group_id(),
                "function/payments/blue/security-group"
            )
            .within("database/payments/rotation/https")]
        ))
        .verified_by(shared::network::default_security_groups_have_no_rules()),
        Requirement::new(
            "001-NET-3",
            "Private subnets have a NAT gateway in their own Availability Zone.",
        )
        .verified_by(query!(
            connectivity::zones_have_nat_gateways_of_their_own,
            [removed::<NatGateway>()]
        ))
        .verified_by(shared::network::nat_gateways_are_in_public_subnets())
        .verified_by(query!(
            network::tiers_have_the_routes_that_they_need,
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
        .verified_by(query!(
            network::functions_may_call_aws_apis,
            [
                removed::<VpcSecurityGroupEgressRule>().within("database/payments/rotation/https"),
                removed::<VpcSecurityGroupEgressRule>().within("function/payments/blue/https"),
                removed::<VpcSecurityGroupEgressRule>().within("function/payments/green/https"),
                removed::<VpcSecurityGroupEgressRule>().within("runbook/migration/cutover/https"),
                removed::<VpcSecurityGroupEgressRule>().within("runbook/migration/validation/https"),
            ]
        ))
        .verified_by(query!(
            connectivity::calls_for_objects_use_a_vpc_endpoint,
            [
                removed::<VpcEndpoint>(),
                dropped(A::<VpcEndpoint>::route_table_ids()),
                weakened(A::<VpcEndpoint>::service_name()),
                weakened_in(A::<VpcEndpoint>::policy(), "Condition"),
            ]
        )),
        Requirement::new(
            "001-NET-4",
            "Migrated and future components are in us-east-2.",
        )
        .verified_by(query!(
            connectivity::resources_are_in_us_east_2,
            SERVING,
            [removed::<Vpc>(), removed::<Lb>()]
        )),
        Requirement::new(
            "001-NET-5",
            "The datacenter is reached through encrypted VPN tunnels, and its DNS names are resolved by its name servers.",
        )
        .verified_by(shared::transit::gateway_connects_the_networks_of_its_region())
        .verified_by(shared::transit::nothing_is_routed_by_default())
        .verified_by(query!(
            transit::attachments_have_routes,
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
        .verified_by(query!(
            connectivity::private_subnets_have_routes_to_the_datacenter,
            [
                removed::<Route>().within("transit/datacenter/route"),
                weakened(A::<Route>::destination_cidr_block()).within("transit/datacenter/route"),
                dropped(A::<Route>::transit_gateway_id()).within("transit/datacenter/route"),
                redirected(A::<Route>::route_table_id(), "network/main/routes/public")
                    .within("transit/datacenter/route"),
            ]
        ))
        .verified_by(query!(
            connectivity::datacenter_addresses_do_not_overlap,
            [
                weakened(A::<Vpc>::cidr_block()),
                weakened(A::<Route>::destination_cidr_block())
                    .within("transit/datacenter/route/main/private-a"),
            ]
        ))
        .verified_by(query!(
            transit::on_premises_is_reached_through_the_gateway,
            [
                removed::<VpnConnection>(),
                removed::<CustomerGateway>(),
                dropped(A::<CustomerGateway>::device_name()),
                dropped(A::<VpnConnection>::transit_gateway_id()),
                removed::<Ec2TransitGatewayRouteTableAssociation>()
                    .within("transit/datacenter/vpn"),
                removed::<Ec2TransitGatewayRouteTablePropagation>()
                    .within("transit/datacenter/vpn"),
            ]
        ))
        .verified_by(shared::transit::tunnels_use_strong_ciphers())
        .verified_by(shared::transit::on_premises_names_are_resolved())
        .verified_by(query!(
            transit::tunnels_have_logs,
            [
                removed::<CloudwatchLogGroup>().within("transit/datacenter/vpn"),
                weakened_in(A::<VpnConnection>::tunnel1_log_options(), "log_enabled"),
                weakened_in(A::<VpnConnection>::tunnel2_log_options(), "log_enabled"),
            ]
        )),
        Requirement::new("001-NET-6", "The traffic of the VPC is logged.").verified_by(query!(
            network::networks_have_flow_logs,
            [
                removed::<FlowLog>(),
                removed::<CloudwatchLogGroup>().within("network/main/flow-logs"),
                weakened(A::<FlowLog>::traffic_type()),
                weakened(A::<FlowLog>::log_destination()),
            ]
        ))
        .verified_by(query!(
            connectivity::flow_logs_may_be_written,
            [
                removed::<IamRole>().within("network/main/flow-logs"),
                dropped(A::<FlowLog>::iam_role_arn()),
            ]
        )),
    ]
}
