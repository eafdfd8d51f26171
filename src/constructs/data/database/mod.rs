//! An Aurora database: a cluster in one region, or a global cluster over two.
//!
//! Every identity-bearing part (global cluster, clusters, secret, groups, log groups) exists whatever
//! the capacity; only instances come and go. So no phase change replaces or drops data.

mod cluster;
mod parameters;
mod password;

use crate::aws;
use crate::aws::data;
use crate::config::{Database as Config, ExistingSecret, Monitoring, Protection, SecondaryCluster};
use crate::constructs::core::{Context, Role, SectionRef, with_ignored_changes};
use crate::constructs::network::security_group_rules::NetworkPlacement;
use crate::constructs::network::vpc::Network;
use crate::constructs::security::kms_key::KmsKey;
use crate::newtypes::{Phased, Region};
use crate::terraform::tree::{Handle, NodeId, ProviderId, Scope, Value};
use cluster::{Cluster, ClusterPlan};
use password::Password;

/// How much of what has two sizes runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capacity {
    /// Enough to exist and to be replicated into.
    Pilot,
    /// What carries the payments.
    Full,
}

impl Capacity {
    /// The size for this capacity.
    pub fn of<T>(self, size: &Phased<T>) -> &T {
        match self {
            Self::Pilot => &size.pilot,
            Self::Full => &size.full,
        }
    }
}

/// Network and keys of one region, for the part of a database that lies there.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// The network that holds the instances.
    pub network: &'a Network,
    /// Encrypts storage, snapshots and performance data.
    pub database_key: KmsKey,
    /// Encrypts log groups.
    pub logs_key: KmsKey,
}

/// The second region of a global database.
#[derive(Clone, Copy, Debug)]
pub struct Secondary<'a> {
    /// Where.
    pub site: Site<'a>,
    /// Its region's provider configuration.
    pub provider: ProviderId,
}

/// What a database is built from.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// Where the writer is.
    pub primary: Site<'a>,
    /// Where the replica is, if the database has one.
    pub secondary: Option<Secondary<'a>>,
    /// Where the master user's password is kept.
    pub secret: MasterSecret<'a>,
    /// How much of it runs.
    pub capacity: Capacity,
}

/// Where the master user's password is kept.
#[derive(Clone, Copy, Debug)]
pub enum MasterSecret<'a> {
    /// In a new secret, encrypted with this key.
    New(KmsKey),
    /// In one that exists; its owner encrypts and rotates it.
    Existing(&'a ExistingSecret),
}

/// A database that was added to a tree.
#[derive(Clone, Debug)]
pub struct Database {
    /// The ARN of the secret with the master user's password.
    pub secret_arn: Value<String>,
    /// Where the instances of the primary cluster stand.
    pub placement: NetworkPlacement,
    /// The region of the primary cluster.
    pub region: Region,
    /// The port that they listen on.
    pub port: u16,
    /// The instances of the primary cluster.
    pub instances: Vec<NodeId>,
    primary: Handle<aws::RdsCluster>,
    secondary: Option<Handle<aws::RdsCluster>>,
}

