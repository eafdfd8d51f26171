//! One cluster and its instances: the part of a database that lies in one region.

use super::{Capacity, Site};
use crate::aws;
use crate::aws::rds_cluster::{
    Serverlessv2ScalingConfiguration, Serverlessv2ScalingConfigurationArgs,
};
use crate::aws::rds_cluster_instance::RdsClusterInstanceArgs;
use crate::config::{Authentication, Database, DatabaseLog, Engine, Insights, Protection, Tier};
use crate::constructs::core::{Context, Role, SectionRef, with_ignored_changes};
use crate::constructs::observability::log_group::log_group;
use crate::newtypes::{DatabaseClass, Phased, Region, RetentionDays};
use crate::terraform::tree::{Declared, Handle, Map, NodeId, Scope, Value};

use super::parameters::cluster_parameters;

/// What both clusters of a global database share with a regional one.
#[derive(Clone, Copy)]
pub(super) struct ClusterPlan<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) config: SectionRef<'a, Database>,
    pub(super) site: Site<'a>,
    pub(super) capacity: Capacity,
    pub(super) monitoring: Option<Role>,
    /// Told apart from the other cluster in names: empty, or `replica`.
    pub(super) part: &'static str,
}

/// A cluster that was added to a tree.
#[derive(Clone, Debug)]
pub(super) struct Cluster {
    pub(super) handle: Handle<aws::RdsCluster>,
    pub(super) security_group: Handle<aws::SecurityGroup>,
    pub(super) instances: Vec<NodeId>,
    pub(super) region: Region,
}

/// The groups that a cluster is made with; they exist before it.
struct Groups {
    subnets: Handle<aws::DbSubnetGroup>,
    parameters: Handle<aws::RdsClusterParameterGroup>,
    security: Handle<aws::SecurityGroup>,
    logs: Vec<NodeId>,
}

/// The certificate authority of instances: RSA 2048, which every client of PostgreSQL 14 and MySQL
/// 8.0 takes; AWS rotates the server certificate by itself (RDS, "Using SSL/TLS").
const CERTIFICATE_AUTHORITY: &str = "rds-ca-rsa2048-g1";

