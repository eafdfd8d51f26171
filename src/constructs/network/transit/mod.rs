//! A transit gateway, its route tables, attachments and VPN.
//!
//! It has no default association and no default propagation: AWS replaces a gateway whose defaults change. Two route
//! tables have all routes. The attached VPCs reach each other, peers and on-premises; on-premises reaches the attached
//! VPCs, and no peers.

mod gateway;
mod peering;
mod route_tables;
mod vpc_attachment;
mod vpn;

pub use gateway::{ExistingGateway, Gateway};
pub use peering::{Peer, PeeringProps, add_peering};
pub use vpc_attachment::{RouteTableTarget, VpcAttachment};
pub use vpn::VpnConnection;

use crate::aws;
use crate::aws::ec2_transit_gateway_vpc_attachment::Ec2TransitGatewayVpcAttachmentArgs;
use crate::config::{Connection, Existing, Transit as Config};
use crate::constructs::core::{Context, SectionRef, with_ignored_changes};
use crate::constructs::security::kms_key::KmsKey;
use crate::newtypes::{Cidr, Region};
use crate::terraform::tree::{ConstructId, Handle, NodeId, Scope, Value};
use route_tables::{add_route_table, associate, propagate};
use vpn::{VpnDeps, VpnProps, route_to_vpn};

/// A transit gateway that was added to a tree.
#[derive(Clone, Debug)]
pub struct Transit {
    /// The gateway.
    pub gateway: Gateway,
    /// Its region.
    pub region: Region,
    /// The VPN to the datacenter, if this stack adds one.
    pub vpn: Option<VpnConnection>,
    /// Associations, propagations and routes: code in an attached VPC reaches nothing behind the gateway before all of
    /// them exist.
    pub routes: Vec<NodeId>,
    networks: Handle<aws::Ec2TransitGatewayRouteTable>,
    attachments: Vec<Attachment>,
}

/// Configuration of a transit gateway.
#[derive(Clone, Copy, Debug)]
pub struct TransitProps<'a> {
    /// The section of the stack file.
    pub section: SectionRef<'a, Config>,
    /// The region of the scope.
    pub region: Region,
    /// Resources that exist already, such as the VPN.
    pub existing: &'a Existing,
}

/// Components that a transit gateway uses, in its region.
#[derive(Clone, Debug)]
pub struct TransitDeps {
    /// The VPCs to attach.
    pub vpcs: Vec<VpcAttachment>,
    /// Encrypts the VPN's log group.
    pub logs_key: KmsKey,
}

/// An attached VPC.
#[derive(Clone, Debug)]
struct Attachment {
    vpc: VpcAttachment,
    attachment: Handle<aws::Ec2TransitGatewayVpcAttachment>,
}

