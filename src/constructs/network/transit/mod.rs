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

use crate::aws;
use crate::aws::data;
use crate::aws::data::ec2_transit_gateway::{Filter, FilterArgs};
use crate::aws::ec2_transit_gateway_route_table_association::Ec2TransitGatewayRouteTableAssociationArgs;
use crate::aws::ec2_transit_gateway_route_table_propagation::Ec2TransitGatewayRouteTablePropagationArgs;
use crate::aws::ec2_transit_gateway_vpc_attachment::Ec2TransitGatewayVpcAttachmentArgs;
use crate::config::{Connection, Existing, ExistingVpn, Transit as Config};
use crate::constructs::core::{Context, SectionRef, with_ignored_changes};
use crate::constructs::security::kms_key::KmsKey;
use crate::newtypes::{Cidr, Region};
use crate::terraform::tree::{Block, ConstructId, Handle, NodeId, Scope, Value};

/// A VPC that a transit gateway connects.
#[derive(Clone, Debug)]
pub struct VpcAttachment {
    /// Its component in construct paths.
    pub id: ConstructId,
    /// The key that its AWS names are made with.
    pub identity: String,
    /// The VPC's id.
    pub vpc_id: Value<String>,
    /// Its address block.
    pub cidr: Cidr,
    /// The ids of the subnets that hold the gateway's network interfaces, one a zone.
    pub subnet_ids: Vec<Value<String>>,
    /// The route tables that get routes to the gateway.
    pub route_tables: Vec<RouteTableTarget>,
}

/// A route table that gets routes to a transit gateway.
#[derive(Clone, Debug)]
pub struct RouteTableTarget {
    /// Its subnet's component in construct paths.
    pub id: String,
    /// Its id.
    pub table: Value<String>,
}

/// A transit gateway of the stack's own, or one that exists.
#[derive(Clone, Copy, Debug)]
pub enum Gateway {
    /// The stack makes it.
    Own(Handle<aws::Ec2TransitGateway>),
    /// It is looked up, with the VPN that ends at it.
    Existing {
        /// The gateway.
        gateway: Handle<data::Ec2TransitGateway>,
        /// The VPN's attachment to it.
        vpn: Handle<data::Ec2TransitGatewayVpnAttachment>,
    },
}

impl Gateway {
    /// Its id.
    pub fn id(self) -> Value<String> {
        match self {
            Self::Own(gateway) => gateway.id(),
            Self::Existing { gateway, .. } => gateway.id(),
        }
    }
}

/// A transit gateway and what it connects, as added to a tree.
#[derive(Clone, Debug)]
pub struct Transit {
    /// The gateway.
    pub gateway: Gateway,
    /// Its region.
    pub region: Region,
    /// The VPN to the datacenter, if this stack makes one.
    pub vpn: Option<VpnConnection>,
    networks: Handle<aws::Ec2TransitGatewayRouteTable>,
    attachments: Vec<Attachment>,
}

/// What a gateway is built from, beside what it connects.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// Encrypts the VPN's log group; of the gateway's region.
    pub logs_key: KmsKey,
    /// Where an existing VPN is found.
    pub existing: &'a Existing,
}

/// A VPC at a gateway.
#[derive(Clone, Debug)]
struct Attachment {
    vpc: VpcAttachment,
    attachment: Handle<aws::Ec2TransitGatewayVpcAttachment>,
}

impl Transit {
    /// The id of the VPN connection to the datacenter, the stack's own or the one that exists.
    pub fn vpn_connection_id(&self) -> Option<Value<String>> {
        match (self.gateway, &self.vpn) {
            (Gateway::Existing { vpn, .. }, _) => Some(vpn.vpn_connection_id()),
            (Gateway::Own(_), vpn) => vpn.as_ref().map(|vpn| vpn.connection.id()),
        }
    }

