//! VPCs that a transit gateway connects.

use crate::newtypes::Cidr;
use crate::terraform::tree::{ConstructId, Value};

/// A VPC that a transit gateway connects.
#[derive(Clone, Debug)]
pub struct VpcAttachment {
    /// The component of construct paths.
    pub id: ConstructId,
    /// The key in physical names.
    pub identity: String,
    /// The id of the VPC.
    pub vpc_id: Value<String>,
    /// The address block of the VPC.
    pub cidr: Cidr,
    /// The ids of the subnets with the gateway's network interfaces, one for each zone.
    pub subnet_ids: Vec<Value<String>>,
    /// The route tables that get routes to the gateway.
    pub route_tables: Vec<RouteTableTarget>,
}

/// A route table that gets routes to a transit gateway.
#[derive(Clone, Debug)]
pub struct RouteTableTarget {
    /// The subnet's component of construct paths.
    pub id: String,
    /// The id of the route table.
    pub table: Value<String>,
}
