use paymig::aws::{
    Ec2TransitGatewayRouteTable, Ec2TransitGatewayRouteTableAssociation,
    Ec2TransitGatewayRouteTablePropagation, Ec2TransitGatewayVpcAttachment, Route, RouteTable,
    RouteTableAssociation, Subnet, VpcEndpoint, VpcSecurityGroupEgressRule,
    VpcSecurityGroupIngressRule, data,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::framework::requirement::{MIGRATING, Requirement, query};
use crate::queries::{endpoints, existing_resources, network, public_endpoints, single_network};
use crate::shared;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new("003-NET-1", "One VPC in us-east-1 spans three Availability Zones.")
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
            "The VPN to the datacenter exists already: it is looked up, not created.",
        )
        .verified_by(query!(
            existing_resources::existing_vpn_is_looked_up,
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
            existing_resources::network_is_attached_to_the_existing_gateway,
            [
                removed::<Ec2TransitGatewayVpcAttachment>(),
                weakened(A::<Ec2TransitGatewayVpcAttachment>::subnet_ids()),
                removed::<Ec2TransitGatewayRouteTableAssociation>(),
                dropped(A::<data::Ec2TransitGatewayAttachment>::transit_gateway_attachment_id()),
                removed::<Ec2TransitGatewayRouteTablePropagation>()
                    .within("transit/datacenter/attachment"),
                removed::<Ec2TransitGatewayRouteTablePropagation>()
                    .within("transit/datacenter/on-premises"),
            ]
        ))
        .verified_by(query!(
            existing_resources::private_subnets_have_routes_to_the_datacenter,
            [
                removed::<Route>().within("transit"),
                weakened(A::<Route>::destination_cidr_block()).within("transit"),
                dropped(A::<Route>::transit_gateway_id()).within("transit"),
            ]
        ))
        .tested(
            "tests/terraform/systems.rs",
            "migration_over_an_existing_vpn_moves_through_its_phases",
        )
        .deviates("docs/deviations.md#existing-vpn","version 5 of the provider has no data source for VPN connections: the attachment to the transit gateway is looked up, which identifies the connection"),
        Requirement::new(
            "003-NET-4",
            "DNS names of the datacenter are resolved by its name servers.",
        )
        .verified_by(shared::transit::on_premises_names_are_resolved()),
        Requirement::new(
            "003-NET-5",
            "Private subnets reach the internet through NAT gateways, one in each Availability Zone.",
        )
        .verified_by(shared::single_network::zones_have_a_nat_gateway_each())
        .verified_by(shared::network::nat_gateways_are_in_public_subnets())
        .verified_by(query!(
            network::tiers_have_the_routes_that_they_need,
            [
                removed::<RouteTable>(),
                removed::<RouteTableAssociation>(),
                removed::<Route>().within("network"),
                dropped(A::<Route>::nat_gateway_id()).within("network"),
            ]
        )),
        Requirement::new(
            "003-NET-6",
            "Clients reach the load balancer only. All other rules name a security group on both sides.",
        )
        .verified_by(query!(
            public_endpoints::internet_reaches_the_load_balancer_only,
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
            network::rules_exist_on_both_sides,
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
            network::rules_are_unique,
            MIGRATING,
            [redirected(
                A::<VpcSecurityGroupEgressRule>::security_group_id(),
                "runbook/migration/validation/security-group"
            )
            .within("runbook/migration/cutover/https")]
        ))
        .verified_by(shared::network::default_security_groups_have_no_rules()),
        Requirement::new(
            "003-NET-7",
            "Calls to Secrets Manager, S3 and CloudWatch Logs stay inside the network.",
        )
        .verified_by(query!(
            endpoints::calls_for_secrets_objects_and_logs_use_vpc_endpoints,
            [
                removed::<VpcEndpoint>(),
                weakened(A::<VpcEndpoint>::private_dns_enabled()),
                dropped(A::<VpcEndpoint>::route_table_ids()),
                weakened_in(A::<VpcEndpoint>::policy(), "Condition"),
                removed::<VpcSecurityGroupIngressRule>().within("network"),
            ]
        )),
        Requirement::new("003-NET-8", "The traffic of the VPC is logged.").verified_by(shared::network::networks_have_flow_logs()),
    ]
}
