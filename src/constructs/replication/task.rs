//! DMS tasks. They are created stopped; the workflow or the runbook starts them.

use super::table_mappings::TableMappings;
use super::task_settings::{DmsValidation, TaskSettings};
use crate::aws;
use crate::aws::dms_replication_task::DmsReplicationTaskArgs;
use crate::constructs::core::Context;
use crate::diagnostic::Diagnostic;
use crate::terraform::tree::{Declared, Handle, NodeId, Scope, Value};

/// A task that was added to a tree.
#[derive(Clone, Debug)]
pub struct Task {
    /// The kind of the task.
    pub kind: TaskKind,
    task: Handle<aws::DmsReplicationTask>,
    /// The name of its instance, in lower case as in CloudWatch.
    instance_id: String,
    /// The last part of its ARN, if the stack sets it.
    resource_id: Option<String>,
}

/// One of the three tasks of a replication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskKind {
    /// Copies all rows, then replicates changes from the source to the target.
    FullLoadAndCdc,
    /// Replicates changes from the source to the target again, after a rollback.
    ForwardCdc,
    /// Replicates changes from the target to the source, after the cutover.
    ReverseCdc,
}

/// Configuration of a task. No argument depends on phase or traffic, since a change stops a running task.
#[derive(Clone, Copy, Debug)]
pub(super) struct TaskProps<'a> {
    /// The key in physical names.
    pub(super) key: &'a str,
    pub(super) kind: TaskKind,
    pub(super) instance: Handle<aws::DmsReplicationInstance>,
    pub(super) instance_id: &'a str,
    pub(super) read: Handle<aws::DmsEndpoint>,
    pub(super) write: Handle<aws::DmsEndpoint>,
    /// The schema of DMS's control tables.
    pub(super) control_schema: &'a str,
    pub(super) mappings: &'a TableMappings,
    /// Routes, resolver rules and security group rules between the instance and the databases. While DMS deletes a task,
    /// it connects to the source once more, to drop the slot that it created.
    pub(super) connectivity: &'a [NodeId],
}

impl TaskKind {
    /// The name in construct paths, outputs and task identifiers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FullLoadAndCdc => "full-load",
            Self::ForwardCdc => "forward",
            Self::ReverseCdc => "reverse",
        }
    }

    /// The prefix of resource identifiers, which are short.
    fn resource_token(self) -> &'static str {
        match self {
            Self::FullLoadAndCdc => "ld",
            Self::ForwardCdc => "fwd",
            Self::ReverseCdc => "rev",
        }
    }

    /// A task that only replicates changes would first validate all existing rows, which reads both databases for hours
    /// after the cutover. Source: DMS user guide, "AWS DMS data validation".
    fn dms_validation(self) -> DmsValidation {
        match self {
            Self::FullLoadAndCdc => DmsValidation::On,
            Self::ForwardCdc | Self::ReverseCdc => DmsValidation::Off,
        }
    }

    fn migration_type(self) -> &'static str {
        match self {
            Self::FullLoadAndCdc => "full-load-and-cdc",
            Self::ForwardCdc | Self::ReverseCdc => "cdc",
        }
    }
}

impl Task {
    /// Adds a task.
    pub(super) fn new(scope: &mut Scope<'_>, context: &Context<'_>, props: TaskProps<'_>) -> Self {
        let (kind, key, names) = (props.kind, props.key, context.names);
        let name = format!("dms-{}", kind.as_str());
        let resource_id = names.keyed(kind.resource_token(), [key]);
        let resource_id = Some(resource_id).filter(|id| is_valid_resource_id(id));
        let settings = TaskSettings::new(props.control_schema, kind.dms_validation());
        let task = aws::DmsReplicationTask::new(DmsReplicationTaskArgs {
            migration_type: kind.migration_type().into(),
            replication_instance_arn: props.instance.replication_instance_arn(),
            replication_task_id: names.keyed(&name, [key]).into(),
            source_endpoint_arn: props.read.endpoint_arn(),
            table_mappings: json(scope, props.mappings).into(),
            target_endpoint_arn: props.write.endpoint_arn(),
        })
        .replication_task_settings(json(scope, &settings))
        .start_replication_task(false)
        .depends_on_all(props.connectivity.iter().copied())
        .when_some(
            resource_id.clone(),
            Declared::<aws::DmsReplicationTask>::resource_identifier,
        );
        Self {
            kind,
            task: scope.child("task").add(kind.as_str(), task),
            instance_id: props.instance_id.to_owned(),
            resource_id,
        }
    }

    /// The ARN.
    pub fn arn(&self) -> Value<String> {
        self.task.replication_task_arn()
    }

    /// The identifier, which the console shows.
    pub fn id(&self) -> Value<String> {
        self.task.replication_task_id()
    }

    /// The status as of the last refresh: `ready`, `running`, `stopped`.
    pub fn status(&self) -> Value<String> {
        self.task.status()
    }

    /// The dimensions of its metrics, such as `CDCLatencySource`. The second dimension is the last part of the
    /// ARN, not the task's identifier: an alarm on the identifier would never receive data.
    ///
    /// Source: DMS user guide, "Monitoring AWS DMS tasks".
    pub fn dimensions(&self) -> [(&'static str, Value<String>); 2] {
        let resource_id = match &self.resource_id {
            Some(id) => id.clone().into(),
            None => self.arn().split(":").at(ARN_RESOURCE),
        };
        [
            (
                "ReplicationInstanceIdentifier",
                self.instance_id.clone().into(),
            ),
            ("ReplicationTaskIdentifier", resource_id),
        ]
    }
}

/// `arn:partition:dms:region:account:task:RESOURCE`
const ARN_RESOURCE: usize = 6;

/// Characters (DMS API reference, `CreateReplicationTask`, `ResourceIdentifier`).
const MAX_RESOURCE_ID_LENGTH: usize = 31;

fn is_valid_resource_id(id: &str) -> bool {
    id.len() <= MAX_RESOURCE_ID_LENGTH
        && id.starts_with(|c: char| c.is_ascii_alphabetic())
        && !id.contains("--")
        && !id.ends_with('-')
}

fn json(scope: &mut Scope<'_>, value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| {
        scope.report(Diagnostic::error(error.to_string()));
        String::new()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resource_id_that_dms_rejects_is_invalid() {
        assert!(is_valid_resource_id("fwd-payments-migration-abc123"));
        assert!(!is_valid_resource_id(
            "payment-fwd-payments-production-abc123"
        ));
        assert!(!is_valid_resource_id("7-fwd"));
    }
}
