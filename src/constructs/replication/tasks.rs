//! Tasks: they are made stopped, and started by the workflow or the runbook.

use super::mappings::TableMappings;
use super::settings::TaskSettings;
use super::{Context, Replication, SectionRef};
use crate::aws;
use crate::aws::dms_replication_task::DmsReplicationTaskArgs;
use crate::diagnostic::Diagnostic;
use crate::terraform::tree::{Declared, Handle, Scope, Value};

/// One of the three tasks of a replication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Copies everything, then follows the source.
    Load,
    /// Follows the source again, after a way back.
    Forward,
    /// Leads what the target takes back to the source.
    Reverse,
}

/// A task that was added to a tree.
#[derive(Clone, Debug)]
pub struct Task {
    /// What it does.
    pub way: Way,
    task: Handle<aws::DmsReplicationTask>,
    /// The name of its instance, in lower case as CloudWatch has it.
    instance: String,
    /// The last part of its ARN where the stack gave it.
    resource: Option<String>,
}

/// What a task is made from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts<'a> {
    pub(super) instance: Handle<aws::DmsReplicationInstance>,
    pub(super) instance_id: &'a str,
    pub(super) read: Handle<aws::DmsEndpoint>,
    pub(super) write: Handle<aws::DmsEndpoint>,
    pub(super) settings: &'a TaskSettings,
    pub(super) mappings: &'a TableMappings,
}

/// In characters (DMS API reference, `CreateReplicationTask`, `ResourceIdentifier`).
const LONGEST_RESOURCE_ID: usize = 31;

impl Way {
    /// The name in construct paths, outputs and task identifiers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Forward => "forward",
            Self::Reverse => "reverse",
        }
    }

    fn token(self) -> &'static str {
        match self {
            Self::Load => "ld",
            Self::Forward => "fwd",
            Self::Reverse => "rev",
        }
    }

    fn migration_type(self) -> &'static str {
        match self {
            Self::Load => "full-load-and-cdc",
            Self::Forward | Self::Reverse => "cdc",
        }
    }
}

impl Task {
    /// Adds a task. Nothing of it depends on phase or traffic: a change stops it where it runs.
    pub(super) fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        config: SectionRef<'_, Replication>,
        way: Way,
        parts: Parts<'_>,
    ) -> Self {
        let names = context.names;
        let name = format!("dms-{}", way.as_str());
        let resource = names.keyed(way.token(), [config.physical_name_key()]);
        let resource = Some(resource).filter(|id| fits_resource_id(id));
        let task = aws::DmsReplicationTask::new(DmsReplicationTaskArgs {
            migration_type: way.migration_type().into(),
            replication_instance_arn: parts.instance.replication_instance_arn(),
            replication_task_id: names.keyed(&name, [config.physical_name_key()]).into(),
            source_endpoint_arn: parts.read.endpoint_arn(),
            table_mappings: json(scope, parts.mappings).into(),
            target_endpoint_arn: parts.write.endpoint_arn(),
        })
        .replication_task_settings(json(scope, parts.settings))
        .start_replication_task(false)
        .when_some(
            resource.clone(),
            Declared::<aws::DmsReplicationTask>::resource_identifier,
        );
        Self {
            way,
            task: scope.child("task").add(way.as_str(), task),
            instance: parts.instance_id.to_owned(),
            resource,
        }
    }

    /// Its ARN.
    pub fn arn(&self) -> Value<String> {
        self.task.replication_task_arn()
    }

    /// Its identifier, by which people know it.
    pub fn id(&self) -> Value<String> {
        self.task.replication_task_id()
    }

    /// What it does, as of the last refresh: `ready`, `running`, `stopped`.
    pub fn status(&self) -> Value<String> {
        self.task.status()
    }

    /// The dimensions of its metrics, such as `CDCLatencySource`. The second is the last part of the
    /// ARN, not the task's name: an alarm on the name never sees data.
    ///
    /// Source: DMS user guide, "Monitoring AWS DMS tasks".
    pub fn dimensions(&self) -> [(&'static str, Value<String>); 2] {
        let resource = match &self.resource {
            Some(id) => id.clone().into(),
            None => self.arn().split(":").at(ARN_RESOURCE),
        };
        [
            (
                "ReplicationInstanceIdentifier",
                self.instance.clone().into(),
            ),
            ("ReplicationTaskIdentifier", resource),
        ]
    }
}

/// `arn:partition:dms:region:account:task:RESOURCE`
const ARN_RESOURCE: usize = 6;

fn fits_resource_id(id: &str) -> bool {
    id.len() <= LONGEST_RESOURCE_ID
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
    fn a_resource_id_that_dms_refuses_is_left_to_dms() {
        assert!(fits_resource_id("fwd-payments-migration-abc123"));
        assert!(!fits_resource_id("payment-fwd-payments-production-abc123"));
        assert!(!fits_resource_id("7-fwd"));
    }
}
