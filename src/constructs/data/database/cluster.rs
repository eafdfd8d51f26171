//! An Aurora cluster and its instances: the part of a database in one region.

use super::parameters::{ChangeLog, cluster_parameters};
use super::password::Password;
use super::size::DatabaseSize;
use crate::aws;
use crate::aws::data;
use crate::aws::rds_cluster::{
    Serverlessv2ScalingConfiguration, Serverlessv2ScalingConfigurationArgs,
};
use crate::aws::rds_cluster_instance::RdsClusterInstanceArgs;
use crate::config::{Authentication, Database, DatabaseLog, Engine, Insights, Protection, Tier};
use crate::constructs::core::{Context, Role, SectionRef, with_ignored_changes};
use crate::constructs::network::security_group_rules::NetworkPlacement;
use crate::constructs::network::vpc::Network;
use crate::constructs::observability::log_group::log_group;
use crate::constructs::security::kms_key::KmsKey;
use crate::diagnostic::Diagnostic;
use crate::lambda_packages::rds_ca_pem;
use crate::newtypes::{DatabaseClass, Phased, Region, RetentionDays};
use crate::terraform::tree::{Declared, Handle, Map, NodeId, Scope, Value};

/// A cluster that was added to a tree.
#[derive(Clone, Debug)]
pub(super) struct Cluster {
    pub(super) handle: Handle<aws::RdsCluster>,
    security_group: Handle<aws::SecurityGroup>,
    pub(super) instances: Vec<NodeId>,
    pub(super) region: Region,
}

/// Configuration of a cluster.
#[derive(Clone, Copy)]
pub(super) struct ClusterProps<'a> {
    pub(super) section: SectionRef<'a, Database>,
    pub(super) deps: ClusterDeps<'a>,
    pub(super) size: DatabaseSize,
    pub(super) class: &'a Phased<DatabaseClass>,
    /// The number of instances.
    pub(super) instances: u8,
    pub(super) change_log: ChangeLog,
    /// The role of enhanced monitoring, if it is on.
    pub(super) monitoring_role: Option<&'a Role>,
    /// The version that AWS offers, of the major version in the section. All clusters of a database have one:
    /// AWS rejects a secondary whose version is not that of the primary.
    pub(super) engine_version: Handle<data::RdsEngineVersion>,
    pub(super) role: ClusterRole<'a>,
}

/// Components that a cluster uses, in its region.
#[derive(Clone, Copy, Debug)]
pub struct ClusterDeps<'a> {
    /// The network of the instances.
    pub network: &'a Network,
    /// Encrypts storage, snapshots and performance data.
    pub database_key: KmsKey,
    /// Encrypts log groups.
    pub logs_key: KmsKey,
}

/// The role of a cluster in its database.
#[derive(Clone, Copy)]
pub(super) enum ClusterRole<'a> {
    /// The cluster of the writer.
    Primary {
        password: &'a Password,
        global_cluster: Option<Handle<aws::RdsGlobalCluster>>,
    },
    /// The cluster in the secondary region; it has no user, password or database of its own.
    Secondary {
        global_cluster: Handle<aws::RdsGlobalCluster>,
        primary: &'a Cluster,
    },
}

/// The groups of a cluster, which exist before it.
struct Groups {
    subnets: Handle<aws::DbSubnetGroup>,
    parameters: Handle<aws::RdsClusterParameterGroup>,
    security: Handle<aws::SecurityGroup>,
    logs: Vec<NodeId>,
}

/// The certificate authority of instances: RSA 2048, which every client of PostgreSQL 14 and MySQL 8.0
/// supports. AWS rotates the server certificate automatically (RDS, "Using SSL/TLS").
const CERTIFICATE_AUTHORITY: &str = "rds-ca-rsa2048-g1";

