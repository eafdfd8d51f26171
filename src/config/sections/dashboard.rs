//! Dashboards.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::section;
use crate::newtypes::Key;

/// A CloudWatch dashboard.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dashboard {
    /// Its widgets, from the top. Widgets without metrics in this stack are omitted.
    pub widgets: Vec<Widget>,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(Dashboard, "dashboard");

/// A group of widgets.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Widget {
    /// Executions of the workflow, and steps of the migration.
    MigrationProgress,
    /// Replication lag, also of the secondary region.
    ReplicationLag,
    /// Requests on the old side and on the new side.
    TrafficDistribution,
    /// Response times of load balancers and APIs.
    ApiLatency,
    /// Failed requests.
    ErrorRates,
    /// Healthy and unhealthy targets, tasks, instances, functions.
    ApplicationHealth,
    /// Connections, load, memory and storage of databases.
    DatabasePerformance,
    /// Replication between buckets.
    BucketReplication,
}
