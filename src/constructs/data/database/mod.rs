//! An Aurora database: a cluster in one region, or a global cluster over two regions.
//!
//! The global cluster, the clusters, the secret, the groups and the log groups exist at any size; only
//! instances are added and removed. Therefore no phase change replaces or deletes data.

mod cluster;
mod parameters;
mod password;
mod size;

pub use cluster::ClusterDeps;
pub use parameters::ChangeLog;
pub use size::DatabaseSize;

use std::iter;

use crate::aws;
use crate::aws::data;
use crate::config::{Database as Config, ExistingSecret, Monitoring, Protection};
use crate::constructs::core::{Context, Role, SectionRef, with_ignored_changes};
use crate::constructs::network::security_group_rules::NetworkPlacement;
use crate::constructs::security::kms_key::KmsKey;
use crate::constructs::security::secret::SecretReplica;
use crate::newtypes::Region;
use crate::terraform::tree::{ConstructId, Handle, NodeId, ProviderId, Scope, Value};
use cluster::{Cluster, ClusterProps, ClusterRole};
use password::{GeneratedPasswordProps, Password};

/// A database that was added to a tree.
#[derive(Clone, Debug)]
pub struct Database {
    /// The ARN of the secret with the master user's password.
    pub secret_arn: Value<String>,
    /// The network placement of the primary cluster's instances.
    pub placement: NetworkPlacement,
    /// The region of the primary cluster.
    pub region: Region,
    /// The port of the instances.
    pub port: u16,
    /// The instances of the primary cluster.
    pub instances: Vec<NodeId>,
    primary: Handle<aws::RdsCluster>,
    secondary: Option<SecondaryCluster>,
}

/// Region and network placement of a cluster of a database.
#[derive(Clone, Copy, Debug)]
pub struct ClusterLocation {
    /// The region.
    pub region: Region,
    /// The network placement of the instances.
    pub placement: NetworkPlacement,
    suffix: &'static str,
}

/// The cluster in the second region of a global database.
#[derive(Clone, Copy, Debug)]
struct SecondaryCluster {
    handle: Handle<aws::RdsCluster>,
    location: ClusterLocation,
}

impl ClusterLocation {
    /// The cluster's part of construct paths, from its database's.
    pub fn construct_id(&self, database: &ConstructId) -> ConstructId {
        database.map(|name| format!("{name}{}", self.suffix))
    }
}

/// Configuration of a database.
#[derive(Clone, Copy, Debug)]
pub struct DatabaseProps<'a> {
    /// The section of the stack file.
    pub section: SectionRef<'a, Config>,
    /// Components of the primary cluster.
    pub primary: ClusterDeps<'a>,
    /// The secondary region, if the section has one.
    pub secondary: Option<SecondaryProps<'a>>,
    /// The secret of the master user's password.
    pub secret: MasterSecret<'a>,
    /// The size in the current phase.
    pub size: DatabaseSize,
    /// The log of changes.
    pub change_log: ChangeLog,
}

/// The secondary region of a global database.
#[derive(Clone, Copy, Debug)]
pub struct SecondaryProps<'a> {
    /// Components of the secondary cluster.
    pub deps: ClusterDeps<'a>,
    /// The provider configuration of the region.
    pub provider: ProviderId,
}

/// The secret of the master user's password.
#[derive(Clone, Copy, Debug)]
pub enum MasterSecret<'a> {
    /// A new secret.
    New {
        /// Encrypts the secret.
        key: KmsKey,
        /// Replicas in other regions.
        replicas: &'a [SecretReplica],
    },
    /// A secret that exists already; its owner encrypts and rotates it.
    Existing(&'a ExistingSecret),
}

impl Database {
    /// Adds a database.
    pub fn new(scope: &mut Scope<'_>, context: &Context<'_>, props: DatabaseProps<'_>) -> Self {
        let section = props.section;
        let aurora = section.aurora();
        let password = add_password(scope, context, props);
        let monitoring_role = add_monitoring_role(scope, context, section);
        let engine_version = scope.add(
            "engine-version",
            data::RdsEngineVersion::new(section.engine().as_str())
                .version(aurora.version.clone())
                .latest(true),
        );
        let global_cluster = aurora
            .secondary
            .is_some()
            .then(|| add_global_cluster(scope, context, section, engine_version));
        let primary = ClusterProps {
            section,
            deps: props.primary,
            size: props.size,
            class: &aurora.class,
            instances: 1 + *props.size.of(&aurora.readers),
            change_log: props.change_log,
            monitoring_role: monitoring_role.as_ref(),
            engine_version,
            role: ClusterRole::Primary {
                password: &password,
                global_cluster,
            },
        };
        let primary = Cluster::new(&mut scope.child("primary"), context, primary);
        let secondary = match (&aurora.secondary, props.secondary, global_cluster) {
            (Some(config), Some(secondary), Some(global_cluster)) => {
                let cluster = ClusterProps {
                    section,
                    deps: secondary.deps,
                    size: props.size,
                    class: config.class.as_ref().unwrap_or(&aurora.class),
                    instances: *props.size.of(&config.readers),
                    change_log: props.change_log,
                    monitoring_role: monitoring_role.as_ref(),
                    engine_version,
                    role: ClusterRole::Secondary {
                        global_cluster,
                        primary: &primary,
                    },
                };
                let mut scope = scope.child("secondary").in_provider(secondary.provider);
                let network = secondary.deps.network;
                let cluster = Cluster::new(&mut scope, context, cluster);
                Some(SecondaryCluster {
                    handle: cluster.handle,
                    location: ClusterLocation {
                        region: network.region,
                        placement: cluster.placement(network),
                        suffix: "-secondary",
                    },
                })
            }
            _ => None,
        };
        let network = props.primary.network;
        Self {
            secret_arn: password.secret_arn,
            placement: primary.placement(network),
            region: network.region,
            port: section.engine().port(),
            instances: primary.instances,
            primary: primary.handle,
            secondary,
        }
    }

