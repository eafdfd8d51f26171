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
mod props;
mod security_group;
mod slot_names;
mod stop_notification;
mod table_mappings;
mod task;
mod task_settings;
mod tls_certificates;
mod user_secret;

pub use active_replication::{ActiveReplication, control_schema};
pub use dms_roles::DmsRoles;
pub use props::{Footprint, NetworkRef, ReplicationProps};
pub use slot_names::SlotNames;
pub use table_mappings::TableMappings;
pub use task::{Task, TaskKind};
pub use task_settings::TaskSettings;

use crate::aws;
use crate::aws::dms_replication_subnet_group::DmsReplicationSubnetGroupArgs;
use crate::constructs::core::Context;
use crate::constructs::observability::log_group::log_group;
use crate::newtypes::RetentionDays;
use crate::terraform::tree::{Scope, Value};
use active_replication::InstanceProps;
use stop_notification::add_stop_notification;

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
            add_stop_notification(scope, context, key, active, topic, props.alarm_actions);
        }
        Self {
            source_secret_arn: source_secret.populated_arn(),
            target_secret_arn: target_secret.populated_arn(),
            source_port: props.source_port(),
            active,
        }
    }
}
