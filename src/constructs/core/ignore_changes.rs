//! Arguments in `ignore_changes`: values that change outside Terraform and must not be reverted.
//!
//! This is the complete list, each argument with its reason.

use crate::aws;
use crate::terraform::builtin::TerraformData;
use crate::terraform::tree::{Argument, Declared, Kind, Managed};

/// An argument whose drift Terraform ignores.
#[derive(Clone, Copy, Debug)]
pub struct IgnoredArgument {
    /// Terraform type name.
    pub type_name: &'static str,
    /// Terraform argument name.
    pub argument: &'static str,
    /// Reason for ignoring it.
    pub reason: &'static str,
}

/// Every ignored argument.
pub static IGNORED_ARGUMENTS: &[IgnoredArgument] = &[
    ignore(
        Argument::<aws::AutoscalingGroup>::desired_capacity(),
        "scaling changes it; a revert would terminate instances that serve payments",
    ),
    ignore(
        Argument::<aws::DmsReplicationInstance>::engine_version(),
        "AWS selects it and retires old versions, which cannot be created any more (terraform-provider-aws #6816)",
    ),
    ignore(
        Argument::<aws::Ec2TransitGatewayVpcAttachment>::transit_gateway_default_route_table_propagation(),
        "on an existing gateway a separate resource propagates to the default table; a revert would remove the propagation",
    ),
    ignore(
        Argument::<aws::EcsService>::desired_count(),
        "scaling changes it; a revert would stop running tasks",
    ),
    ignore(
        Argument::<aws::LambdaAlias>::function_version(),
        "the version `current` stays; a revert would move requests to code that was just uploaded",
    ),
    ignore(
        Argument::<aws::LambdaProvisionedConcurrencyConfig>::provisioned_concurrent_executions(),
        "scaling changes it; a revert would remove environments that serve payments",
    ),
    ignore(
        Argument::<aws::LbListenerRule>::action(),
        "the workflow changes the weights; a revert would route requests to the side without the writer",
    ),
    ignore(
        Argument::<aws::RdsCluster>::engine_version(),
        "AWS selects the minor version, and upgrades of a global database run outside Terraform (terraform-provider-aws #45398)",
    ),
    ignore(
        Argument::<aws::RdsCluster>::global_cluster_identifier(),
        "a switchover changes it; a revert would detach the cluster (terraform-provider-aws #42919)",
    ),
    ignore(
        Argument::<aws::RdsCluster>::replication_source_identifier(),
        "AWS sets it on a secondary cluster; a revert would promote the cluster (terraform-provider-aws #40921)",
    ),
    ignore(
        Argument::<aws::RdsGlobalCluster>::engine_version(),
        "it is the version of the member clusters, which are upgraded outside Terraform",
    ),
    ignore(
        Argument::<aws::Route53HealthCheck>::disabled(),
        "DNS failback disables and inverts health checks; a revert would route requests to the failed side",
    ),
    ignore(
        Argument::<aws::Route53HealthCheck>::invert_healthcheck(),
        "DNS failback sets it together with `disabled` to make a side unhealthy",
    ),
    ignore(
        Argument::<aws::SsmParameter>::insecure_value(),
        "the workflow stores the writer and the traffic weight in it",
    ),
    ignore(
        Argument::<aws::VpnConnection>::preshared_key_storage(),
        "sent at creation only; the provider (5.100.0) reads `Standard` even where AWS returns the secret",
    ),
    ignore(
        Argument::<TerraformData>::input(),
        "it stores values of the first apply: the identity of the state, the image of instances",
    ),
];

/// `element` with the ignored arguments of its type.
pub fn with_ignored_changes<K: Managed>(element: Declared<K>) -> Declared<K> {
    let of_type = IGNORED_ARGUMENTS
        .iter()
        .filter(|ignored| ignored.type_name == K::TYPE);
    element.ignore_changes(of_type.map(|ignored| Argument::new(ignored.argument)))
}

const fn ignore<K: Kind>(argument: Argument<K>, reason: &'static str) -> IgnoredArgument {
    IgnoredArgument {
        type_name: K::TYPE,
        argument: argument.terraform_name(),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::compose::compose;
    use crate::config::{EMBEDDED, Selection, StackSource, load, load_all};

    /// Type and argument names that the embedded stacks ignore.
    fn ignored_in_stacks() -> BTreeSet<(&'static str, &'static str)> {
        let mut found = BTreeSet::new();
        for (stack, _) in EMBEDDED {
            let source = StackSource::embedded(stack).unwrap();
            for environment in load_all(&source, &[]).unwrap().environments.into_keys() {
                let selection = Selection::new(environment, "abc123".parse().unwrap());
                let loaded = load(&source, &selection).unwrap();
                for node in compose(&loaded).unwrap().tree.nodes() {
                    let arguments = node.meta().lifecycle().ignore_changes();
                    found.extend(
                        arguments
                            .iter()
                            .map(|&argument| (node.type_name(), argument)),
                    );
                }
            }
        }
        found
    }

    #[test]
    fn embedded_stacks_ignore_exactly_the_listed_arguments() {
        let listed = IGNORED_ARGUMENTS
            .iter()
            .map(|ignored| (ignored.type_name, ignored.argument));
        assert_eq!(ignored_in_stacks(), listed.collect());
    }

    #[test]
    fn ignored_arguments_are_unique_and_have_a_reason() {
        let mut seen = BTreeSet::new();
        for ignored in IGNORED_ARGUMENTS {
            let IgnoredArgument {
                type_name,
                argument,
                reason,
            } = ignored;
            assert!(seen.insert((type_name, argument)), "{ignored:?}");
            assert!(reason.split_whitespace().count() > 3, "{ignored:?}");
        }
    }
}