    /// The writer endpoint. It follows a failover inside the primary region.
    pub fn endpoint(&self) -> Value<String> {
        self.primary.endpoint()
    }

    /// The writer endpoints of all clusters of a global database, the primary's first. Only one accepts connections that
    /// write. AWS does not document whether a server certificate contains the global writer endpoint, so a client that
    /// verifies it connects to these. None for a database in one region.
    pub fn writer_hosts(&self) -> Option<[Value<String>; 2]> {
        // The endpoint of a cluster without a writer is inactive, and has the name of the reader endpoint without `-ro`
        // (Aurora user guide, "Aurora endpoint connections").
        let secondary = self.secondary_endpoint()?;
        let secondary = secondary.replace(".cluster-ro-".to_owned(), ".cluster-".to_owned());
        Some([self.endpoint(), secondary])
    }

    /// The clusters, the primary first.
    pub fn clusters(&self) -> impl Iterator<Item = ClusterLocation> {
        let primary = ClusterLocation {
            region: self.region,
            placement: self.placement,
            suffix: "",
        };
        let secondary = self.secondary.map(|secondary| secondary.location);
        iter::once(primary).chain(secondary)
    }

    /// The reader endpoint of the primary cluster.
    pub fn reader_endpoint(&self) -> Value<String> {
        self.primary.reader_endpoint()
    }

    /// The reader endpoint of the secondary cluster.
    pub fn secondary_endpoint(&self) -> Option<Value<String>> {
        self.secondary
            .map(|secondary| secondary.handle.reader_endpoint())
    }

    /// The identifier of the primary cluster.
    pub fn cluster_id(&self) -> Value<String> {
        self.primary.id()
    }

    /// The identifier of the secondary cluster.
    pub fn secondary_cluster_id(&self) -> Option<Value<String>> {
        self.secondary.map(|secondary| secondary.handle.id())
    }

    /// The name of the database in the cluster.
    pub fn name(&self) -> Value<String> {
        self.primary.database_name()
    }
}

fn add_password(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    props: DatabaseProps<'_>,
) -> Password {
    let mut scope = scope.child("master");
    match props.secret {
        MasterSecret::Existing(secret) => Password::existing(&mut scope, secret),
        MasterSecret::New { key, replicas } => {
            let password = GeneratedPasswordProps {
                section: props.section,
                region: props.primary.network.region,
                key,
                replicas: replicas.to_vec(),
            };
            Password::generated(&mut scope, context, password)
        }
    }
}

fn add_monitoring_role(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    section: SectionRef<'_, Config>,
) -> Option<Role> {
    if section.aurora().monitoring == Monitoring::Off {
        return None;
    }
    let mut scope = scope.child("monitoring");
    let role = Role::of_account(
        &mut scope,
        context,
        context
            .names
            .keyed("db-monitoring", [section.physical_name_key()]),
        "Publishes Enhanced Monitoring metrics of a database",
        "monitoring.rds.amazonaws.com",
    );
    role.attach(
        &mut scope,
        context,
        "service-role/AmazonRDSEnhancedMonitoringRole",
    );
    Some(role)
}

fn add_global_cluster(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    section: SectionRef<'_, Config>,
    engine_version: Handle<data::RdsEngineVersion>,
) -> Handle<aws::RdsGlobalCluster> {
    let aurora = section.aurora();
    let name = context
        .names
        .keyed("db-global", [section.physical_name_key()]);
    let global = aws::RdsGlobalCluster::new(name)
        .engine(section.engine().as_str())
        .engine_version(engine_version.version_actual())
        .engine_lifecycle_support(aurora.extended_support.as_str())
        .database_name(aurora.name.clone())
        .storage_encrypted(true)
        .deletion_protection(context.protection == Protection::Protected)
        .precondition(
            engine_version.supports_global_databases(),
            "this engine version does not support global databases: set another `version`",
        );
    scope.add("global", context.protect(with_ignored_changes(global)))
}