impl Transit {
    /// Adds or looks up the gateway, attaches the VPCs, and adds the routes.
    pub fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        props: TransitProps<'_>,
        deps: TransitDeps,
    ) -> Self {
        let section = props.section;
        let via = section.on_premises.as_ref().map(|there| &there.via);
        let gateway = match via {
            Some(Connection::Existing(vpn)) => {
                Gateway::Existing(ExistingGateway::new(scope, props.existing.vpn.resolve(vpn)))
            }
            _ => Gateway::new(scope, context, section),
        };
        let networks = add_route_table(scope, context, section, gateway.id(), "networks");
        let mut transit = Self {
            gateway,
            region: props.region,
            vpn: None,
            routes: Vec::new(),
            networks,
            attachments: Vec::new(),
        };
        for vpc in deps.vpcs {
            transit.attach(scope, context, section, vpc);
        }
        let between = transit.route_between(scope);
        transit.routes.extend(between);
        match via {
            Some(Connection::Vpn(vpn)) => {
                let table = add_route_table(scope, context, section, gateway.id(), "on-premises");
                let propagated = transit.propagate_all(scope, &table.id());
                transit.routes.extend(propagated);
                let vpn = VpnConnection::new(
                    scope,
                    context,
                    VpnProps { section, vpn },
                    VpnDeps {
                        gateway_id: gateway.id(),
                        networks_table: networks,
                        on_premises_table: table,
                        logs_key: deps.logs_key,
                    },
                );
                let connection = Some(vpn.connection.into());
                let there = transit.route_on_premises(scope, section, connection);
                transit
                    .routes
                    .extend(there.into_iter().chain(vpn.routes.clone()));
                transit.vpn = Some(vpn);
            }
            Some(Connection::Existing(_)) => {
                let mut routes = transit.join_existing(scope, section);
                routes.extend(transit.route_on_premises(scope, section, None));
                transit.routes.extend(routes);
            }
            None => {}
        }
        transit
    }

    /// The id of the VPN connection to the datacenter.
    pub fn vpn_connection_id(&self) -> Option<Value<String>> {
        match (self.gateway, &self.vpn) {
            (Gateway::Existing(existing), _) => Some(existing.vpn.vpn_connection_id()),
            (Gateway::Own(_), vpn) => vpn.as_ref().map(|vpn| vpn.connection.id()),
        }
    }

    fn attach(
        &mut self,
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        section: SectionRef<'_, Config>,
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
                [section.physical_name_key(), &vpc.identity],
            ));
        let attachment = match self.gateway {
            Gateway::Own(_) => attachment,
            Gateway::Existing(_) => with_ignored_changes(attachment),
        };
        let attachment = scope.add("vpc", attachment);
        self.routes.extend([
            associate(&mut scope, attachment.id(), self.networks),
            propagate(
                &mut scope,
                "propagation",
                attachment.id(),
                self.networks.id(),
            ),
        ]);
        self.attachments.push(Attachment { vpc, attachment });
    }

    /// Propagates every attached VPC to the datacenter's route table.
    fn propagate_all(&self, scope: &mut Scope<'_>, table: &Value<String>) -> Vec<NodeId> {
        let mut scope = scope.child("on-premises").into_child("propagation");
        let attachments = self.attachments.iter();
        attachments
            .map(|Attachment { vpc, attachment }| {
                propagate(&mut scope, vpc.id.clone(), attachment.id(), table.clone())
            })
            .collect()
    }

    /// Routes between the attached VPCs and a VPN that exists already, through the route table of each.
    fn join_existing(&self, scope: &mut Scope<'_>, section: SectionRef<'_, Config>) -> Vec<NodeId> {
        let Gateway::Existing(existing) = self.gateway else {
            return Vec::new();
        };
        let mut routes = self.propagate_all(scope, &existing.route_table_id());
        let vpn = existing.vpn.id();
        let mut scope = scope.child("vpn");
        routes.extend(route_to_vpn(
            &mut scope,
            section,
            existing.routing,
            &vpn,
            self.networks,
        ));
        routes
    }

    /// Adds routes from every attached VPC to every other.
    fn route_between(&self, scope: &mut Scope<'_>) -> Vec<NodeId> {
        let mut routes = Vec::new();
        for from in &self.attachments {
            for to in &self.attachments {
                if from.vpc.id != to.vpc.id {
                    let destination = &to.vpc.id;
                    let after = Some(to.attachment.into());
                    routes.extend(self.route(scope, from, destination, to.vpc.cidr, after));
                }
            }
        }
        routes
    }

    /// Adds routes from every attached VPC to the datacenter, after `connection`.
    fn route_on_premises(
        &self,
        scope: &mut Scope<'_>,
        section: SectionRef<'_, Config>,
        connection: Option<NodeId>,
    ) -> Vec<NodeId> {
        let mut routes = Vec::new();
        for from in &self.attachments {
            for cidr in section.on_premises.iter().flat_map(|there| &there.cidrs) {
                let destination = format!("on-premises-{}", cidr.dashed());
                routes.extend(self.route(scope, from, &destination.into(), *cidr, connection));
            }
        }
        routes
    }

    /// Adds routes from one attached VPC, after `after`.
    fn route(
        &self,
        scope: &mut Scope<'_>,
        from: &Attachment,
        destination: &ConstructId,
        cidr: Cidr,
        after: Option<NodeId>,
    ) -> Vec<NodeId> {
        let tables = from.vpc.route_tables.iter();
        let routes = tables.map(|RouteTableTarget { id, table }| {
            // AWS rejects a route to a gateway that the VPC is not attached to.
            let route = aws::Route::new(table.clone())
                .destination_cidr_block(cidr.to_string())
                .transit_gateway_id(self.gateway.id())
                .depends_on(from.attachment)
                .depends_on_all(after);
            let mut scope = scope
                .child("route")
                .into_child(from.vpc.id.clone())
                .into_child(id.clone());
            scope.add(destination.clone(), route).into()
        });
        routes.collect()
    }
}