    /// The gateway that `config` describes, with `vpcs` attached to it; `logs_key` is a key of its
    /// region.
    pub fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        config: SectionRef<'_, Config>,
        region: Region,
        vpcs: Vec<VpcAttachment>,
        inputs: Inputs<'_>,
    ) -> Self {
        let via = config.on_premises.as_ref().map(|there| &there.via);
        let gateway = match via {
            Some(Connection::Existing(vpn)) => look_up(scope, inputs.existing.vpn.resolve(vpn)),
            _ => Gateway::Own(own_gateway(scope, context, config)),
        };
        let networks = route_table(scope, context, config, gateway, "networks");
        let mut transit = Self {
            gateway,
            region,
            vpn: None,
            networks,
            attachments: Vec::new(),
        };
        for vpc in vpcs {
            transit.attach(scope, context, config, vpc);
        }
        transit.route_between(scope);
        match via {
            Some(Connection::Vpn(vpn)) => {
                let table = route_table(scope, context, config, gateway, "on-premises");
                transit.propagate_all(scope, &table.id());
                let connection = vpn::add(
                    scope,
                    context,
                    config,
                    &transit,
                    vpn,
                    table,
                    inputs.logs_key,
                );
                transit.route_on_premises(scope, config, Some(connection.connection.into()));
                transit.vpn = Some(connection);
            }
            Some(Connection::Existing(_)) => {
                transit.join_existing(scope);
                transit.route_on_premises(scope, config, None);
            }
            None => {}
        }
        transit
    }

    fn attach(
        &mut self,
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        config: SectionRef<'_, Config>,
        vpc: VpcAttachment,
    ) {
        let mut scope = scope.child("attachment").into_child(vpc.id.clone());
        let attachment =
            aws::Ec2TransitGatewayVpcAttachment::new(Ec2TransitGatewayVpcAttachmentArgs {
                subnet_ids: vpc.subnet_ids.clone().into(),
                transit_gateway_id: self.gateway.id(),
                vpc_id: vpc.vpc_id.clone(),
            })
            .dns_support("enable")
            .transit_gateway_default_route_table_association(false)
            .transit_gateway_default_route_table_propagation(false)
            .tags(context.name_tag(
                "tgw-attachment",
                [config.physical_name_key(), &vpc.identity],
            ));
        let attachment = match self.gateway {
            Gateway::Own(_) => attachment,
            Gateway::Existing { .. } => with_ignored_changes(attachment),
        };
        let attachment = scope.add("vpc", attachment);
        associate(&mut scope, attachment.id(), self.networks);
        propagate(
            &mut scope,
            "propagation",
            attachment.id(),
            self.networks.id(),
        );
        self.attachments.push(Attachment { vpc, attachment });
    }

    /// Tells the datacenter's table of every attached VPC.
    fn propagate_all(&self, scope: &mut Scope<'_>, table: &Value<String>) {
        let mut scope = scope.child("on-premises").into_child("propagation");
        for Attachment { vpc, attachment } in &self.attachments {
            propagate(&mut scope, vpc.id.clone(), attachment.id(), table.clone());
        }
    }

    /// Joins a VPN that exists: its gateway associates it with the default table, as AWS does unless
    /// told otherwise.
    fn join_existing(&self, scope: &mut Scope<'_>) {
        if let Gateway::Existing { gateway, vpn } = self.gateway {
            self.propagate_all(scope, &gateway.association_default_route_table_id());
            propagate(
                &mut scope.child("vpn"),
                "propagation",
                vpn.id(),
                self.networks.id(),
            );
        }
    }

    /// Routes in every attached VPC to every other.
    fn route_between(&self, scope: &mut Scope<'_>) {
        for from in &self.attachments {
            for to in &self.attachments {
                if from.vpc.id != to.vpc.id {
                    let destination = &to.vpc.id;
                    let after = Some(to.attachment.into());
                    self.route(scope, from, destination, to.vpc.cidr, after);
                }
            }
        }
    }

    /// Routes in every attached VPC to the datacenter, once `connection` is there.
    fn route_on_premises(
        &self,
        scope: &mut Scope<'_>,
        config: SectionRef<'_, Config>,
        connection: Option<NodeId>,
    ) {
        for from in &self.attachments {
            for cidr in config.on_premises.iter().flat_map(|there| &there.cidrs) {
                let destination = format!("on-premises-{}", dashed(*cidr));
                self.route(scope, from, &destination.into(), *cidr, connection);
            }
        }
    }

    /// Routes in one attached VPC, once `after` is there.
    fn route(
        &self,
        scope: &mut Scope<'_>,
        from: &Attachment,
        destination: &ConstructId,
        cidr: Cidr,
        after: Option<NodeId>,
    ) {
        for RouteTableTarget { id, table } in &from.vpc.route_tables {
            // The gateway is no target for a VPC's routes until the VPC is attached to it.
            let route = aws::Route::new(table.clone())
                .destination_cidr_block(cidr.to_string())
                .transit_gateway_id(self.gateway.id())
                .depends_on(from.attachment)
                .depends_on_all(after);
            scope
                .child("route")
                .into_child(from.vpc.id.clone())
                .into_child(id.clone())
                .add(destination.clone(), route);
        }
    }
}

fn own_gateway(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    config: SectionRef<'_, Config>,
) -> Handle<aws::Ec2TransitGateway> {
    scope.add(
        "gateway",
        aws::Ec2TransitGateway::new()
            .description("Routes between VPCs, other Regions and on-premises networks")
            .amazon_side_asn(config.asn)
            .auto_accept_shared_attachments("disable")
            .default_route_table_association("disable")
            .default_route_table_propagation("disable")
            .dns_support("enable")
            .vpn_ecmp_support("enable")
            .tags(context.name_tag("tgw", [config.physical_name_key()])),
    )
}

fn look_up(scope: &mut Scope<'_>, vpn: &ExistingVpn) -> Gateway {
    let tagged = |name: &str| Value::from([("Name", name.to_owned())]);
    let gateway = scope.add(
        "gateway",
        data::Ec2TransitGateway::new().filter(by_name(&vpn.transit_gateway)),
    );
    let vpn = data::Ec2TransitGatewayVpnAttachment::new()
        .transit_gateway_id(gateway.id())
        .tags(tagged(&vpn.name_tag));
    Gateway::Existing {
        gateway,
        vpn: scope.child("vpn").add("attachment", vpn),
    }
}

fn by_name(name: &str) -> Block<Filter> {
    Filter::new(FilterArgs {
        name: "tag:Name".into(),
        values: [name.to_owned()].into(),
    })
}

fn route_table(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    config: SectionRef<'_, Config>,
    gateway: Gateway,
    name: &'static str,
) -> Handle<aws::Ec2TransitGatewayRouteTable> {
    let tags = context.name_tag("tgw-routes", [config.physical_name_key(), name]);
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
    table: Value<String>,
) {
    scope.add(
        id,
        aws::Ec2TransitGatewayRouteTablePropagation::new(
            Ec2TransitGatewayRouteTablePropagationArgs {
                transit_gateway_attachment_id: attachment,
                transit_gateway_route_table_id: table,
            },
        ),
    );
}

/// A block as part of a construct id, which cannot hold dots and slashes.
pub fn dashed(cidr: Cidr) -> String {
    cidr.to_string().replace(['.', '/'], "-")
}

/// What the customer gateway's address is written as.
fn address(address: Ipv4Addr) -> Value<String> {
    address.to_string().into()
}
