//! The arguments whose drift Terraform leaves alone: all of them, each with its reason.
//!
//! Whatever changes outside Terraform and must not be changed back stands here, and nowhere else.

use crate::aws;
use crate::terraform::builtin::TerraformData;
use crate::terraform::tree::{Argument, Declared, Kind, Managed};

/// An argument that Terraform does not change back.
#[derive(Clone, Copy, Debug)]
pub struct IgnoredArgument {
    /// Terraform's name of the type.
    pub type_name: &'static str,
    /// Terraform's name of the argument.
    pub argument: &'static str,
    /// Why.
    pub reason: &'static str,
}

/// Every argument that is ignored.
pub static IGNORED_ARGUMENTS: &[IgnoredArgument] = &[
    ignore(
        Argument::<aws::AutoscalingGroup>::desired_capacity(),
        "scaling moves it; set back, instances that serve payments would be ended",
    ),
    ignore(
        Argument::<aws::DmsReplicationInstance>::engine_version(),
        "AWS picks it and retires old ones: one that is gone cannot be created (terraform-provider-aws #6816)",
    ),
    ignore(
        Argument::<aws::Ec2TransitGatewayVpcAttachment>::transit_gateway_default_route_table_propagation(),
        "on a gateway that exists, a resource of its own propagates to the default table; set back, it would be undone",
    ),
    ignore(
        Argument::<aws::EcsService>::desired_count(),
        "scaling moves it; set back, tasks that are needed would be stopped",
    ),
    ignore(
        Argument::<aws::LbListenerRule>::action(),
        "the workflow moves the weights of the old and the new system; set back, requests would leave the side that has the database",
    ),
    ignore(
        Argument::<aws::RdsCluster>::engine_version(),
        "AWS picks the minor version, and upgrades of a global database run outside Terraform (terraform-provider-aws #45398)",
    ),
    ignore(
        Argument::<aws::RdsCluster>::global_cluster_identifier(),
        "a switchover changes it; set back, it would detach the cluster (#42919)",
    ),
    ignore(
        Argument::<aws::RdsCluster>::replication_source_identifier(),
        "AWS fills it in on a secondary; set back, Terraform would promote it (#40921)",
    ),
    ignore(
        Argument::<aws::RdsGlobalCluster>::engine_version(),
        "follows its members, which are upgraded outside Terraform",
    ),
    ignore(
        Argument::<aws::Route53HealthCheck>::disabled(),
        "what takes a side out of DNS disables and inverts its health check; set back, requests would return to a side that failed",
    ),
    ignore(
        Argument::<aws::Route53HealthCheck>::invert_healthcheck(),
        "goes with `disabled`: the two together say that a side is unhealthy",
    ),
    ignore(
        Argument::<aws::SsmParameter>::insecure_value(),
        "the workflow keeps there which database takes writes, and how far requests have moved",
    ),
    ignore(
        Argument::<aws::VpnConnection>::preshared_key_storage(),
        "it is sent when the connection is made; the provider (5.100.0) reads `Standard` back even where the answer names the secret",
    ),
    ignore(
        Argument::<TerraformData>::input(),
        "it is remembered: what the state was made for, and the image that instances were given",
    ),
];

/// `element`, with what is ignored of its type.
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

    /// What the embedded stacks ignore, as type and argument.
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
    fn the_stacks_ignore_what_is_listed_and_nothing_else() {
        let listed = IGNORED_ARGUMENTS
            .iter()
            .map(|ignored| (ignored.type_name, ignored.argument));
        assert_eq!(ignored_in_stacks(), listed.collect());
    }

    #[test]
    fn each_argument_stands_once_with_its_reason() {
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
