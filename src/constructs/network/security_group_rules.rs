//! Who may connect to whom: a rule on either side, and nothing wider.

use crate::aws;
use crate::aws::vpc_security_group_egress_rule::VpcSecurityGroupEgressRuleArgs;
use crate::aws::vpc_security_group_ingress_rule::VpcSecurityGroupIngressRuleArgs;
use crate::constructs::core::Context;
use crate::constructs::network::vpc::Network;
use crate::newtypes::Cidr;
use crate::terraform::tree::{ConstructId, Declared, Handle, Scope, Value};

/// The port of HTTPS.
pub const HTTPS: u16 = 443;

/// Where something stands, and the group around it.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// Its VPC.
    pub vpc: Handle<aws::Vpc>,
    /// The addresses of its VPC.
    pub cidr: Cidr,
    /// The group around it.
    pub security_group: Handle<aws::SecurityGroup>,
}

impl Standing {
    /// A group of its own in `network`, for a program that calls the APIs of AWS, by endpoints or NAT. Nothing
    /// reaches it by itself. `token` and `keys` make its name.
    pub fn of_program(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        (token, keys): (&str, &[&str]),
        description: &'static str,
        network: &Network,
    ) -> Self {
        let name = || keys.iter().copied();
        let security_group = scope.add(
            "security-group",
            aws::SecurityGroup::new()
                .name(context.names.keyed(token, name()))
                .description(description)
                .vpc_id(network.vpc.id())
                .tags(context.name_tag(token, name())),
        );
        let https = egress(security_group.id(), HTTPS)
            .description("The APIs of AWS, by endpoints or NAT")
            .cidr_ipv4(Cidr::anywhere().to_string());
        scope.add("https", https);
        Self {
            vpc: network.vpc,
            cidr: network.cidr,
            security_group,
        }
    }
}

/// Lets `client` connect to `server` on a TCP port. `scope` is the client's, `id` names the server.
///
/// Inside one VPC a rule on either side names the other group. Between VPCs rules name addresses, since
/// references to groups do not cross a transit gateway between regions (Transit Gateway guide, "Security
/// group referencing"): then the server's rule, which AWS takes once, is made by [`connect_inside`].
pub fn connect(
    scope: &mut Scope<'_>,
    id: &str,
    client: Standing,
    server: Standing,
    port: u16,
    description: &'static str,
) {
    let mut scope = scope.child("reach").into_child(id.to_owned());
    let out = egress(client.security_group.id(), port).description(description);
    if client.vpc != server.vpc {
        scope.add("out", out.cidr_ipv4(server.cidr.to_string()));
        return;
    }
    let group = server.security_group.id();
    scope.add("out", out.referenced_security_group_id(group));
    let r#in = ingress(server.security_group.id(), port)
        .referenced_security_group_id(client.security_group.id())
        .description(description);
    scope.add("in", r#in);
}

/// Lets addresses connect to what is in `group` on a TCP port.
pub fn connect_inside(
    scope: &mut Scope<'_>,
    id: impl Into<ConstructId>,
    cidr: Cidr,
    group: Handle<aws::SecurityGroup>,
    port: u16,
    description: &'static str,
) {
    admit(scope, id, cidr, group.id(), port, description);
}

/// The same for any group, by its id: one that exists, say.
pub fn admit(
    scope: &mut Scope<'_>,
    id: impl Into<ConstructId>,
    cidr: Cidr,
    group: Value<String>,
    port: u16,
    description: &'static str,
) {
    let rule = ingress(group, port)
        .cidr_ipv4(cidr.to_string())
        .description(description);
    scope.child("reach").add(id, rule);
}

/// Lets what is in `group` connect to addresses outside AWS on a TCP port.
pub fn connect_outside(
    scope: &mut Scope<'_>,
    id: &str,
    group: Handle<aws::SecurityGroup>,
    cidr: Cidr,
    port: u16,
    description: &'static str,
) {
    let_out(scope, id.to_owned(), cidr, group.id(), port, description);
}

/// Lets what is in any group, named by its id, connect to addresses on a TCP port.
pub fn let_out(
    scope: &mut Scope<'_>,
    id: impl Into<ConstructId>,
    cidr: Cidr,
    group: Value<String>,
    port: u16,
    description: &'static str,
) {
    let rule = egress(group, port)
        .cidr_ipv4(cidr.to_string())
        .description(description);
    scope.child("reach").add(id, rule);
}

fn ingress(group: Value<String>, port: u16) -> Declared<aws::VpcSecurityGroupIngressRule> {
    aws::VpcSecurityGroupIngressRule::new(VpcSecurityGroupIngressRuleArgs {
        ip_protocol: "tcp".into(),
        security_group_id: group,
    })
    .from_port(port)
    .to_port(port)
}

fn egress(group: Value<String>, port: u16) -> Declared<aws::VpcSecurityGroupEgressRule> {
    aws::VpcSecurityGroupEgressRule::new(VpcSecurityGroupEgressRuleArgs {
        ip_protocol: "tcp".into(),
        security_group_id: group,
    })
    .from_port(port)
    .to_port(port)
}
