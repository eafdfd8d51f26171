//! Peering of transit gateways across regions: static routes only, on both sides.

use super::{Attachment, Transit};
use crate::aws;
use crate::aws::ec2_transit_gateway_peering_attachment::Ec2TransitGatewayPeeringAttachmentArgs;
use crate::aws::ec2_transit_gateway_route::Ec2TransitGatewayRouteArgs;
use crate::aws::ec2_transit_gateway_route_table_association::Ec2TransitGatewayRouteTableAssociationArgs;
use crate::constructs::core::Context;
use crate::terraform::tree::{ConstructId, Handle, NodeId, ProviderId, Scope};

/// One side of a peering.
#[derive(Clone, Copy, Debug)]
pub struct Peer<'a> {
    /// The gateway.
    pub transit: &'a Transit,
    /// The provider configuration of its region.
    pub provider: ProviderId,
    /// The key in physical names.
    pub identity: &'a str,
}

/// Configuration of a peering.
#[derive(Clone, Debug)]
pub struct PeeringProps<'a> {
    /// The accepter's component of construct paths.
    pub id: ConstructId,
    /// The side that requests the peering.
    pub requester: Peer<'a>,
    /// The side that accepts it.
    pub accepter: Peer<'a>,
}

/// Peers two gateways, and routes between their networks. `scope` is the requester's. Returns the routes.
pub fn add_peering(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    props: PeeringProps<'_>,
) -> Vec<NodeId> {
    let PeeringProps {
        id,
        requester,
        accepter,
    } = props;
    let mut scope = scope.child("peering").into_child(id);
    let tags = || context.name_tag("tgw-peering", [requester.identity, accepter.identity]);
    let attachment = scope.add(
        "attachment",
        aws::Ec2TransitGatewayPeeringAttachment::new(Ec2TransitGatewayPeeringAttachmentArgs {
            peer_region: accepter.transit.region.as_str().into(),
            peer_transit_gateway_id: accepter.transit.gateway.id(),
            transit_gateway_id: requester.transit.gateway.id(),
        })
        .tags(tags()),
    );
    let acceptance = scope.child("accepter").in_provider(accepter.provider).add(
        "acceptance",
        aws::Ec2TransitGatewayPeeringAttachmentAccepter::new(attachment.id()).tags(tags()),
    );
    let mut routes = Vec::new();
    for (side, here, there) in [
        ("requester", requester, accepter),
        ("accepter", accepter, requester),
    ] {
        let mut scope = scope.child(side).in_provider(here.provider);
        routes.extend(add_routes(
            &mut scope,
            here.transit,
            there.transit,
            attachment,
            acceptance,
        ));
    }
    routes
}

/// Routes from the attached VPCs of `here` to those of `there`, after the acceptance: before it the attachment is in an
/// "incorrect state" (terraform-provider-aws #14228).
fn add_routes(
    scope: &mut Scope<'_>,
    here: &Transit,
    there: &Transit,
    attachment: Handle<aws::Ec2TransitGatewayPeeringAttachment>,
    acceptance: Handle<aws::Ec2TransitGatewayPeeringAttachmentAccepter>,
) -> Vec<NodeId> {
    let association = scope.add(
        "association",
        aws::Ec2TransitGatewayRouteTableAssociation::new(
            Ec2TransitGatewayRouteTableAssociationArgs {
                transit_gateway_attachment_id: attachment.id(),
                transit_gateway_route_table_id: here.networks.id(),
            },
        )
        .depends_on(acceptance),
    );
    let mut routes = vec![association.into()];
    for Attachment { vpc, .. } in &there.attachments {
        let route = aws::Ec2TransitGatewayRoute::new(Ec2TransitGatewayRouteArgs {
            destination_cidr_block: vpc.cidr.to_string().into(),
            transit_gateway_route_table_id: here.networks.id(),
        });
        let route = scope.child("gateway-route").add(
            vpc.id.clone(),
            route
                .transit_gateway_attachment_id(attachment.id())
                .depends_on(acceptance),
        );
        routes.push(route.into());
        for from in &here.attachments {
            let destination = &vpc.id;
            let after = Some(acceptance.into());
            routes.extend(here.route(scope, from, destination, vpc.cidr, after));
        }
    }
    routes
}
