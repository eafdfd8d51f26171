//! Security groups of programs that call AWS APIs.

use super::security_group_rules::{HTTPS_PORT, NetworkPlacement, egress_rule};
use super::vpc::Network;
use crate::aws;
use crate::constructs::core::Context;
use crate::newtypes::Cidr;
use crate::terraform::tree::Scope;

/// Configuration of a program's security group.
#[derive(Clone, Debug)]
pub struct ProgramSecurityGroupProps<'a> {
    /// The first part of its physical name: `lambda`.
    pub token: &'static str,
    /// The other parts of its physical name.
    pub keys: &'a [&'a str],
    /// The description in the console.
    pub description: String,
}

/// Adds a security group in `network` for a program that calls AWS APIs. It has no ingress rule.
pub fn add_program_security_group(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    props: ProgramSecurityGroupProps<'_>,
    network: &Network,
) -> NetworkPlacement {
    let keys = || props.keys.iter().copied();
    let security_group = scope.add(
        "security-group",
        aws::SecurityGroup::new()
            .name(context.names.keyed(props.token, keys()))
            .description(props.description)
            .vpc_id(network.vpc.id())
            .tags(context.name_tag(props.token, keys())),
    );
    let https = egress_rule(security_group.id(), HTTPS_PORT)
        .description("HTTPS to AWS APIs")
        .cidr_ipv4(Cidr::anywhere().to_string());
    scope.add("https", https);
    NetworkPlacement {
        vpc: network.vpc,
        cidr: network.cidr,
        security_group,
    }
}
