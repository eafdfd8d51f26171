//! A site-to-site VPN to the datacenter: two tunnels, IKEv2, AES-256-GCM.

use super::route_tables::{associate, propagate};
use crate::aws;
use crate::aws::ec2_transit_gateway_route::Ec2TransitGatewayRouteArgs;
use crate::aws::vpn_connection::{
    CloudwatchLogOptions, Tunnel1LogOptions, Tunnel2LogOptions, VpnConnectionArgs,
};
use crate::config::{Transit as Config, Vpn, VpnRouting};
use crate::constructs::core::{Context, SectionRef, with_ignored_changes};
use crate::constructs::observability::log_group::log_group;
use crate::constructs::security::kms_key::KmsKey;
use crate::newtypes::{Cidr, RetentionDays};
use crate::terraform::tree::{Block, Declared, Handle, NodeId, Scope, Value};

/// A VPN that was added to a tree.
#[derive(Clone, Debug)]
pub struct VpnConnection {
    /// The connection.
    pub connection: Handle<aws::VpnConnection>,
    /// Its association with a route table, and the routes to it.
    pub(super) routes: Vec<NodeId>,
}

/// Algorithms of both tunnels. AWS also offers weaker ones, for old devices (PCI DSS 4.2.1).
const ENCRYPTION: &str = "AES256-GCM-16";
const INTEGRITY: [&str; 2] = ["SHA2-384", "SHA2-512"];
const DH_GROUPS: [u8; 2] = [20, 21];

/// Configuration of a VPN.
#[derive(Clone, Copy, Debug)]
pub(super) struct VpnProps<'a> {
    /// The section of the transit gateway.
    pub(super) section: SectionRef<'a, Config>,
    /// The VPN in that section.
    pub(super) vpn: &'a Vpn,
}

/// Components that a VPN uses.
#[derive(Clone, Debug)]
pub(super) struct VpnDeps {
    pub(super) gateway_id: Value<String>,
    /// The route table of the attached VPCs.
    pub(super) networks_table: Handle<aws::Ec2TransitGatewayRouteTable>,
    /// The route table of the VPN.
    pub(super) on_premises_table: Handle<aws::Ec2TransitGatewayRouteTable>,
    pub(super) logs_key: KmsKey,
}

impl VpnConnection {
    /// Adds the VPN and the routes to it.
    pub(super) fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        props: VpnProps<'_>,
        deps: VpnDeps,
    ) -> Self {
        let VpnProps { section, vpn } = props;
        let key = section.physical_name_key();
        let mut scope = scope.child("vpn");
        let customer = scope.add(
            "customer-gateway",
            aws::CustomerGateway::new("ipsec.1")
                .bgp_asn(vpn.asn.to_string())
                .ip_address(vpn.gateway.to_string())
                // AWS returns an existing gateway for an equal request, which two environments would own.
                .device_name(context.names.keyed("customer-gateway", [key]))
                .tags(context.name_tag("customer-gateway", [key])),
        );
        let name = context.names.keyed("vpn", [key]);
        let logs = scope.add(
            "log-group",
            log_group(format!("/vpn/{name}"), RetentionDays::PCI, deps.logs_key),
        );
        let connection = aws::VpnConnection::new(VpnConnectionArgs {
            customer_gateway_id: customer.id(),
            r#type: "ipsec.1".into(),
        })
        .transit_gateway_id(deps.gateway_id)
        .static_routes_only(vpn.routing == VpnRouting::Static)
        // Otherwise both keys are in the state.
        .preshared_key_storage("SecretsManager")
        .tags(context.name_tag("vpn", [key]));
        let connection = with_tunnels(connection, &logs.arn());
        let connection = scope.add("connection", with_ignored_changes(connection));
        let attachment = connection.transit_gateway_attachment_id();
        let association = associate(&mut scope, attachment.clone(), deps.on_premises_table);
        let mut routes = route_to_vpn(
            &mut scope,
            section,
            vpn.routing,
            &attachment,
            deps.networks_table,
        );
        routes.push(association);
        Self { connection, routes }
    }
}

/// Adds the routes of `table` to the datacenter through a VPN attachment.
///
/// A VPN with static routing propagates no routes (Site-to-Site VPN guide, "Static and dynamic routing").
pub(super) fn route_to_vpn(
    scope: &mut Scope<'_>,
    section: SectionRef<'_, Config>,
    routing: VpnRouting,
    attachment: &Value<String>,
    table: Handle<aws::Ec2TransitGatewayRouteTable>,
) -> Vec<NodeId> {
    let table = table.id();
    match routing {
        VpnRouting::Bgp => vec![propagate(scope, "propagation", attachment.clone(), table)],
        VpnRouting::Static => {
            let cidrs = section.on_premises.iter().flat_map(|there| &there.cidrs);
            cidrs
                .map(|cidr| add_static_route(scope, *cidr, attachment, &table))
                .collect()
        }
    }
}

/// Adds a static route of the transit gateway.
fn add_static_route(
    scope: &mut Scope<'_>,
    cidr: Cidr,
    attachment: &Value<String>,
    table: &Value<String>,
) -> NodeId {
    let route = aws::Ec2TransitGatewayRoute::new(Ec2TransitGatewayRouteArgs {
        destination_cidr_block: cidr.to_string().into(),
        transit_gateway_route_table_id: table.into(),
    });
    let route = route.transit_gateway_attachment_id(attachment.clone());
    scope.child("route").add(cidr.dashed(), route).into()
}

fn with_tunnels(
    connection: Declared<aws::VpnConnection>,
    log_group: &Value<String>,
) -> Declared<aws::VpnConnection> {
    let options = || -> Block<CloudwatchLogOptions> {
        CloudwatchLogOptions::new()
            .log_enabled(true)
            .log_group_arn(log_group.clone())
            .log_output_format("json")
    };
    connection
        .tunnel1_ike_versions(["ikev2"])
        .tunnel1_phase1_dh_group_numbers(DH_GROUPS)
        .tunnel1_phase1_encryption_algorithms([ENCRYPTION])
        .tunnel1_phase1_integrity_algorithms(INTEGRITY)
        .tunnel1_phase2_dh_group_numbers(DH_GROUPS)
        .tunnel1_phase2_encryption_algorithms([ENCRYPTION])
        .tunnel1_phase2_integrity_algorithms(INTEGRITY)
        .tunnel1_log_options(Tunnel1LogOptions::new().cloudwatch_log_options(options()))
        .tunnel2_ike_versions(["ikev2"])
        .tunnel2_phase1_dh_group_numbers(DH_GROUPS)
        .tunnel2_phase1_encryption_algorithms([ENCRYPTION])
        .tunnel2_phase1_integrity_algorithms(INTEGRITY)
        .tunnel2_phase2_dh_group_numbers(DH_GROUPS)
        .tunnel2_phase2_encryption_algorithms([ENCRYPTION])
        .tunnel2_phase2_integrity_algorithms(INTEGRITY)
        .tunnel2_log_options(Tunnel2LogOptions::new().cloudwatch_log_options(options()))
}
