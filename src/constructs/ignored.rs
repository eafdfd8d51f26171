//! The arguments whose drift Terraform leaves alone: all of them, each with its reason.
//!
//! Whatever changes outside Terraform and must not be changed back stands here, and nowhere else.

use crate::aws;
use crate::terraform::TerraformData;
use crate::tree::{Argument, Declared, Kind, Managed};

/// An argument that Terraform does not change back.
#[derive(Clone, Copy, Debug)]
pub struct Ignored {
    /// Terraform's name of the type.
    pub type_name: &'static str,
    /// Terraform's name of the argument.
    pub argument: &'static str,
    /// Why.
    pub reason: &'static str,
}

/// Every argument that is ignored.
pub static IGNORED: &[Ignored] = &[
    because(
        Argument::<aws::RdsCluster>::engine_version(),
        "AWS picks the minor version, and upgrades of a global database run outside Terraform (terraform-provider-aws #45398)",
    ),
    because(
        Argument::<aws::RdsCluster>::global_cluster_identifier(),
        "a switchover changes it; set back, it would detach the cluster (#42919)",
    ),
    because(
        Argument::<aws::RdsCluster>::replication_source_identifier(),
        "AWS fills it in on a secondary; set back, Terraform would promote it (#40921)",
    ),
    because(
        Argument::<aws::RdsGlobalCluster>::engine_version(),
        "follows its members, which are upgraded outside Terraform",
    ),
    because(
        Argument::<TerraformData>::input(),
        "what the state was made for stays in it, for the identity guard to compare",
    ),
];

/// `element`, with what is ignored of its type.
pub fn ignoring<K: Managed>(element: Declared<K>) -> Declared<K> {
    let of_type = IGNORED
        .iter()
        .filter(|ignored| ignored.type_name == K::TYPE);
    element.ignore_changes(of_type.map(|ignored| Argument::new(ignored.argument)))
}

const fn because<K: Kind>(argument: Argument<K>, reason: &'static str) -> Ignored {
    Ignored {
        type_name: K::TYPE,
        argument: argument.terraform_name(),
        reason,
    }
}
