//! Databases: regions, instances, encryption, access, logs and backups.

use paymig::aws;
use paymig::terraform::tree::View;

use crate::framework::case::{Amount, Case, Item, Known, Text, Verdict};

type Cluster<'t> = Item<'t, aws::RdsCluster>;

/// A global database with a cluster in each region, the writer in the primary one.
pub(crate) fn aurora_postgresql_in_both_regions(case: Case<'_>) -> Verdict {
    let [first, second] = [0, 1].map(|at| case.tree.providers()[at].region());
    case.every::<aws::RdsCluster>()
        .must("be Aurora PostgreSQL", |cluster| {
            cluster.engine().is("aurora-postgresql")
        })
        .must("be a member of the global database", |cluster| {
            let global = cluster.global_cluster_identifier();
            !cluster.to::<aws::RdsGlobalCluster, _>(global).is_empty()
        })
        .some("takes writes in the primary region", |cluster| {
            cluster.region() == first && cluster.master_username().is_some()
        })
        .some("replicates in the secondary region", |cluster| {
            cluster.region() == second && cluster.source_region().is(first)
        })
        .exactly(2)
        .verdict()
}

/// A writer and two readers in the primary region, two readers in the secondary one.
pub(crate) fn readers_in_both_regions(case: Case<'_>) -> Verdict {
    case.every::<aws::RdsCluster>()
        .must("have an instance for each role", |cluster| {
            let writers = usize::from(cluster.master_username().is_some());
            instances(cluster).len() >= writers + 2
        })
        .verdict()
}

/// Pilot light: the database exists from the first phase.
pub(crate) fn clusters_have_an_instance(case: Case<'_>) -> Verdict {
    case.every::<aws::RdsCluster>()
        .that("that takes writes", |cluster| {
            cluster.master_username().is_some()
        })
        .must("have an instance", |cluster| !instances(cluster).is_empty())
        .verdict()
}

/// PCI DSS 3.5.1: storage and performance data use a customer-managed key of the region.
pub(crate) fn databases_are_encrypted(case: Case<'_>) -> Verdict {
    let clusters = case
        .every::<aws::RdsCluster>()
        .must("be encrypted", |cluster| {
            cluster.storage_encrypted().is(true)
        })
        .must("be encrypted with a key of its own region", |cluster| {
            cluster.uses_own::<aws::KmsKey, _>(cluster.kms_key_id())
        })
        .verdict();
    let globals = case.items::<aws::RdsGlobalCluster>();
    let global = Verdict::of(
        globals
            .iter()
            .all(|global| global.storage_encrypted().is(true)),
        "a global database must be encrypted",
    );
    let instances = case
        .every::<aws::RdsClusterInstance>()
        .must(
            "encrypt its performance data with a key of its own region",
            |instance| {
                instance.uses_own::<aws::KmsKey, _>(instance.performance_insights_kms_key_id())
            },
        )
        .verdict();
    clusters.and(global).and(instances)
}

/// PCI DSS 4.2.1: the database rejects connections without TLS.
pub(crate) fn databases_accept_tls_only(case: Case<'_>) -> Verdict {
    case.every::<aws::RdsCluster>()
        .must("force TLS", |cluster| {
            parameter(cluster, "rds.force_ssl") == Some("1")
                || parameter(cluster, "require_secure_transport") == Some("ON")
        })
        .verdict()
}

/// The change log for CDC, forward and in reverse.
pub(crate) fn databases_record_changes_for_cdc(case: Case<'_>) -> Verdict {
    case.every::<aws::RdsCluster>()
        .must("record changes for CDC", |cluster| {
            parameter(cluster, "rds.logical_replication") == Some("1")
                || parameter(cluster, "binlog_format") == Some("ROW")
        })
        .verdict()
}

/// Logs contain connections and roles, and no statements with card data.
pub(crate) fn databases_log_connections_but_no_data(case: Case<'_>) -> Verdict {
    case.every::<aws::RdsCluster>()
        .must("export its log", |cluster| {
            let logs = cluster.enabled_cloudwatch_logs_exports();
            logs.and_then(|logs| logs.items())
                .is_some_and(|logs| !logs.is_empty())
        })
        .must("have a log group before it exports logs", |cluster| {
            let identifier = cluster.cluster_identifier().text().unwrap_or_default();
            let waits = cluster.node.meta().depends_on().iter();
            let groups = waits
                .filter_map(|id| cluster.case.tree.node(*id))
                .filter_map(View::of);
            let named = |group: View<'_, aws::CloudwatchLogGroup>| {
                let name = group.name().text();
                name.is_some_and(|name| name.contains(&format!("/{identifier}/")))
            };
            groups.filter(|_| !identifier.is_empty()).any(named)
        })
        .must("log connections", |cluster| {
            parameter(cluster, "log_connections") == Some("1")
                && parameter(cluster, "pgaudit.log").is_some()
        })
        .must("log schema changes without passwords", |cluster| {
            parameter(cluster, "log_statement") == Some("none")
                && parameter(cluster, "pgaudit.log") == Some("ddl,role")
        })
        .must("log no data", |cluster| {
            parameter(cluster, "log_parameter_max_length") == Some("0")
                && parameter(cluster, "log_parameter_max_length_on_error") == Some("0")
                && parameter(cluster, "log_min_duration_statement") == Some("-1")
        })
        .verdict()
}

