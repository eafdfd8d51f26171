//! Transit gateways: a new one, or one that exists already.

use crate::aws;
use crate::aws::data;
use crate::aws::data::ec2_transit_gateway::{Filter, FilterArgs};
use crate::config::{ExistingVpn, Transit as Config, VpnRouting};
use crate::constructs::core::{Context, SectionRef};
use crate::terraform::tree::{Block, Handle, Scope, Value};

/// A transit gateway.
#[derive(Clone, Copy, Debug)]
pub enum Gateway {
    /// A gateway of this stack.
    Own(Handle<aws::Ec2TransitGateway>),
    /// A gateway that exists already, with the VPN that ends at it.
    Existing(ExistingGateway),
}

/// A gateway that exists already, with the VPN that ends at it.
#[derive(Clone, Copy, Debug)]
pub struct ExistingGateway {
    gateway: Handle<data::Ec2TransitGateway>,
    /// The VPN's attachment to the gateway.
    pub(super) vpn: Handle<data::Ec2TransitGatewayVpnAttachment>,
    /// The same attachment with its route table, which the data source of VPN attachments lacks.
    attachment: Handle<data::Ec2TransitGatewayAttachment>,
    /// The routing of the VPN.
    pub(super) routing: VpnRouting,
}

impl ExistingGateway {
    /// Looks up the gateway at which `vpn` ends.
    pub(super) fn new(scope: &mut Scope<'_>, vpn: &ExistingVpn) -> Self {
        let gateway = data::Ec2TransitGateway::new().filter(name_filter(&vpn.transit_gateway));
        let gateway = scope.add("gateway", gateway);
        let mut scope = scope.child("vpn");
        let found = data::Ec2TransitGatewayVpnAttachment::new()
            .transit_gateway_id(gateway.id())
            .tags(Value::from([("Name", vpn.name_tag.clone())]));
        let found = scope.add("attachment", found);
        let attachment = data::Ec2TransitGatewayAttachment::new()
            .transit_gateway_attachment_id(found.id())
            .postcondition(
                Handle::<data::Ec2TransitGatewayAttachment>::self_ref()
                    .association_state()
                    .equals("associated"),
                format!(
                    "the attachment `{}` of the existing VPN is associated with no route table of the transit gateway \
                     `{}`, so the datacenter has no route to the VPCs; associate it with a route table",
                    vpn.name_tag, vpn.transit_gateway
                ),
            );
        Self {
            gateway,
            vpn: found,
            attachment: scope.add("route-table", attachment),
            routing: vpn.routing,
        }
    }

    /// The id of the route table that routes packets from the VPN.
    pub(super) fn route_table_id(self) -> Value<String> {
        self.attachment.association_transit_gateway_route_table_id()
    }
}

impl Gateway {
    /// Adds a gateway without default route tables.
    pub(super) fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        section: SectionRef<'_, Config>,
    ) -> Self {
        let gateway = aws::Ec2TransitGateway::new()
            .description("Routes between VPCs, other Regions and on-premises networks")
            .amazon_side_asn(section.asn)
            .auto_accept_shared_attachments("disable")
            .default_route_table_association("disable")
            .default_route_table_propagation("disable")
            .dns_support("enable")
            .vpn_ecmp_support("enable")
            .tags(context.name_tag("tgw", [section.physical_name_key()]));
        Self::Own(scope.add("gateway", gateway))
    }

    /// The gateway's id.
    pub fn id(self) -> Value<String> {
        match self {
            Self::Own(gateway) => gateway.id(),
            Self::Existing(existing) => existing.gateway.id(),
        }
    }
}

fn name_filter(name: &str) -> Block<Filter> {
    Filter::new(FilterArgs {
        name: "tag:Name".into(),
        values: [name.to_owned()].into(),
    })
}
