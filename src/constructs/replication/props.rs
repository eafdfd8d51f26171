//! Configuration of a replication.

use super::dms_roles::DmsRoles;
use crate::config::{
    Database as DatabaseConfig, Existing, Network as NetworkConfig, Replication as Config,
};
use crate::constructs::core::SectionRef;
use crate::constructs::data::database::Database;
use crate::constructs::network::vpc::Network;
use crate::constructs::observability::alarms::AlarmActions;
use crate::constructs::security::kms_key::KmsKey;
use crate::newtypes::{Cidr, Port};
use crate::terraform::tree::{NodeId, Value};

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
    /// Routes and rules between the instance and the databases, except those of its security group.
    pub connectivity: &'a [NodeId],
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
    /// The ARN of the topic for tasks that failed or stopped.
    pub alert_topic_arn: Option<&'a Value<String>>,
    /// The actions of the alarm on events that the topic does not receive.
    pub alarm_actions: &'a AlarmActions,
}

impl ReplicationProps<'_> {
    /// The port of the source: its own, or the engine's default.
    pub(super) fn source_port(&self) -> u16 {
        let source = &self.section.config().source;
        let default = self.database_section.engine().port();
        source.port.map_or(default, Port::get)
    }
}
