//! Resource types that are retained in every phase of a migration.
//!
//! Phases add and remove only resources that can be recreated. Retained resources exist in every phase, at one address.
//! A plan that destroys or replaces one loses what no later apply restores.

mod recreated;
mod rollback_time;

pub use recreated::{RECREATED, Recreated, recreated};
pub use rollback_time::dns_rollback_time;

use schemars::JsonSchema;
use serde::Serialize;

use crate::aws;
use crate::terraform::tree::{Kind, Managed, Mode, Node, Tree};

/// A resource type that is stateful, or whose identity external systems refer to.
#[derive(Clone, Copy, Debug)]
pub struct Retained {
    /// The Terraform name of the type.
    pub type_name: &'static str,
    /// The kind of the loss.
    pub reason: RetentionReason,
    /// The loss, as a noun phrase for messages.
    pub lost: &'static str,
}

/// The reason why a resource is retained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RetentionReason {
    /// It holds data, or a key that decrypts data. Protected environments set `prevent_destroy` on it.
    Data,
    /// It holds audit records, which PCI DSS 10.5.1 requires for twelve months.
    AuditTrail,
    /// AWS assigns its identity once, and external systems refer to it.
    ExternalReference,
}

/// Every retained type, sorted by its Terraform name.
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
        "the far end of the VPN in the datacenter's router configuration",
    ),
    data::<aws::DbInstance>("its rows"),
    external_reference::<aws::DbSubnetGroup>(
        "the subnets of its database: another group replaces the database",
    ),
    external_reference::<aws::DmsReplicationSubnetGroup>(
        "the subnets of its replication instance: another group replaces the instance",
    ),
    data::<aws::DynamodbTable>("its items"),
    external_reference::<aws::Ec2TransitGateway>("every attachment, VPN and route of it"),
    data::<aws::EcrRepository>("its images, and with them a rollback to an older release"),
    external_reference::<aws::Eip>("an address that external firewalls allow"),
    data::<aws::KmsKey>("everything that is encrypted with it"),
    data::<aws::KmsReplicaKey>("everything that is encrypted with it in its region"),
    external_reference::<aws::Lb>("its DNS name, and every connection to it"),
    data::<aws::RdsCluster>("its rows since the last backup"),
    data::<aws::RdsGlobalCluster>("the replication between regions, and the writer endpoint"),
    external_reference::<aws::Route53Zone>("its name servers, which the parent zone delegates to"),
    data::<aws::S3Bucket>("its objects, and its name, which any account can take then"),
    data::<aws::SecretsmanagerSecret>("its versions, and its ARN in external policies"),
    data::<aws::SecretsmanagerSecretVersion>("the rotated password: a new version has another one"),
    audit_trail::<aws::SfnStateMachine>("the history of its executions"),
    external_reference::<aws::SnsTopic>("its ARN, and every subscription"),
    external_reference::<aws::SnsTopicSubscription>("the confirmation by its recipient"),
    data::<aws::SqsQueue>("the messages in it"),
    data::<aws::SsmParameter>("the state of the migration: the writer and the traffic weight"),
    external_reference::<aws::Vpc>("everything in it"),
    external_reference::<aws::VpnConnection>(
        "its tunnel addresses and keys in the datacenter's router configuration",
    ),
    external_reference::<aws::VpnGateway>("the near end of the VPN"),
];

/// Returns the loss if `node` is retained.
///
/// A parameter is retained only if Terraform ignores its value. Otherwise Terraform can set the value again.
pub fn retained(node: &Node) -> Option<&'static Retained> {
    if node.mode() != Mode::Managed {
        return None;
    }
    retained_type(node.type_name(), node.meta().lifecycle().ignore_changes())
}

/// Returns the loss if a resource of the type `type_name` is retained that ignores changes of the arguments `ignored`.
pub fn retained_type<A>(type_name: &str, ignored: &[A]) -> Option<&'static Retained> {
    let retained = RETAINED
        .iter()
        .find(|retained| retained.type_name == type_name)?;
    let can_be_recreated = type_name == aws::SsmParameter::TYPE && ignored.is_empty();
    (!can_be_recreated).then_some(retained)
}

/// Iterates over the retained nodes of `tree`.
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
    fn types_are_unique_and_sorted() {
        let types: Vec<_> = RETAINED.iter().map(|retained| retained.type_name).collect();
        assert!(types.is_sorted_by(|a, b| a < b), "sort the list by type");
    }

    #[test]
    fn parameter_is_retained_if_terraform_ignores_its_value() {
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
