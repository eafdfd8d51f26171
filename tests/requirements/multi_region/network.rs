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
            "There is a VPC in us-east-1 and one in us-east-2, and their addresses do not overlap.",
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
            "two_regions_with_an_existing_vpc_apply_and_are_destroyed",
        ),
        Requirement::new(
            "002-NET-2",
            "Each VPC has private subnets in three zones, and each tier the ways that it needs.",
        )
        .verified_by(shared::network::subnets_divide_their_network())
        .verified_by(shared::network::every_tier_spans_three_zones())
        .verified_by(query!(
            network::every_tier_has_the_ways_that_it_needs,
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
            network::address_translation_stands_in_public_subnets,
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
            "A Transit Gateway in each region joins what is there, and the two are peered.",
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
            regions::gateways_lead_across,
            [
                removed::<Ec2TransitGatewayRoute>(),
                removed::<Ec2TransitGatewayRouteTable>(),
                weakened(A::<Ec2TransitGatewayRoute>::destination_cidr_block()),
                dropped(A::<Ec2TransitGatewayRoute>::transit_gateway_attachment_id()),
            ]
        ))
        .verified_by(query!(
            regions::private_subnets_reach_the_other_region,
            [
                removed::<Route>().within("transit/primary/peering/secondary/requester/route/primary"),
                removed::<Route>().within("transit/primary/peering/secondary/accepter/route"),
                dropped(A::<Route>::transit_gateway_id())
                    .within("transit/primary/peering/secondary/accepter/route"),
            ]
        ))
        .verified_by(shared::transit::nothing_is_routed_by_default())
        .deviates("the gateways are peered, and not the VPCs beside them: one way between two networks is one to audit")
        .tested(
            "tests/terraform/harness.rs",
            "transit_across_regions_applies_replans_empty_and_is_destroyed",
        ),
        Requirement::new(
            "002-NET-4",
            "What stands of the old system, its network, subnets and security groups, is looked up and joined.",
        )
        .verified_by(query!(
            existing_system::what_stands_is_looked_up,
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
            existing_system::what_stands_is_joined,
            BESIDE,
            [
                removed::<Ec2TransitGatewayVpcAttachment>().within("transit/primary/attachment/legacy"),
                removed::<Route>().within("transit/primary/route/legacy"),
                removed::<Route>().within("transit/primary/peering/secondary/requester/route/legacy"),
            ]
        ))
        .verified_by(query!(
            existing_system::what_stands_is_opened,
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
            "What computes runs in private subnets, and nobody comes in but by the load balancers.",
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
            ]
        ))
        .verified_by(query!(
            internet_ingress::only_entrances_let_everybody_in,
            [
                weakened(A::<VpcSecurityGroupIngressRule>::cidr_ipv4()),
                weakened(A::<VpcSecurityGroupIngressRule>::referenced_security_group_id()),
                dropped(A::<VpcSecurityGroupIngressRule>::security_group_id()),
            ]
        ))
        .verified_by(shared::network::default_groups_let_nothing_through())
        .verified_by(query!(
            network::databases_have_no_way_to_the_internet,
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
            "What one group may ask of another is let out and let in; what tasks need of AWS stays inside.",
        )
        .verified_by(query!(
            network::rules_between_groups_have_both_halves,
            SERVING,
            [
                removed::<VpcSecurityGroupIngressRule>().within("service"),
                removed::<VpcSecurityGroupEgressRule>().within("service/payments/primary/balancer"),
                weakened(A::<VpcSecurityGroupIngressRule>::to_port()).within("service"),
            ]
        ))
        .verified_by(query!(
            network::rules_are_said_once,
            [redirected(
                A::<VpcSecurityGroupEgressRule>::security_group_id(),
                "runbook/migration/cutover/security-group"
            )
            .within("database/payments/rotation/https")]
        ))
        .verified_by(query!(
            network::functions_reach_the_apis_of_aws,
            [
                removed::<VpcSecurityGroupEgressRule>().within("database/payments/rotation/https"),
                removed::<VpcSecurityGroupEgressRule>().within("runbook/migration/cutover/https"),
            ]
        ))
        .verified_by(query!(
            programs::what_tasks_need_is_reached_inside,
            [
                removed::<VpcEndpoint>(),
                weakened(A::<VpcEndpoint>::private_dns_enabled()),
                dropped(A::<VpcEndpoint>::route_table_ids()),
                weakened_in(A::<VpcEndpoint>::policy(), "Condition"),
                removed::<VpcSecurityGroupIngressRule>().within("network"),
            ]
        )),
        Requirement::new("002-NET-7", "What passes through each VPC is logged.").verified_by(shared::network::every_network_logs_what_passes()),
    ]
}
