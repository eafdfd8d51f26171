//! Route tables of a transit gateway, their associations and propagations.

use crate::aws;
use crate::aws::ec2_transit_gateway_route_table_association::Ec2TransitGatewayRouteTableAssociationArgs;
use crate::aws::ec2_transit_gateway_route_table_propagation::Ec2TransitGatewayRouteTablePropagationArgs;
use crate::config::Transit as Config;
use crate::constructs::core::{Context, SectionRef};
use crate::terraform::tree::{ConstructId, Handle, NodeId, Scope, Value};

/// Adds the route table `name`.
pub(super) fn add_route_table(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    section: SectionRef<'_, Config>,
    gateway_id: Value<String>,
    name: &'static str,
) -> Handle<aws::Ec2TransitGatewayRouteTable> {
    let tags = context.name_tag("tgw-routes", [section.physical_name_key(), name]);
    let table = aws::Ec2TransitGatewayRouteTable::new(gateway_id).tags(tags);
    scope.child("route-table").add(name, table)
}

/// Associates an attachment with a route table, which then routes its packets.
pub(super) fn associate(
    scope: &mut Scope<'_>,
    attachment: Value<String>,
    table: Handle<aws::Ec2TransitGatewayRouteTable>,
) -> NodeId {
    let association = scope.add(
        "association",
        aws::Ec2TransitGatewayRouteTableAssociation::new(
            Ec2TransitGatewayRouteTableAssociationArgs {
                transit_gateway_attachment_id: attachment,
                transit_gateway_route_table_id: table.id(),
            },
        ),
    );
    association.into()
}

/// Propagates the addresses of an attachment to a route table.
pub(super) fn propagate(
    scope: &mut Scope<'_>,
    id: impl Into<ConstructId>,
    attachment: Value<String>,
    table: Value<String>,
) -> NodeId {
    let propagation = scope.add(
        id,
        aws::Ec2TransitGatewayRouteTablePropagation::new(
            Ec2TransitGatewayRouteTablePropagationArgs {
                transit_gateway_attachment_id: attachment,
                transit_gateway_route_table_id: table,
            },
        ),
    );
    propagation.into()
}
