//! Security group rules: TCP from one client to one port of one server, and nothing wider.

use crate::aws;
use crate::aws::vpc_security_group_egress_rule::VpcSecurityGroupEgressRuleArgs;
use crate::aws::vpc_security_group_ingress_rule::VpcSecurityGroupIngressRuleArgs;
use crate::newtypes::Cidr;
use crate::terraform::tree::{ConstructId, Declared, Handle, NodeId, Scope, Value};

/// TCP port of HTTPS.
pub const HTTPS_PORT: u16 = 443;

/// VPC and security group of a component.
#[derive(Clone, Copy, Debug)]
pub struct NetworkPlacement {
    /// The VPC.
    pub vpc: Handle<aws::Vpc>,
    /// The address block of the VPC.
    pub cidr: Cidr,
    /// The component's security group.
    pub security_group: Handle<aws::SecurityGroup>,
}

/// Allows TCP from `client` to a port of `server`. `scope` is the client's, `id` names the server.
///
/// Inside one VPC each rule references the other security group. Between VPCs rules contain address blocks,
/// since references do not cross a transit gateway between regions (Transit Gateway guide, "Security group
/// referencing"). The server's rule, which AWS accepts once for each block, is then added with
/// [`allow_from_cidr`]. Returns the rules, as every function here does: a client that starts before them fails.
pub fn allow(
    scope: &mut Scope<'_>,
    id: impl Into<ConstructId>,
    client: NetworkPlacement,
    server: NetworkPlacement,
    port: u16,
    description: &'static str,
) -> Vec<NodeId> {
    let id = id.into();
    if client.vpc != server.vpc {
        let group = client.security_group.id();
        let rule = allow_to_cidr(scope, id, server.cidr, group, port, description);
        return vec![rule];
    }
    let egress = egress_rule(client.security_group.id(), port)
        .referenced_security_group_id(server.security_group.id())
        .description(description);
    let egress = scope.child("egress").add(id.clone(), egress);
    let ingress = ingress_rule(server.security_group.id(), port)
        .referenced_security_group_id(client.security_group.id())
        .description(description);
    let ingress = scope.child("ingress").add(id, ingress);
    vec![egress.into(), ingress.into()]
}

/// Allows TCP from an address block to a port of the members of `security_group_id`.
pub fn allow_from_cidr(
    scope: &mut Scope<'_>,
    id: impl Into<ConstructId>,
    cidr: Cidr,
    security_group_id: Value<String>,
    port: u16,
    description: &'static str,
) -> NodeId {
    let rule = ingress_rule(security_group_id, port)
        .cidr_ipv4(cidr.to_string())
        .description(description);
    scope.child("ingress").add(id, rule).into()
}

/// Allows TCP from the members of `security_group_id` to a port of an address block.
pub fn allow_to_cidr(
    scope: &mut Scope<'_>,
    id: impl Into<ConstructId>,
    cidr: Cidr,
    security_group_id: Value<String>,
    port: u16,
    description: &'static str,
) -> NodeId {
    let rule = egress_rule(security_group_id, port)
        .cidr_ipv4(cidr.to_string())
        .description(description);
    scope.child("egress").add(id, rule).into()
}

/// A rule for TCP to a port of the members of `security_group_id`, without the client.
pub fn ingress_rule(
    security_group_id: Value<String>,
    port: u16,
) -> Declared<aws::VpcSecurityGroupIngressRule> {
    aws::VpcSecurityGroupIngressRule::new(VpcSecurityGroupIngressRuleArgs {
        ip_protocol: "tcp".into(),
        security_group_id,
    })
    .from_port(port)
    .to_port(port)
}

/// A rule for TCP from the members of `security_group_id` to a port, without the server.
pub fn egress_rule(
    security_group_id: Value<String>,
    port: u16,
) -> Declared<aws::VpcSecurityGroupEgressRule> {
    aws::VpcSecurityGroupEgressRule::new(VpcSecurityGroupEgressRuleArgs {
        ip_protocol: "tcp".into(),
        security_group_id,
    })
    .from_port(port)
    .to_port(port)
}
