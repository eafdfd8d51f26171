//! A change of the region of a global database, for its clients.

use paymig::aws;
use paymig::terraform::tree::View;

use crate::framework::case::{Case, Item, Known, Text, Verdict};

/// Tasks have the hosts of both clusters.
pub(crate) fn tasks_have_the_hosts_of_both_clusters(case: Case<'_>) -> Verdict {
    case.every::<aws::EcsTaskDefinition>()
        .must("have hosts of two clusters in its environment", |task| {
            let clusters = task.to::<aws::RdsCluster, _>(task.container_definitions());
            let mut regions: Vec<_> = clusters.iter().map(Item::region).collect();
            regions.sort_unstable();
            regions.dedup();
            regions.len() == 2
        })
        .verdict()
}

/// Secrets of database users that tasks read have a replica in each region with tasks, with a key of that region.
pub(crate) fn secrets_of_tasks_have_replicas(case: Case<'_>) -> Verdict {
    let tasks = case.items::<aws::EcsTaskDefinition>();
    case.every::<aws::SecretsmanagerSecret>()
        .that("that tasks read", |secret| {
            tasks.iter().any(|task| {
                let read = task.to::<aws::SecretsmanagerSecret, _>(task.container_definitions());
                read.iter()
                    .any(|read| read.node.node_id() == secret.node.node_id())
            })
        })
        .must("have a replica in the other region", |secret| {
            let replicas = secret.replica();
            matches!(&replicas[..], [replica] if {
                let keys = secret.to::<aws::KmsKey, _>(replica.kms_key_id());
                let region = replica.region();
                keys.iter().any(|key| key.region() != secret.region() && region.is(key.region()))
            })
        })
        .verdict()
}

/// Each cluster accepts connections from its own network and from the network in the other region.
pub(crate) fn clusters_accept_clients_of_both_regions(case: Case<'_>) -> Verdict {
    type In = aws::VpcSecurityGroupIngressRule;
    case.every::<aws::RdsCluster>()
        .must("have rules for clients in both regions", |cluster| {
            let groups = cluster.to::<aws::SecurityGroup, _>(cluster.vpc_security_group_ids());
            let rules: Vec<_> = groups
                .iter()
                .flat_map(|group| group.from::<In, _>(View::<In>::security_group_id))
                .filter(|rule| rule.to_port().is(5432))
                .collect();
            rules.iter().any(|rule| rule.cidr_ipv4().is_some())
                && rules
                    .iter()
                    .any(|rule| rule.referenced_security_group_id().is_some())
        })
        .verdict()
}

/// The function that rotates secrets has the hosts of both clusters, and rules to their networks.
pub(crate) fn rotation_reaches_both_clusters(case: Case<'_>) -> Verdict {
    type Out = aws::VpcSecurityGroupEgressRule;
    case.every::<aws::LambdaFunction>()
        .that("that rotates secrets", |function| {
            let variables = function.environment().and_then(|it| it.variables());
            variables.is_some_and(|all| all.key("DATABASES").is_some())
        })
        .must(
            "have hosts of two clusters in its environment",
            |function| {
                let variables = function.environment().and_then(|it| it.variables());
                let databases = variables.and_then(|all| all.key("DATABASES"));
                let clusters = function.to::<aws::RdsCluster, _>(databases);
                let mut regions: Vec<_> = clusters.iter().map(Item::region).collect();
                regions.sort_unstable();
                regions.dedup();
                regions.len() == 2
            },
        )
        .must("have egress rules to both clusters", |function| {
            let groups = function.vpc_config().map(|vpc| vpc.security_group_ids());
            let groups = function.to::<aws::SecurityGroup, _>(groups.flatten());
            let rules: Vec<_> = groups
                .iter()
                .flat_map(|group| group.from::<Out, _>(View::<Out>::security_group_id))
                .filter(|rule| rule.to_port().is(5432))
                .collect();
            let ranges = rules.iter().filter_map(|rule| rule.cidr_ipv4().text());
            let ranges: Vec<_> = ranges.collect();
            let vpcs = case.items::<aws::Vpc>();
            let mut others = vpcs.iter().filter(|vpc| vpc.region() != function.region());
            others.all(|vpc| {
                vpc.cidr_block()
                    .text()
                    .is_some_and(|range| ranges.contains(&range))
            }) && rules
                .iter()
                .any(|rule| rule.referenced_security_group_id().is_some())
        })
        .verdict()
}
