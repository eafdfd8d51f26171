//! Aurora in one region: version, Availability Zones, certificates.

use paymig::aws;
use paymig::aws::data::RdsEngineVersion;
use paymig::terraform::tree::View;

use super::network::{Ways, ways};
use crate::framework::case::{Case, Item, Known, Text, Verdict};

/// The major version of the datacenter.
pub(crate) fn databases_are_postgresql_14(case: Case<'_>) -> Verdict {
    case.every::<aws::RdsCluster>()
        .must("be Aurora PostgreSQL 14", |cluster| {
            let versions = cluster.to::<RdsEngineVersion, _>(cluster.engine_version());
            let major = |version: &Item<'_, RdsEngineVersion>| {
                let version = version.version().text().unwrap_or_default();
                version.split('.').next() == Some("14")
            };
            cluster.engine().is("aurora-postgresql") && matches!(&versions[..], [it] if major(it))
        })
        .must("have parameters of its version", |cluster| {
            type Parameters = aws::RdsClusterParameterGroup;
            let groups = cluster.to::<Parameters, _>(cluster.db_cluster_parameter_group_name());
            matches!(&groups[..], [group] if group.family().is("aurora-postgresql14"))
        })
        .verdict()
}

/// A reader in another Availability Zone is the failover target: AWS distributes instances without an explicit
/// zone over the zones (Aurora user guide, "High availability for Amazon Aurora").
pub(crate) fn clusters_have_a_failover_target(case: Case<'_>) -> Verdict {
    case.every::<aws::RdsCluster>()
        .must("have a writer and a reader", |cluster| {
            instances(cluster).len() >= 2
        })
        .must("set no Availability Zone", |cluster| {
            instances(cluster)
                .iter()
                .all(|instance| instance.availability_zone().is_none())
        })
        .verdict()
}

/// Three Availability Zones, in private subnets.
pub(crate) fn databases_are_in_private_subnets(case: Case<'_>) -> Verdict {
    case.every::<aws::DbSubnetGroup>()
        .must(
            "span private subnets of three Availability Zones",
            |group| {
                let subnets = group.to::<aws::Subnet, _>(group.subnet_ids());
                subnets.len() == 3
                    && subnets
                        .iter()
                        .all(|it| matches!(ways(it), Some(Ways::NONE | Ways::OUT)))
            },
        )
        .verdict()
}

/// Certificates of this authority are renewed by RDS without a restart (Aurora user guide, "Using
/// SSL/TLS to encrypt a connection": "Automatic server certificate rotation").
pub(crate) fn server_certificates_are_renewed(case: Case<'_>) -> Verdict {
    const RENEWED: [&str; 3] = ["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"];
    case.every::<aws::RdsClusterInstance>()
        .must(
            "have a certificate that is renewed automatically",
            |instance| {
                let authority = instance.ca_cert_identifier().text();
                authority.is_some_and(|it| RENEWED.contains(&it))
            },
        )
        .verdict()
}

fn instances<'t>(cluster: &Item<'t, aws::RdsCluster>) -> Vec<Item<'t, aws::RdsClusterInstance>> {
    cluster.from::<aws::RdsClusterInstance, _>(View::<aws::RdsClusterInstance>::cluster_identifier)
}
