//! A transit gateway: which network reaches which, and the datacenter.
//!
//! Nothing is associated or propagated by default (a gateway that was made with the defaults is
//! replaced when they change). Two route tables say it all: networks see each other, what peers
//! reach and on-premises; on-premises sees the networks, and not what peers reach.

mod peering;
mod vpn;

use std::net::Ipv4Addr;

pub use peering::{Peer, peer};
pub use vpn::VpnConnection;

use super::Context;
use super::entry::Entry;
use super::key::Key;
use super::network::Network;
use crate::aws;
use crate::aws::ec2_transit_gateway_route_table_association::Ec2TransitGatewayRouteTableAssociationArgs;
use crate::aws::ec2_transit_gateway_route_table_propagation::Ec2TransitGatewayRouteTablePropagationArgs;
use crate::aws::ec2_transit_gateway_vpc_attachment::Ec2TransitGatewayVpcAttachmentArgs;
use crate::config::{Connection, Network as NetworkConfig, Tier, Transit as Config};
use crate::quantity::{Cidr, Region};
use crate::tree::{ConstructId, Handle, NodeId, Scope, Value};

/// A network that a transit gateway connects.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// Its section.
    pub section: Entry<'a, NetworkConfig>,
    /// What was made of it.
    pub network: &'a Network,
}

/// A transit gateway that was added to a tree.
#[derive(Clone, Debug)]
pub struct Transit {
    /// The gateway.
    pub gateway: Handle<aws::Ec2TransitGateway>,
    /// Its region.
    pub region: Region,
    /// The VPN to the datacenter, if this stack makes one.
    pub vpn: Option<VpnConnection>,
    networks: Handle<aws::Ec2TransitGatewayRouteTable>,
    attachments: Vec<Attachment>,
}

/// A network at a gateway.
#[derive(Clone, Debug)]
struct Attachment {
    id: ConstructId,
    network: Network,
    attachment: Handle<aws::Ec2TransitGatewayVpcAttachment>,
}

impl Transit {
    /// The gateway that `config` describes, with `members` attached to it; `logs_key` is a key of its
    /// region.
    pub fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        config: Entry<'_, Config>,
        region: Region,
        members: &[Member<'_>],
        logs_key: &Key,
    ) -> Self {
        let gateway = scope.add(
            "gateway",
            aws::Ec2TransitGateway::new()
                .description(format!("Transit between the networks of {}", config.key()))
                .amazon_side_asn(config.asn)
                .auto_accept_shared_attachments("disable")
                .default_route_table_association("disable")
                .default_route_table_propagation("disable")
                .dns_support("enable")
                .vpn_ecmp_support("enable")
                .tags(context.name_tag("tgw", [config.identity()])),
        );
        let networks = route_table(scope, context, config, gateway, "networks");
        let mut transit = Self {
            gateway,
            region,
            vpn: None,
            networks,
            attachments: Vec::new(),
        };
        for member in members {
            transit.attach(scope, context, config, member);
        }
        transit.route_between(scope);
        if let Some(on_premises) = &config.on_premises
            && let Connection::Vpn(vpn) = &on_premises.via
        {
            let table = route_table(scope, context, config, gateway, "on-premises");
            for attachment in &transit.attachments {
                propagate(
                    &mut scope.child("on-premises").child("propagation"),
                    attachment.id.clone(),
                    attachment.attachment.id(),
                    table,
                );
            }
            let connection = vpn::add(scope, context, config, &transit, vpn, table, logs_key);
            transit.route_on_premises(scope, &on_premises.cidrs, connection.connection.into());
            transit.vpn = Some(connection);
        }
        transit
    }

