//! What must outlive every transition of a migration.
//!
//! Phases add and remove what is stateless or can be built again. What is on this list exists in
//! every phase, at one address: a plan that destroys or replaces it loses what nothing brings back.

mod dns_rollback_time;

pub use dns_rollback_time::dns_rollback_time;

use crate::aws;
use crate::terraform::tree::{Kind, Managed, Mode, Node, Tree};

/// A type of resource that is stateful, or whose identity others have written down.
#[derive(Clone, Copy, Debug)]
pub struct Retained {
    /// Terraform's name of the type.
    pub type_name: &'static str,
    /// Of what kind the loss is.
    pub reason: RetentionReason,
    /// What is lost with a resource of the type.
    pub lost: &'static str,
}

/// What kind of thing is lost with a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetentionReason {
    /// Data, or what makes it readable. A protected environment refuses to destroy it.
    Data,
    /// The record of what happened, which PCI DSS 10.5.1 wants for twelve months.
    AuditTrail,
    /// What AWS gives once: whoever wrote it down has to be told the new one.
    ExternalReference,
}

/// Every such type, by Terraform's name.
pub static RETAINED: &[Retained] = &[
    external_reference::<aws::AcmCertificate>(
        "the certificate that listeners present, and its validation",
    ),
    external_reference::<aws::ApiGatewayApiKey>("the key that callers send"),
    external_reference::<aws::ApiGatewayDomainName>("the target of the API's own name in DNS"),
    external_reference::<aws::ApiGatewayRestApi>("the id in the API's address"),
    data::<aws::BackupVault>("its recovery points"),
    audit_trail::<aws::Cloudtrail>("the unbroken trail of API calls"),
    audit_trail::<aws::CloudwatchEventArchive>("the events it archived"),
    audit_trail::<aws::CloudwatchLogGroup>("its log events"),
    external_reference::<aws::CustomerGateway>(
        "the far end of the VPN, as the datacenter's router knows it",
    ),
    data::<aws::DbInstance>("its rows"),
    external_reference::<aws::DbSubnetGroup>(
        "the place of its database: another one replaces the database",
    ),
    external_reference::<aws::DmsReplicationSubnetGroup>(
        "the place of its replication instance: another one replaces the instance",
    ),
    data::<aws::DynamodbTable>("its items"),
    external_reference::<aws::Ec2TransitGateway>("every attachment, VPN and route of it"),
    data::<aws::EcrRepository>("its images, and with them the way back to an older release"),
    external_reference::<aws::Eip>("an address that firewalls elsewhere let through"),
    data::<aws::KmsKey>("everything that is encrypted with it"),
    data::<aws::KmsReplicaKey>("everything that is encrypted with it in its region"),
    external_reference::<aws::Lb>("its DNS name, and every connection to it"),
    data::<aws::RdsCluster>("its rows, to the last backup"),
    data::<aws::RdsGlobalCluster>("the replication between regions, and the writer endpoint"),
    external_reference::<aws::Route53Zone>("its name servers, which the parent zone delegates to"),
    data::<aws::S3Bucket>("its objects, and its name to whoever takes it first"),
    data::<aws::SecretsmanagerSecret>("its versions, and its ARN to whoever was granted it"),
    data::<aws::SecretsmanagerSecretVersion>(
        "the password that was rotated since: a new version has a new one",
    ),
    audit_trail::<aws::SfnStateMachine>("the history of its executions"),
    external_reference::<aws::SnsTopic>("its ARN, and every subscription"),
    external_reference::<aws::SnsTopicSubscription>("the confirmation of whoever receives it"),
    data::<aws::SqsQueue>("the messages in it"),
    data::<aws::SsmParameter>(
        "a value that runs with the migration: who writes, and what share of traffic",
    ),
    external_reference::<aws::Vpc>("everything in it"),
    external_reference::<aws::VpnConnection>(
        "its tunnel addresses and keys, as the datacenter's router knows them",
    ),
    external_reference::<aws::VpnGateway>("the near end of the VPN"),
];

/// What `node` would lose with it, if it is to outlive every transition.
///
/// A parameter counts only where its value is ignored: one that Terraform sets can be set again.
pub fn retained(node: &Node) -> Option<&'static Retained> {
    if node.mode() != Mode::Managed {
        return None;
    }
    let retained = RETAINED
        .iter()
        .find(|retained| retained.type_name == node.type_name())?;
    let rebuilt = node.type_name() == aws::SsmParameter::TYPE
        && node.meta().lifecycle().ignore_changes().is_empty();
    (!rebuilt).then_some(retained)
}

/// Every node of `tree` that is to outlive every transition, with what is lost with it.
pub fn each_retained(tree: &Tree) -> impl Iterator<Item = (&Node, &'static Retained)> {
    tree.nodes()
        .iter()
        .filter_map(|node| Some((node, retained(node)?)))
}

const fn data<K: Managed>(what: &'static str) -> Retained {
    entry::<K>(RetentionReason::Data, what)
}

const fn audit_trail<K: Managed>(what: &'static str) -> Retained {
    entry::<K>(RetentionReason::AuditTrail, what)
}

const fn external_reference<K: Managed>(what: &'static str) -> Retained {
    entry::<K>(RetentionReason::ExternalReference, what)
}

const fn entry<K: Kind>(reason: RetentionReason, what: &'static str) -> Retained {
    Retained {
        type_name: K::TYPE,
        reason,
        lost: what,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::ssm_parameter::SsmParameterArgs;
    use crate::terraform::tree::Argument;

    #[test]
    fn each_type_stands_once_and_in_order() {
        let types: Vec<_> = RETAINED.iter().map(|retained| retained.type_name).collect();
        assert!(types.is_sorted_by(|a, b| a < b), "sort the list by type");
    }

    #[test]
    fn a_parameter_lasts_where_its_value_is_not_terraforms() {
        let mut tree = Tree::new("us-east-1");
        let parameter = || {
            aws::SsmParameter::new(SsmParameterArgs {
                name: "/writer".into(),
                r#type: "String".into(),
            })
            .insecure_value("source")
        };
        let mut root = tree.root();
        root.add("set", parameter());
        let value = Argument::<aws::SsmParameter>::insecure_value();
        root.add("ignored", parameter().ignore_changes([value]));
        let (tree, _) = tree.finish().unwrap();
        let paths: Vec<_> = each_retained(&tree)
            .map(|(node, _)| tree.path(node))
            .collect();
        assert_eq!(paths, ["ignored"]);
    }
}