impl Cluster {
    /// Adds the groups, the cluster and its instances.
    pub(super) fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        props: ClusterProps<'_>,
    ) -> Self {
        let region = props.deps.network.region;
        if rds_ca_pem(region).is_none() {
            let key_path = scope.key_path().clone();
            scope.report(
                Diagnostic::error(format!(
                    "`{region}` has no root certificates of RDS in this release, so no program can verify a cluster there"
                ))
                .at(&key_path)
                .help("place the cluster in a network of another region"),
            );
        }
        let builder = ClusterBuilder { context, props };
        let groups = builder.add_groups(scope);
        let cluster = builder.with_role(builder.declare(&groups));
        let cluster = scope.add("cluster", context.protect(with_ignored_changes(cluster)));
        let class = props.size.of(props.class);
        let instances = builder.add_instances(scope, cluster, class);
        Self {
            handle: cluster,
            security_group: groups.security,
            instances,
            region,
        }
    }

    /// The placement of its instances in `network`.
    pub(super) fn placement(&self, network: &Network) -> NetworkPlacement {
        NetworkPlacement {
            vpc: network.vpc,
            cidr: network.cidr,
            security_group: self.security_group,
        }
    }
}

struct ClusterBuilder<'a> {
    context: &'a Context<'a>,
    props: ClusterProps<'a>,
}