    fn attach(
        &mut self,
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        config: Entry<'_, Config>,
        member: &Member<'_>,
    ) {
        let id = member.section.construct_id();
        let mut scope = scope.child("attachment").into_child(id.clone());
        let homes: Vec<_> = member
            .network
            .tier(Tier::Transit)
            .map(|subnet| subnet.subnet.id())
            .collect();
        let attachment = scope.add(
            "vpc",
            aws::Ec2TransitGatewayVpcAttachment::new(Ec2TransitGatewayVpcAttachmentArgs {
                subnet_ids: homes.into(),
                transit_gateway_id: self.gateway.id(),
                vpc_id: member.network.vpc.id(),
            })
            .dns_support("enable")
            .transit_gateway_default_route_table_association(false)
            .transit_gateway_default_route_table_propagation(false)
            .tags(context.name_tag(
                "tgw-attachment",
                [config.identity(), member.section.identity()],
            )),
        );
        associate(&mut scope, attachment.id(), self.networks);
        propagate(&mut scope, "propagation", attachment.id(), self.networks);
        self.attachments.push(Attachment {
            id,
            network: member.network.clone(),
            attachment,
        });
    }

    /// Routes in every attached network to every other.
    fn route_between(&self, scope: &mut Scope<'_>) {
        for from in &self.attachments {
            for to in &self.attachments {
                if from.id != to.id {
                    let destination = to.id.clone();
                    self.route(
                        scope,
                        from,
                        destination,
                        to.network.cidr,
                        from.attachment.into(),
                    );
                }
            }
        }
    }

    /// Routes in every attached network to the datacenter, once `connection` is there.
    fn route_on_premises(&self, scope: &mut Scope<'_>, cidrs: &[Cidr], connection: NodeId) {
        for from in &self.attachments {
            for cidr in cidrs {
                let destination = format!("on-premises-{}", dashed(*cidr));
                self.route(scope, from, destination.into(), *cidr, connection);
            }
        }
    }

    /// Routes in the inner subnets of one attached network.
    fn route(
        &self,
        scope: &mut Scope<'_>,
        from: &Attachment,
        destination: ConstructId,
        cidr: Cidr,
        after: NodeId,
    ) {
        for subnet in from.network.inner_subnets() {
            // The gateway is no target for a VPC's routes until the VPC is attached to it.
            let route = aws::Route::new(subnet.routes.id())
                .destination_cidr_block(cidr.to_string())
                .transit_gateway_id(self.gateway.id())
                .depends_on(from.attachment)
                .depends_on(after);
            scope
                .child("route")
                .into_child(from.id.clone())
                .into_child(subnet.key())
                .add(destination.clone(), route);
        }
    }
}

fn route_table(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    config: Entry<'_, Config>,
    gateway: Handle<aws::Ec2TransitGateway>,
    name: &'static str,
) -> Handle<aws::Ec2TransitGatewayRouteTable> {
    let tags = context.name_tag("tgw-routes", [config.identity(), name]);
    let table = aws::Ec2TransitGatewayRouteTable::new(gateway.id()).tags(tags);
    scope.child("route-table").add(name, table)
}

fn associate(
    scope: &mut Scope<'_>,
    attachment: Value<String>,
    table: Handle<aws::Ec2TransitGatewayRouteTable>,
) -> Handle<aws::Ec2TransitGatewayRouteTableAssociation> {
    scope.add(
        "association",
        aws::Ec2TransitGatewayRouteTableAssociation::new(
            Ec2TransitGatewayRouteTableAssociationArgs {
                transit_gateway_attachment_id: attachment,
                transit_gateway_route_table_id: table.id(),
            },
        ),
    )
}

fn propagate(
    scope: &mut Scope<'_>,
    id: impl Into<ConstructId>,
    attachment: Value<String>,
    table: Handle<aws::Ec2TransitGatewayRouteTable>,
) {
    scope.add(
        id,
        aws::Ec2TransitGatewayRouteTablePropagation::new(
            Ec2TransitGatewayRouteTablePropagationArgs {
                transit_gateway_attachment_id: attachment,
                transit_gateway_route_table_id: table.id(),
            },
        ),
    );
}

/// A block as part of a construct id, which cannot hold dots and slashes.
fn dashed(cidr: Cidr) -> String {
    cidr.to_string().replace(['.', '/'], "-")
}

/// What the customer gateway's address is written as.
fn address(address: Ipv4Addr) -> Value<String> {
    address.to_string().into()
}
