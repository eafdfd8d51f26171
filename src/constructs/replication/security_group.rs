//! The security group of the replication instance. It allows outbound connections only.

use super::props::{NetworkRef, ReplicationProps};
use crate::aws;
use crate::config::{Endpoint, Tier};
use crate::constructs::core::Context;
use crate::constructs::network::security_group_rules::{HTTPS_PORT, egress_rule, ingress_rule};
use crate::newtypes::Cidr;
use crate::terraform::tree::{Handle, NodeId, Scope};

/// The tiers for the instance; the first one that the network has is used.
pub(super) const INSTANCE_TIERS: [Tier; 2] = [Tier::Replication, Tier::Private];
/// The tiers for the database; the first one that the network has is used.
const DATABASE_TIERS: [Tier; 2] = [Tier::Database, Tier::Private];

/// The security group of the instance, with its rules and the target's rule for it.
#[derive(Clone, Debug)]
pub(super) struct InstanceSecurityGroup {
    pub(super) group: Handle<aws::SecurityGroup>,
    pub(super) rules: Vec<NodeId>,
}

/// Adds the instance's security group with its rules, and the target's rule for the instance.
pub(super) fn add_security_group(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    props: &ReplicationProps<'_>,
) -> InstanceSecurityGroup {
    let key = props.section.physical_name_key();
    let mut scope = scope.child("security-group");
    let group = scope.add(
        "group",
        aws::SecurityGroup::new()
            .name(context.names.keyed("dms", [key]))
            .description(format!("Security group of replication instance {key}"))
            .vpc_id(props.network.network.vpc.id())
            .tags(context.name_tag("dms", [key])),
    );
    let mut rules: Vec<NodeId> = Vec::new();
    for cidr in props.source_cidrs {
        let rule = egress_rule(group.id(), props.source_port())
            .cidr_ipv4(cidr.to_string())
            .description("Replication instance to source database");
        let mut scope = scope.child("egress").into_child("source");
        rules.push(scope.add(cidr.dashed(), rule).into());
    }
    // Secrets Manager, through the VPC endpoint if the network has one.
    let network = props.network.config;
    let apis = if network.endpoints.contains(&Endpoint::Secretsmanager) {
        network.cidr.to_string()
    } else {
        Cidr::anywhere().to_string()
    };
    let https = egress_rule(group.id(), HTTPS_PORT)
        .cidr_ipv4(apis)
        .description("Replication instance to Secrets Manager");
    rules.push(scope.child("egress").add("secretsmanager", https).into());
    rules.extend(add_target_rules(&mut scope, props, group));
    InstanceSecurityGroup { group, rules }
}

/// Adds the rules between the instance and the target.
///
/// Inside one VPC they reference security groups. Between VPCs they contain addresses, since a transit
/// gateway resolves references only if every attachment opts in.
fn add_target_rules(
    scope: &mut Scope<'_>,
    props: &ReplicationProps<'_>,
    group: Handle<aws::SecurityGroup>,
) -> [NodeId; 2] {
    let port = props.database_section.engine().port();
    let database = props.database.placement.security_group;
    let aurora = props.database_section.config().aurora();
    let (to_target, from_instance) = (
        egress_rule(group.id(), port),
        ingress_rule(database.id(), port),
    );
    let (to_target, from_instance) = if props.section.config().network == aurora.network {
        (
            to_target.referenced_security_group_id(database.id()),
            from_instance.referenced_security_group_id(group.id()),
        )
    } else {
        let target_cidr = tier_cidr(props.database_network, DATABASE_TIERS);
        let instance_cidr = tier_cidr(props.network, INSTANCE_TIERS);
        (
            to_target.cidr_ipv4(target_cidr.to_string()),
            from_instance.cidr_ipv4(instance_cidr.to_string()),
        )
    };
    let to_target = to_target.description("Replication instance to target database");
    let to_target = scope.child("egress").add("target", to_target);
    let region = props.database_network.network.region;
    let from_instance = from_instance.description("Replication instance to database");
    let from_instance = scope
        .in_region(region.as_str())
        .child("ingress")
        .add("target", from_instance);
    [to_target.into(), from_instance.into()]
}

/// The address range of the first of `tiers` that the network has, or else of the network.
fn tier_cidr(network: NetworkRef<'_>, tiers: [Tier; 2]) -> Cidr {
    let config = network.config;
    let mut cidrs = tiers.iter().filter_map(|tier| config.tiers.get(tier));
    cidrs.next().copied().unwrap_or(config.cidr)
}
