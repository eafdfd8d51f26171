use paymig::aws::{
    Ec2TransitGateway, Ec2TransitGatewayPeeringAttachment,
    Ec2TransitGatewayPeeringAttachmentAccepter, Ec2TransitGatewayRoute,
    Ec2TransitGatewayRouteTable, Ec2TransitGatewayRouteTableAssociation,
    Ec2TransitGatewayRouteTablePropagation, Ec2TransitGatewayVpcAttachment, Eip, InternetGateway,
    LambdaFunction, NatGateway, Route, RouteTable, RouteTableAssociation, Vpc, VpcEndpoint,
    VpcSecurityGroupEgressRule, VpcSecurityGroupIngressRule, data,
};
use paymig::config::Phase;
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::framework::requirement::{MIGRATING, Requirement, SERVING, query};
use crate::queries::{existing_system, internet_ingress, network, programs, regions};
use crate::shared;

/// While the system that is left stands beside the new one.
const BESIDE: &[Phase] = &[Phase::Legacy, Phase::Migration];

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "002-NET-1",
            "There is a VPC in us-east-1 and one in us-east-2. Their address ranges do not overlap.",
        )
        .verified_by(query!(
            regions::a_network_in_each_region,
            [
                removed::<Vpc>(),
                weakened(A::<Vpc>::enable_dns_support()),
                weakened(A::<Vpc>::enable_dns_hostnames()),
            ]
        ))
        .verified_by(shared::network::networks_do_not_overlap())
        .tested("tests/diagnostics/files.rs", "overlapping_blocks_are_shown_together")
        .tested(
            "tests/terraform/systems.rs",
            "two_regions_with_an_existing_vpc_move_through_their_phases",
        ),
        Requirement::new(
            "002-NET-2",
            "Each VPC has private subnets in three Availability Zones, and each tier has the routes that it needs.",
        )
        .verified_by(shared::network::subnets_divide_their_network())
        .verified_by(shared::network::every_tier_spans_three_zones())
        .verified_by(query!(
            network::tiers_have_the_routes_that_they_need,
            [
                removed::<RouteTable>(),
                removed::<RouteTableAssociation>(),
                removed::<Route>().within("network"),
                removed::<NatGateway>(),
                removed::<InternetGateway>(),
                dropped(A::<Route>::nat_gateway_id()).within("network"),
            ]
        ))
        .verified_by(query!(
            network::nat_gateways_are_in_public_subnets,
            [
                removed::<Eip>(),
                redirected(
                    A::<NatGateway>::subnet_id(),
                    "network/primary/subnet/private-a"
                ),
            ]
        )),
        Requirement::new(
            "002-NET-3",
            "A transit gateway in each region connects its networks, and the two are peered.",
        )
        .verified_by(query!(
            regions::networks_are_attached,
            [
                removed::<Ec2TransitGatewayVpcAttachment>().within("transit/primary/attachment/primary"),
                removed::<Ec2TransitGatewayVpcAttachment>().within("transit/secondary"),
                weakened(A::<Ec2TransitGatewayVpcAttachment>::subnet_ids())
                    .within("transit/secondary"),
                removed::<Ec2TransitGatewayRouteTableAssociation>().within("transit/primary/attachment"),
                removed::<Ec2TransitGatewayRouteTableAssociation>().within("transit/secondary/attachment"),
                removed::<Ec2TransitGatewayRouteTablePropagation>(),
            ]
        ))
        .verified_by(query!(
            regions::gateways_are_peered,
            [
                removed::<Ec2TransitGatewayPeeringAttachment>(),
                removed::<Ec2TransitGatewayPeeringAttachmentAccepter>(),
                removed::<Ec2TransitGatewayRouteTableAssociation>().within("transit/primary/peering"),
                removed::<Ec2TransitGateway>(),
                weakened(A::<Ec2TransitGatewayPeeringAttachment>::peer_region()),
                redirected(
                    A::<Ec2TransitGatewayPeeringAttachment>::peer_transit_gateway_id(),
                    "transit/primary/gateway"
                ),
            ]
        ))
        .verified_by(query!(
            regions::peered_gateways_have_routes,
            [
                removed::<Ec2TransitGatewayRoute>(),
                removed::<Ec2TransitGatewayRouteTable>(),
                weakened(A::<Ec2TransitGatewayRoute>::destination_cidr_block()),
                dropped(A::<Ec2TransitGatewayRoute>::transit_gateway_attachment_id()),
            ]
        ))
        .verified_by(query!(
            regions::private_subnets_have_routes_to_the_other_region,
            [
                removed::<Route>().within("transit/primary/peering/secondary/requester/route/primary"),
                removed::<Route>().within("transit/primary/peering/secondary/accepter/route"),
                dropped(A::<Route>::transit_gateway_id())
                    .within("transit/primary/peering/secondary/accepter/route"),
            ]
        ))
        .verified_by(shared::transit::nothing_is_routed_by_default())
        .deviates("docs/deviations.md#transit-gateway-peering","the transit gateways are peered instead of the VPCs: one connection between two networks is one to audit")
        .tested(
            "tests/terraform/systems.rs",
            "two_regions_with_an_existing_vpc_move_through_their_phases",
        ),
        Requirement::new(
            "002-NET-4",
            "The VPC, subnets and security groups of the old system are looked up and connected.",
        )
        .verified_by(query!(
            existing_system::existing_system_is_looked_up,
            BESIDE,
            [
                removed::<data::Vpc>(),
                removed::<data::Subnet>(),
                removed::<data::SecurityGroup>(),
                removed::<data::RouteTable>(),
                dropped(A::<data::SecurityGroup>::vpc_id()),
            ]
        ))
        .verified_by(query!(
            existing_system::existing_network_is_attached,
            BESIDE,
            [
                removed::<Ec2TransitGatewayVpcAttachment>().within("transit/primary/attachment/legacy"),
                removed::<Route>().within("transit/primary/route/legacy"),
                removed::<Route>().within("transit/primary/peering/secondary/requester/route/legacy"),
            ]
        ))
        .verified_by(query!(
            existing_system::existing_security_groups_get_rules,
            MIGRATING,
            [
                removed::<VpcSecurityGroupIngressRule>().within("replication/payments/source"),
                removed::<VpcSecurityGroupEgressRule>().within("replication/payments/clients"),
                removed::<data::SecurityGroup>(),
            ]
        ))
        .tested(
            "tests/terraform/storage.rs",
            "old_security_groups_allow_access_while_both_systems_run",
        ),
        Requirement::new(
            "002-NET-5",
            "Compute runs in private subnets, and inbound connections from the internet end at the load balancers.",
        )
        .verified_by(query!(
            network::functions_run_in_private_subnets,
            SERVING,
            [
                redirected(
                    A::<LambdaFunction>::vpc_config(),
                    "network/primary/subnet/public-a"
                ),
                removed::<NatGateway>().within("network/primary"),
                dropped(A::<LambdaFunction>::vpc_config()),
            ]
        ))
        .verified_by(query!(
            internet_ingress::only_load_balancers_allow_all_addresses,
            [
                weakened(A::<VpcSecurityGroupIngressRule>::cidr_ipv4()),
                weakened(A::<VpcSecurityGroupIngressRule>::referenced_security_group_id()),
                dropped(A::<VpcSecurityGroupIngressRule>::security_group_id()),
            ]
        ))
        .verified_by(shared::network::default_security_groups_have_no_rules())
        .verified_by(query!(
            network::databases_have_no_route_to_the_internet,
            [
                removed::<RouteTableAssociation>().within("network/primary/association/database"),
                removed::<RouteTableAssociation>().within("network/secondary/association/database"),
                redirected(
                    A::<RouteTableAssociation>::route_table_id(),
                    "network/primary/routes/public"
                )
                .within("network/primary/association/database"),
            ]
        )),
        Requirement::new(
            "002-NET-6",
            "Security groups allow each necessary connection on both sides. Calls of tasks to AWS stay inside the network.",
        )
        .verified_by(query!(
            network::rules_exist_on_both_sides,
            SERVING,
            [
                removed::<VpcSecurityGroupIngressRule>().within("service"),
                removed::<VpcSecurityGroupEgressRule>().within("service/payments/primary/balancer"),
                weakened(A::<VpcSecurityGroupIngressRule>::to_port()).within("service"),
            ]
        ))
        .verified_by(query!(
            network::rules_are_unique,
            [redirected(
                A::<VpcSecurityGroupEgressRule>::security_group_id(),
                "runbook/migration/cutover/security-group"
            )
            .within("database/payments/rotation/https")]
        ))
        .verified_by(query!(
            network::functions_may_call_aws_apis,
            [
                removed::<VpcSecurityGroupEgressRule>().within("database/payments/rotation/https"),
                removed::<VpcSecurityGroupEgressRule>().within("runbook/migration/cutover/https"),
            ]
        ))
        .verified_by(query!(
            programs::calls_of_tasks_use_vpc_endpoints,
            [
                removed::<VpcEndpoint>(),
                weakened(A::<VpcEndpoint>::private_dns_enabled()),
                dropped(A::<VpcEndpoint>::route_table_ids()),
                weakened_in(A::<VpcEndpoint>::policy(), "Condition"),
                removed::<VpcSecurityGroupIngressRule>().within("network"),
            ]
        )),
        Requirement::new("002-NET-7", "The traffic of each VPC is logged.").verified_by(shared::network::networks_have_flow_logs()),
    ]
}