impl ClusterBuilder<'_> {
    fn description(&self, what: &str) -> String {
        format!(
            "{what} of database {}",
            self.props.section.physical_name_key()
        )
    }

    /// The name of a resource of this cluster.
    fn name(&self, token: &str, more: &[&str]) -> String {
        let part = match self.props.role {
            ClusterRole::Primary { .. } => None,
            ClusterRole::Secondary { .. } => Some("secondary"),
        };
        let keys = [self.props.section.physical_name_key()]
            .into_iter()
            .chain(part)
            .chain(more.iter().copied());
        self.context.names.keyed(token, keys)
    }

    fn tags(&self, token: &str) -> Value<Map<String>> {
        Value::from([("Name", self.name(token, &[]))])
    }

    fn declare(&self, groups: &Groups) -> Declared<aws::RdsCluster> {
        let section = self.props.section;
        let (engine, aurora) = (section.engine(), section.aurora());
        let serverless = self
            .props
            .class
            .both()
            .iter()
            .any(|class| class.is_serverless());
        let cluster = aws::RdsCluster::new(engine.as_str())
            .cluster_identifier(self.name("db-cluster", &[]))
            .engine_version(self.props.engine_version.version_actual())
            // A global cluster and its members agree on it.
            .engine_lifecycle_support(aurora.extended_support.as_str())
            .port(engine.port())
            .db_subnet_group_name(groups.subnets.name())
            .db_cluster_parameter_group_name(groups.parameters.name())
            .vpc_security_group_ids([groups.security.id()])
            .storage_encrypted(true)
            .kms_key_id(self.props.deps.database_key.arn())
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

    fn with_role(&self, cluster: Declared<aws::RdsCluster>) -> Declared<aws::RdsCluster> {
        match self.props.role {
            ClusterRole::Primary {
                password,
                global_cluster,
            } => password
                .set_on(cluster.database_name(self.props.section.aurora().name.clone()))
                .when_some(global_cluster, |cluster, global| {
                    cluster.global_cluster_identifier(global.id())
                })
                .precondition(
                    self.props.engine_version.status().equals("available"),
                    "AWS no longer offers this engine version: set another `version`",
                ),
            ClusterRole::Secondary {
                global_cluster,
                primary,
            } => cluster
                .global_cluster_identifier(global_cluster.id())
                .source_region(primary.region.as_str())
                // AWS rejects a secondary before the primary has an instance, and requires the reverse
                // order at destroy (terraform-provider-aws, aws_rds_global_cluster).
                .depends_on_all(primary.instances.iter().copied()),
        }
    }

    /// Adds the readers, then the first instance, which is the writer of a cluster that had only one. Terraform
    /// changes their class in this order, so that a reader of the new class takes over while the writer
    /// restarts.
    fn add_instances(
        &self,
        scope: &mut Scope<'_>,
        cluster: Handle<aws::RdsCluster>,
        class: &DatabaseClass,
    ) -> Vec<NodeId> {
        let mut instances: Vec<NodeId> = (2..=self.props.instances)
            .map(|number| self.add_instance(scope, cluster, class, number, &[]))
            .collect();
        if self.props.instances > 0 {
            let writer = self.add_instance(scope, cluster, class, 1, &instances);
            instances.insert(0, writer);
        }
        instances
    }

    fn add_instance(
        &self,
        scope: &mut Scope<'_>,
        cluster: Handle<aws::RdsCluster>,
        class: &DatabaseClass,
        number: u8,
        after: &[NodeId],
    ) -> NodeId {
        let aurora = self.props.section.aurora();
        let number = number.to_string();
        let instance = aws::RdsClusterInstance::new(RdsClusterInstanceArgs {
            cluster_identifier: cluster.id(),
            engine: cluster.engine(),
            instance_class: class.as_str().to_owned().into(),
        })
        .identifier(self.name("db", &[&number]))
        // Otherwise a change of the class waits for the maintenance window (RDS, "Modifying a DB instance").
        .apply_immediately(true)
        .publicly_accessible(false)
        // PCI DSS 6.5: changes go through change control. It has no effect in a global database.
        .auto_minor_version_upgrade(false)
        .ca_cert_identifier(CERTIFICATE_AUTHORITY)
        .copy_tags_to_snapshot(true)
        .when_some(self.props.monitoring_role, |instance, role| {
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
                .performance_insights_kms_key_id(self.props.deps.database_key.arn())
                .performance_insights_retention_period(days),
            None => instance.performance_insights_enabled(false),
        };
        let instance = instance.depends_on_all(after.iter().copied());
        scope.child("instance").add(number, instance).into()
    }

    fn add_groups(&self, scope: &mut Scope<'_>) -> Groups {
        let section = self.props.section;
        let (engine, aurora) = (section.engine(), section.aurora());
        let tiers = [Tier::Database, Tier::Private];
        let subnets = scope.add(
            "subnet-group",
            aws::DbSubnetGroup::new(self.props.deps.network.subnet_ids(tiers))
                .name(self.name("db-subnets", &[]))
                .description(self.description("Subnet group")),
        );
        // The family of a group in use cannot change, so each major version has its own group.
        let major = aurora.version.replace('.', "-");
        let parameters = scope.add(
            "parameters",
            aws::RdsClusterParameterGroup::new(format!("{}{}", engine.as_str(), aurora.version))
                .name(self.name("db-parameters", &[&major]))
                .description(self.description("Cluster parameter group"))
                .parameter(cluster_parameters(engine, aurora, self.props.change_log))
                .create_before_destroy(),
        );
        let security = scope.add(
            "security-group",
            aws::SecurityGroup::new()
                .name(self.name("database", &[]))
                .description(self.description("Security group"))
                .vpc_id(self.props.deps.network.vpc.id())
                .tags(self.tags("database")),
        );
        Groups {
            subnets,
            parameters,
            security,
            logs: self.add_log_groups(scope),
        }
    }

    /// Otherwise RDS creates the log groups, without a key and with unlimited retention
    /// (terraform-provider-aws #42858).
    fn add_log_groups(&self, scope: &mut Scope<'_>) -> Vec<NodeId> {
        let cluster = self.name("db-cluster", &[]);
        let mut scope = scope.child("logs");
        self.log_exports()
            .into_iter()
            .map(|log| {
                let name = format!("/aws/rds/cluster/{cluster}/{log}");
                let group = log_group(name, RetentionDays::PCI, self.props.deps.logs_key);
                scope.add(log, group).into()
            })
            .collect()
    }

    fn log_exports(&self) -> Vec<&'static str> {
        let configured = self.props.section.aurora().log_exports.as_ref();
        let default: &[DatabaseLog] = match self.props.section.engine() {
            Engine::AuroraPostgresql => &[DatabaseLog::Postgresql],
            Engine::AuroraMysql => &[DatabaseLog::Audit, DatabaseLog::Error],
        };
        match configured {
            Some(logs) => logs.iter().map(|log| log.as_str()).collect(),
            None => default.iter().map(|log| log.as_str()).collect(),
        }
    }
}
