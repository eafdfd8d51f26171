//! A site-to-site VPN to the datacenter: two tunnels, IKEv2, AES-256-GCM.

use super::{Config, Context, KmsKey, SectionRef, Transit, address, associate, dashed, propagate};
use crate::aws;
use crate::aws::ec2_transit_gateway_route::Ec2TransitGatewayRouteArgs;
use crate::aws::vpn_connection::{
    CloudwatchLogOptions, Tunnel1LogOptions, Tunnel2LogOptions, VpnConnectionArgs,
};
use crate::config::{Routing, Vpn};
use crate::constructs::core::with_ignored_changes;
use crate::constructs::observability::log_group::log_group;
use crate::newtypes::{Cidr, RetentionDays};
use crate::terraform::tree::{Block, Handle, Scope, Value};

/// A VPN that was added to a tree.
#[derive(Clone, Copy, Debug)]
pub struct VpnConnection {
    /// The connection.
    pub connection: Handle<aws::VpnConnection>,
}

/// What both tunnels agree on. AWS offers weaker ones too, for old devices (PCI DSS 4.2.1).
const ENCRYPTION: &str = "AES256-GCM-16";
const INTEGRITY: [&str; 2] = ["SHA2-384", "SHA2-512"];
const DH_GROUPS: [u8; 2] = [20, 21];

pub(super) fn add(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    config: SectionRef<'_, Config>,
    transit: &Transit,
    vpn: &Vpn,
    table: Handle<aws::Ec2TransitGatewayRouteTable>,
    logs_key: KmsKey,
) -> VpnConnection {
    let mut scope = scope.child("vpn");
    let customer = scope.add(
        "customer-gateway",
        aws::CustomerGateway::new("ipsec.1")
            .bgp_asn(vpn.asn.to_string())
            .ip_address(address(vpn.gateway))
            .tags(context.name_tag("customer-gateway", [config.physical_name_key()])),
    );
    let name = context.names.keyed("vpn", [config.physical_name_key()]);
    let logs = scope.add(
        "log-group",
        log_group(format!("/vpn/{name}"), RetentionDays::PCI, logs_key),
    );
    let connection = aws::VpnConnection::new(VpnConnectionArgs {
        customer_gateway_id: customer.id(),
        r#type: "ipsec.1".into(),
    })
    .transit_gateway_id(transit.gateway.id())
    .static_routes_only(vpn.routing == Routing::Static)
    // Else both keys are in the state.
    .preshared_key_storage("SecretsManager")
    .tags(context.name_tag("vpn", [config.physical_name_key()]));
    let connection = with_tunnels(connection, &logs.arn());
    let connection = scope.add("connection", with_ignored_changes(connection));
    let attachment = connection.transit_gateway_attachment_id();
    associate(&mut scope, attachment.clone(), table);
    match vpn.routing {
        Routing::Bgp => propagate(&mut scope, "propagation", attachment, transit.networks.id()),
        Routing::Static => {
            let cidrs = config.on_premises.iter().flat_map(|there| &there.cidrs);
            for cidr in cidrs {
                static_route(&mut scope, *cidr, &attachment, transit);
            }
        }
    }
    VpnConnection { connection }
}

/// A route of the gateway itself; a transit gateway takes none from the VPN connection.
fn static_route(scope: &mut Scope<'_>, cidr: Cidr, attachment: &Value<String>, transit: &Transit) {
    let route = aws::Ec2TransitGatewayRoute::new(Ec2TransitGatewayRouteArgs {
        destination_cidr_block: cidr.to_string().into(),
        transit_gateway_route_table_id: transit.networks.id(),
    });
    scope.child("route").add(
        dashed(cidr),
        route.transit_gateway_attachment_id(attachment.clone()),
    );
}

fn with_tunnels(
    connection: crate::terraform::tree::Declared<aws::VpnConnection>,
    log_group: &Value<String>,
) -> crate::terraform::tree::Declared<aws::VpnConnection> {
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
