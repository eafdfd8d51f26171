//! Replication of a database by AWS DMS: full load, change data capture (CDC) and reverse replication.
//!
//! ```text
//! source ──full load, forward──► target    DMS creates the slot of the full load; the forward and the reverse
//!        ◄──────reverse─────────           task start from slots that the cutover creates by SQL
//! ```
//!
//! The subnet group, the log group and the users' secrets exist in every phase. The instance, the endpoints
//! and the tasks are added and removed together; no argument of a task changes while it exists.

mod active_replication;
mod dms_roles;
mod endpoint;
mod failure_notification;
mod security_group;
mod slot_names;
mod table_mappings;
mod task;
mod task_settings;
mod tls_certificates;
mod user_secret;

pub use active_replication::ActiveReplication;
pub use dms_roles::DmsRoles;
pub use slot_names::SlotNames;
pub use table_mappings::TableMappings;
pub use task::{Task, TaskKind};
pub use task_settings::TaskSettings;

use crate::aws;
use crate::aws::dms_replication_subnet_group::DmsReplicationSubnetGroupArgs;
use crate::config::{
    Database as DatabaseConfig, Existing, Network as NetworkConfig, Replication as Config,
};
use crate::constructs::core::{Context, SectionRef};
use crate::constructs::data::database::Database;
use crate::constructs::network::vpc::Network;
use crate::constructs::observability::log_group::log_group;
use crate::constructs::security::kms_key::KmsKey;
use crate::newtypes::{Cidr, Port, RetentionDays};
use crate::terraform::tree::{Scope, Value};
use active_replication::InstanceProps;
use failure_notification::add_failure_notification;

/// A replication that was added to a tree.
#[derive(Clone, Debug)]
pub struct Replication {
    /// The ARN of the source's replication secret, known once the secret is populated.
    pub source_secret_arn: Value<String>,
    /// The ARN of the target's replication secret, known once the secret is populated.
    pub target_secret_arn: Value<String>,
    /// The port of the source.
    pub source_port: u16,
    /// The instance and its tasks.
    pub active: Option<ActiveReplication>,
}

/// Resources of a replication that exist in a phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Footprint {
    /// The subnet group, the log group and the secrets.
    Persistent,
    /// All of it: in addition the instance, the endpoints and the tasks.
    Full,
}

/// A network and its section.
#[derive(Clone, Copy, Debug)]
pub struct NetworkRef<'a> {
    /// The network.
    pub network: &'a Network,
    /// Its section.
    pub config: &'a NetworkConfig,
}

/// Configuration of a replication.
#[derive(Clone, Copy, Debug)]
pub struct ReplicationProps<'a> {
    /// The section of the stack file.
    pub section: SectionRef<'a, Config>,
    /// The resources to add.
    pub footprint: Footprint,
    /// The network of the instance, in the region of the scope.
    pub network: NetworkRef<'a>,
    /// The target.
    pub database: &'a Database,
    /// The target's section.
    pub database_section: SectionRef<'a, DatabaseConfig>,
    /// The network of the target.
    pub database_network: NetworkRef<'a>,
    /// The address ranges of the source.
    pub source_cidrs: &'a [Cidr],
    /// Encrypts the secrets and the endpoints; in the region of the instance.
    pub secrets_key: KmsKey,
    /// Encrypts the instance's storage.
    pub storage_key: KmsKey,
    /// Encrypts the log group.
    pub logs_key: KmsKey,
    /// The roles that DMS requires.
    pub roles: DmsRoles,
    /// Secrets that exist already.
    pub existing: &'a Existing,
    /// The ARN of the topic for failed tasks.
    pub alert_topic_arn: Option<&'a Value<String>>,
}

impl Replication {
    /// Adds a replication.
    pub fn new(scope: &mut Scope<'_>, context: &Context<'_>, props: ReplicationProps<'_>) -> Self {
        let key = props.section.physical_name_key();
        let subnet_ids = props
            .network
            .network
            .subnet_ids(security_group::INSTANCE_TIERS);
        let subnet_group = aws::DmsReplicationSubnetGroup::new(DmsReplicationSubnetGroupArgs {
            replication_subnet_group_description: format!("Subnets of replication instance {key}")
                .into(),
            replication_subnet_group_id: context.names.keyed("dms-subnets", [key]).into(),
            subnet_ids: subnet_ids.into(),
        });
        let subnet_group = scope.add(
            "subnet-group",
            props.roles.with_role_preconditions(subnet_group),
        );
        let source_secret = user_secret::source(scope, context, &props);
        let target_secret = user_secret::target(scope, context, &props);
        let instance_id = context.names.keyed("dms", [key]);
        // Otherwise DMS creates the log group, without a key and with unlimited retention (DMS user guide,
        // "Monitoring tasks").
        let log_group = log_group(
            format!("dms-tasks-{instance_id}"),
            RetentionDays::PCI,
            props.logs_key,
        );
        let log_group = scope.add("log-group", log_group);
        let active = (props.footprint == Footprint::Full).then(|| {
            let instance = InstanceProps {
                instance_id,
                subnet_group,
                security_group: security_group::add_security_group(scope, context, &props),
                log_group,
                source_secret,
                target_secret,
            };
            ActiveReplication::new(scope, context, &props, &instance)
        });
        if let (Some(active), Some(topic)) = (&active, props.alert_topic_arn) {
            add_failure_notification(scope, context, key, active, topic);
        }
        Self {
            source_secret_arn: source_secret.populated_arn(),
            target_secret_arn: target_secret.populated_arn(),
            source_port: props.source_port(),
            active,
        }
    }
}

impl ReplicationProps<'_> {
    /// The port of the source: its own, or the engine's default.
    fn source_port(&self) -> u16 {
        let source = &self.section.config().source;
        let default = self.database_section.engine().port();
        source.port.map_or(default, Port::get)
    }
}