impl Database {
    /// The database that `config` describes.
    pub fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        config: SectionRef<'_, Config>,
        inputs: Inputs<'_>,
    ) -> Self {
        let password = password(scope, context, config, inputs);
        let monitoring = monitoring_role(scope, context, config);
        let plan = ClusterPlan {
            context,
            config,
            site: inputs.primary,
            capacity: inputs.capacity,
            monitoring,
            part: "",
        };
        let version = scope.add(
            "engine-version",
            data::RdsEngineVersion::new(config.engine().as_str())
                .version(config.aurora().version.clone())
                .latest(true),
        );
        let aurora = config.aurora();
        let global = aurora
            .secondary
            .is_some()
            .then(|| global_cluster(scope, context, config, version));
        let readers = *inputs.capacity.of(&aurora.readers);
        let primary = plan.add(
            &mut scope.child("primary"),
            &aurora.class,
            1 + readers,
            |cluster| {
                password
                    .set_on(cluster.database_name(aurora.name.clone()))
                    .when_some(global, |cluster, global| {
                        cluster.global_cluster_identifier(global.id())
                    })
                    .precondition(
                        version.status().equals("available"),
                        "AWS offers no such engine version any more: set another `version`",
                    )
            },
        );
        let secondary = match (&aurora.secondary, inputs.secondary, global) {
            (Some(replica), Some(secondary), Some(global)) => Some(secondary_cluster(
                &mut scope.child("replica").in_provider(secondary.provider),
                &ClusterPlan {
                    site: secondary.site,
                    part: "replica",
                    ..plan
                },
                replica,
                global,
                &primary,
            )),
            _ => None,
        };
        Self {
            secret_arn: password.secret_arn,
            placement: NetworkPlacement {
                vpc: inputs.primary.network.vpc,
                cidr: inputs.primary.network.cidr,
                security_group: primary.security_group,
            },
            region: inputs.primary.network.region,
            port: config.engine().port(),
            instances: primary.instances,
            primary: primary.handle,
            secondary,
        }
    }

    /// Takes writes; follows a failover inside the primary's region.
    pub fn endpoint(&self) -> Value<String> {
        self.primary.endpoint()
    }

    /// Takes reads, on any instance of the primary cluster.
    pub fn reader_endpoint(&self) -> Value<String> {
        self.primary.reader_endpoint()
    }

    /// Takes reads in the second region of a global database.
    pub fn secondary_endpoint(&self) -> Option<Value<String>> {
        self.secondary
            .map(Handle::<aws::RdsCluster>::reader_endpoint)
    }

    /// The primary cluster's identifier.
    pub fn cluster_id(&self) -> Value<String> {
        self.primary.id()
    }

    /// The identifier of the cluster in the second region of a global database.
    pub fn secondary_id(&self) -> Option<Value<String>> {
        self.secondary.map(Handle::<aws::RdsCluster>::id)
    }

    /// The database in the cluster.
    pub fn name(&self) -> Value<String> {
        self.primary.database_name()
    }
}

fn password(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    config: SectionRef<'_, Config>,
    inputs: Inputs<'_>,
) -> Password {
    let mut scope = scope.child("master");
    match inputs.secret {
        MasterSecret::Existing(secret) => Password::existing(&mut scope, secret),
        MasterSecret::New(key) => Password::random(&mut scope, context, config, key),
    }
}

fn monitoring_role(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    config: SectionRef<'_, Config>,
) -> Option<Role> {
    if config.aurora().monitoring == Monitoring::Off {
        return None;
    }
    let mut scope = scope.child("monitoring");
    let role = Role::of_account(
        &mut scope,
        context,
        context
            .names
            .keyed("db-monitoring", [config.physical_name_key()]),
        "Enhanced monitoring of a database",
        "monitoring.rds.amazonaws.com",
    );
    role.attach(
        &mut scope,
        context,
        "service-role/AmazonRDSEnhancedMonitoringRole",
    );
    Some(role)
}

fn global_cluster(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    config: SectionRef<'_, Config>,
    version: Handle<data::RdsEngineVersion>,
) -> Handle<aws::RdsGlobalCluster> {
    let aurora = config.aurora();
    let name = context
        .names
        .keyed("db-global", [config.physical_name_key()]);
    let global = aws::RdsGlobalCluster::new(name)
        .engine(config.engine().as_str())
        .engine_version(aurora.version.clone())
        .database_name(aurora.name.clone())
        .storage_encrypted(true)
        .deletion_protection(context.protection == Protection::Protected)
        .precondition(
            version.supports_global_databases(),
            "this engine version supports no global database: set another `version`",
        );
    scope.add("global", context.protect(with_ignored_changes(global)))
}

/// The cluster in the second region: no user, password or database of its own.
fn secondary_cluster(
    scope: &mut Scope<'_>,
    plan: &ClusterPlan<'_>,
    replica: &SecondaryCluster,
    global: Handle<aws::RdsGlobalCluster>,
    primary: &Cluster,
) -> Handle<aws::RdsCluster> {
    let class = replica
        .class
        .as_ref()
        .unwrap_or(&plan.config.aurora().class);
    let instances = *plan.capacity.of(&replica.readers);
    plan.add(scope, class, instances, |cluster| {
        cluster
            .global_cluster_identifier(global.id())
            .source_region(primary.region.as_str())
            // AWS refuses a secondary before the primary has an instance, and the other way round at
            // destroy (terraform-provider-aws, aws_rds_global_cluster).
            .depends_on_all(primary.instances.iter().copied())
    })
    .handle
}
