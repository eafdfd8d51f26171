//! Around the replication instance: it opens connections, and nothing opens one to it.

use super::{Home, Inputs, Replication};
use crate::aws;
use crate::aws::vpc_security_group_egress_rule::VpcSecurityGroupEgressRuleArgs;
use crate::aws::vpc_security_group_ingress_rule::VpcSecurityGroupIngressRuleArgs;
use crate::config::{Endpoint, Tier};
use crate::constructs::core::{Context, SectionRef};
use crate::constructs::network::security_group_rules::HTTPS_PORT;
use crate::constructs::network::transit::dashed;
use crate::newtypes::Cidr;
use crate::terraform::tree::{Handle, Scope};

/// Where the instance stands: the first of these that the network has.
pub(super) const INSTANCE_TIERS: [Tier; 2] = [Tier::Replication, Tier::Private];
/// Where the database stands.
const DATABASE_TIERS: [Tier; 2] = [Tier::Database, Tier::Private];

/// The instance's security group, with its rules and the database's rule for it.
pub(super) fn security_group(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    config: SectionRef<'_, Replication>,
    source_port: u16,
    inputs: &Inputs<'_>,
) -> Handle<aws::SecurityGroup> {
    let mut scope = scope.child("security-group");
    let group = scope.add(
        "group",
        aws::SecurityGroup::new()
            .name(context.names.keyed("dms", [config.physical_name_key()]))
            .description(format!(
                "Security group of replication instance {}",
                config.physical_name_key()
            ))
            .vpc_id(inputs.home.network.vpc.id())
            .tags(context.name_tag("dms", [config.physical_name_key()])),
    );
    for cidr in inputs.source_cidrs {
        let rule = egress(group, source_port)
            .cidr_ipv4(cidr.to_string())
            .description("Database connections to the source");
        scope.child("to-source").add(dashed(*cidr), rule);
    }
    // Secrets Manager, by the network's own endpoint where it has one.
    let home = inputs.home.config;
    let apis = if home.endpoints.contains(&Endpoint::Secretsmanager) {
        home.cidr.to_string()
    } else {
        Cidr::anywhere().to_string()
    };
    let https = egress(group, HTTPS_PORT)
        .cidr_ipv4(apis)
        .description("HTTPS to Secrets Manager");
    scope.add("to-apis", https);
    reach_database(&mut scope, config, inputs, group);
    group
}

/// By reference where both are in one VPC; across VPCs AWS takes addresses only (a transit gateway
/// resolves no references unless every attachment opts in).
fn reach_database(
    scope: &mut Scope<'_>,
    config: SectionRef<'_, Replication>,
    inputs: &Inputs<'_>,
    group: Handle<aws::SecurityGroup>,
) {
    let port = inputs.database_config.engine().port();
    let database = inputs.database.placement.security_group;
    let aurora = inputs.database_config.config().aurora();
    let (out, into) = (egress(group, port), ingress(database, port));
    let (out, into) = if config.config().network == aurora.network {
        (
            out.referenced_security_group_id(database.id()),
            into.referenced_security_group_id(group.id()),
        )
    } else {
        (
            out.cidr_ipv4(block(inputs.database_home, DATABASE_TIERS).to_string()),
            into.cidr_ipv4(block(inputs.home, INSTANCE_TIERS).to_string()),
        )
    };
    scope.add(
        "to-target",
        out.description("Database connections to the target"),
    );
    let region = inputs.database_home.network.region;
    let into = into.description("Database connections from the replication instance");
    scope.in_region(region.as_str()).add("into-target", into);
}

/// The addresses of the first of `tiers` that the network has; all of its own where it has none.
fn block(home: Home<'_>, tiers: [Tier; 2]) -> Cidr {
    let mut found = tiers.iter().filter_map(|tier| home.config.tiers.get(tier));
    found.next().copied().unwrap_or(home.config.cidr)
}

fn egress(
    group: Handle<aws::SecurityGroup>,
    port: u16,
) -> crate::terraform::tree::Declared<aws::VpcSecurityGroupEgressRule> {
    aws::VpcSecurityGroupEgressRule::new(VpcSecurityGroupEgressRuleArgs {
        ip_protocol: "tcp".into(),
        security_group_id: group.id(),
    })
    .from_port(port)
    .to_port(port)
}

fn ingress(
    group: Handle<aws::SecurityGroup>,
    port: u16,
) -> crate::terraform::tree::Declared<aws::VpcSecurityGroupIngressRule> {
    aws::VpcSecurityGroupIngressRule::new(VpcSecurityGroupIngressRuleArgs {
        ip_protocol: "tcp".into(),
        security_group_id: group.id(),
    })
    .from_port(port)
    .to_port(port)
}