/// An instance has no public address, and only clients with a rule reach it.
pub(crate) fn instances_are_private(case: Case<'_>) -> Verdict {
    let instances = case
        .every::<aws::RdsClusterInstance>()
        .must("have no public address", |instance| {
            instance.publicly_accessible().is(false)
        })
        .verdict();
    let clusters = case
        .every::<aws::RdsCluster>()
        .must("have a security group of its own region", |cluster| {
            cluster.uses_own::<aws::SecurityGroup, _>(cluster.vpc_security_group_ids())
        })
        .must("be in subnets of its own region", |cluster| {
            cluster.uses_own::<aws::DbSubnetGroup, _>(cluster.db_subnet_group_name())
        })
        .verdict();
    instances.and(clusters)
}

/// The master password is generated in the run that uses it and is not in the state: it goes from a secret
/// to the database by write-only arguments. The bindings have no others for it.
pub(crate) fn passwords_are_not_in_the_state(case: Case<'_>) -> Verdict {
    let clusters = case
        .every::<aws::RdsCluster>()
        .that("that takes writes", |cluster| {
            cluster.master_username().is_some()
        })
        .must("take its password from a secret", |cluster| {
            let read = cluster
                .to::<aws::ephemeral::SecretsmanagerSecretVersion, _>(cluster.master_password_wo());
            let written = read
                .iter()
                .flat_map(|read| read.to::<aws::SecretsmanagerSecretVersion, _>(read.secret_id()));
            written.count() == 1
        })
        .verdict();
    let versions = case
        .every::<aws::SecretsmanagerSecretVersion>()
        .must("keep the generated password out of the state", |version| {
            let text = version.secret_string_wo();
            let drawn = version.to::<aws::ephemeral::SecretsmanagerRandomPassword, _>(text);
            drawn.len() == 1
        })
        .must("belong to a secret", |version| {
            let secret = version.secret_id();
            version.to::<aws::SecretsmanagerSecret, _>(secret).len() == 1
        })
        .verdict();
    clusters.and(versions)
}

/// Enhanced Monitoring every minute, and Performance Insights.
pub(crate) fn instances_publish_performance_data(case: Case<'_>) -> Verdict {
    case.every::<aws::RdsClusterInstance>()
        .must("publish metrics every minute", |instance| {
            (1..=60).contains(&instance.monitoring_interval().number().unwrap_or(0))
        })
        .must("publish metrics with a role", |instance| {
            let roles = instance.to::<aws::IamRole, _>(instance.monitoring_role_arn());
            let by_role = View::<aws::IamRolePolicyAttachment>::role;
            let mut attachments = roles
                .iter()
                .flat_map(|role| role.from::<aws::IamRolePolicyAttachment, _>(by_role));
            attachments.any(|attachment| attachment.policy_arn().is_some())
        })
        .must("publish Performance Insights data", |instance| {
            instance.performance_insights_enabled().is(true)
        })
        .verdict()
}

/// To the second, for as long as Aurora can.
pub(crate) fn databases_are_backed_up(case: Case<'_>) -> Verdict {
    case.every::<aws::RdsCluster>()
        .must("be restorable to any second of five weeks", |cluster| {
            cluster.backup_retention_period().at_least(35)
        })
        .verdict()
}

fn instances<'t>(cluster: &Cluster<'t>) -> Vec<Item<'t, aws::RdsClusterInstance>> {
    cluster.from::<aws::RdsClusterInstance, _>(View::<aws::RdsClusterInstance>::cluster_identifier)
}

/// The value of a cluster parameter.
pub(crate) fn parameter<'t>(cluster: &Cluster<'t>, name: &str) -> Option<&'t str> {
    let groups =
        cluster.to::<aws::RdsClusterParameterGroup, _>(cluster.db_cluster_parameter_group_name());
    let parameters = groups.first()?.parameter();
    let parameter = parameters.iter().find(|one| one.name().is(name))?;
    parameter.value().text()
}