impl ClusterPlan<'_> {
    /// Adds groups, cluster and instances; `begin_soak` makes the cluster a primary or a secondary.
    pub(super) fn add(
        &self,
        scope: &mut Scope<'_>,
        class: &Phased<DatabaseClass>,
        instances: u8,
        finish: impl FnOnce(Declared<aws::RdsCluster>) -> Declared<aws::RdsCluster>,
    ) -> Cluster {
        let groups = self.add_groups(scope);
        let cluster = finish(self.declare(class, &groups));
        let cluster = scope.add(
            "cluster",
            self.context.protect(with_ignored_changes(cluster)),
        );
        let class = self.capacity.of(class);
        let instances = (1..=instances)
            .map(|number| self.add_instance(scope, cluster, class, number))
            .collect();
        Cluster {
            handle: cluster,
            security_group: groups.security,
            instances,
            region: self.site.network.region,
        }
    }

    fn describe(&self, what: &str) -> String {
        format!("{what} of database {}", self.config.physical_name_key())
    }

    /// The name for a resource of this cluster.
    pub(super) fn name(&self, token: &str, more: &[&str]) -> String {
        let keys = [self.config.physical_name_key(), self.part]
            .into_iter()
            .chain(more.iter().copied())
            .filter(|key| !key.is_empty());
        self.context.names.keyed(token, keys)
    }

    fn tags(&self, token: &str) -> Value<Map<String>> {
        Value::from([("Name", self.name(token, &[]))])
    }

    fn declare(&self, class: &Phased<DatabaseClass>, groups: &Groups) -> Declared<aws::RdsCluster> {
        let (engine, aurora) = (self.config.engine(), self.config.aurora());
        let serverless = class.both().iter().any(|class| class.is_serverless());
        let cluster = aws::RdsCluster::new(engine.as_str())
            .cluster_identifier(self.name("db-cluster", &[]))
            .engine_version(aurora.version.clone())
            .engine_lifecycle_support("open-source-rds-extended-support-disabled")
            .port(engine.port())
            .db_subnet_group_name(groups.subnets.name())
            .db_cluster_parameter_group_name(groups.parameters.name())
            .vpc_security_group_ids([groups.security.id()])
            .storage_encrypted(true)
            .kms_key_id(self.site.database_key.arn())
            .backup_retention_period(aurora.backup_days.get())
            .preferred_backup_window(aurora.backup_window.clone())
            .preferred_maintenance_window(aurora.maintenance_window.clone())
            .copy_tags_to_snapshot(true)
            .iam_database_authentication_enabled(aurora.authentication == Authentication::Iam)
            .enabled_cloudwatch_logs_exports(self.log_exports())
            .when_some(
                aurora.capacity.as_ref().filter(|_| serverless),
                |cluster, capacity| {
                    cluster.serverlessv2_scaling_configuration(
                        Serverlessv2ScalingConfiguration::new(
                            Serverlessv2ScalingConfigurationArgs {
                                max_capacity: capacity.max.into(),
                                min_capacity: capacity.min.into(),
                            },
                        ),
                    )
                },
            )
            .depends_on_all(groups.logs.iter().copied());
        match self.context.protection {
            Protection::Protected => cluster
                .deletion_protection(true)
                .delete_automated_backups(false)
                .skip_final_snapshot(false)
                .final_snapshot_identifier(self.name("db-final", &[])),
            Protection::Destroyable => cluster
                .deletion_protection(false)
                .delete_automated_backups(true)
                .skip_final_snapshot(true),
        }
    }

    fn add_instance(
        &self,
        scope: &mut Scope<'_>,
        cluster: Handle<aws::RdsCluster>,
        class: &DatabaseClass,
        number: u8,
    ) -> NodeId {
        let aurora = self.config.aurora();
        let number = number.to_string();
        let instance = aws::RdsClusterInstance::new(RdsClusterInstanceArgs {
            cluster_identifier: cluster.id(),
            engine: cluster.engine(),
            instance_class: class.as_str().to_owned().into(),
        })
        .identifier(self.name("db", &[&number]))
        .publicly_accessible(false)
        // PCI DSS 6.5: changes go through change control; no effect in a global database anyway.
        .auto_minor_version_upgrade(false)
        .ca_cert_identifier(CERTIFICATE_AUTHORITY)
        .copy_tags_to_snapshot(true)
        .when_some(self.monitoring, |instance, role| {
            instance
                .monitoring_interval(aurora.monitoring.seconds())
                .monitoring_role_arn(role.arn())
        });
        let retention = match aurora.insights {
            Insights::Off => None,
            Insights::Standard => Some(7_u16),
            Insights::Advanced => Some(465),
        };
        let instance = match retention {
            Some(days) => instance
                .performance_insights_enabled(true)
                .performance_insights_kms_key_id(self.site.database_key.arn())
                .performance_insights_retention_period(days),
            None => instance.performance_insights_enabled(false),
        };
        scope.child("instance").add(number, instance).into()
    }

    fn add_groups(&self, scope: &mut Scope<'_>) -> Groups {
        let (engine, aurora) = (self.config.engine(), self.config.aurora());
        let tiers = [Tier::Database, Tier::Private];
        let subnets = scope.add(
            "subnet-group",
            aws::DbSubnetGroup::new(self.site.network.subnet_ids(tiers))
                .name(self.name("db-subnets", &[]))
                .description(self.describe("Subnets")),
        );
        // A group cannot change its family while a cluster uses it, so each major has its own.
        let major = aurora.version.replace('.', "-");
        let parameters = scope.add(
            "parameters",
            aws::RdsClusterParameterGroup::new(format!("{}{}", engine.as_str(), aurora.version))
                .name(self.name("db-parameters", &[&major]))
                .description(self.describe("Cluster parameters"))
                .parameter(cluster_parameters(engine, aurora))
                .create_before_destroy(),
        );
        let security = scope.add(
            "security-group",
            aws::SecurityGroup::new()
                .name(self.name("database", &[]))
                .description(self.describe("Security group"))
                .vpc_id(self.site.network.vpc.id())
                .tags(self.tags("database")),
        );
        Groups {
            subnets,
            parameters,
            security,
            logs: self.add_log_groups(scope),
        }
    }

    /// RDS would make them itself, without a key and for ever (terraform-provider-aws #42858).
    fn add_log_groups(&self, scope: &mut Scope<'_>) -> Vec<NodeId> {
        let cluster = self.name("db-cluster", &[]);
        let mut scope = scope.child("logs");
        self.log_exports()
            .into_iter()
            .map(|log| {
                let name = format!("/aws/rds/cluster/{cluster}/{log}");
                let group = log_group(name, RetentionDays::PCI, self.site.logs_key);
                scope.add(log, group).into()
            })
            .collect()
    }

    fn log_exports(&self) -> Vec<&'static str> {
        let configured = self.config.aurora().log_exports.as_ref();
        let default: &[DatabaseLog] = match self.config.engine() {
            Engine::AuroraPostgresql => &[DatabaseLog::Postgresql],
            Engine::AuroraMysql => &[
                DatabaseLog::Audit,
                DatabaseLog::Error,
                DatabaseLog::Slowquery,
            ],
        };
        match configured {
            Some(logs) => logs.iter().map(|log| log.as_str()).collect(),
            None => default.iter().map(|log| log.as_str()).collect(),
        }
    }
}
