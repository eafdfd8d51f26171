//! Migrations without a workflow: the functions that an operator calls, and validation in an apply.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Alerts, Bucket, Network, Ref, Replication, Validation, Workflow, section};
use crate::newtypes::{Concurrency, Key, LambdaSeconds, Minutes, Seconds};

/// A runbook migration: an operator calls the operations of the functions `validation` and `cutover` one by one.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Runbook {
    /// The replications of the migration.
    pub replications: Vec<Ref<Replication>>,
    /// The network of the functions.
    pub network: Ref<Network>,
    /// The bucket of checkpoints, rollback states and validation findings.
    pub checkpoints: Ref<Bucket>,
    /// Recipients of progress notifications.
    pub alerts: Ref<Alerts>,
    /// Trigger of the validation: `manual` or `custom-resource`. Default: `manual`.
    #[serde(default)]
    pub validation_trigger: ValidationTrigger,
    /// Validation of the next apply in phase `migration`: `pre` after `initialize`, `post` after replication has caught up.
    /// A finding fails the apply. Default: `skip`.
    #[serde(default)]
    pub run_validation: RunValidation,
    /// Number of the validation run. Increase it to repeat a validation that passed. Default: 1.
    #[serde(default = "Runbook::first_run")]
    pub validation_run: u32,
    /// Replication lag that counts as caught up, in seconds. Default: 5.
    #[serde(default = "Workflow::max_replication_lag")]
    pub max_replication_lag: Seconds,
    /// Longest fence of the writer, in seconds, at most 28. Callers retry meanwhile. Default: 20.
    #[serde(default = "Workflow::fence_timeout")]
    pub fence_timeout: Seconds,
    /// Time limit for a DMS task to stop, in seconds. Default: 480.
    #[serde(default = "Workflow::task_stop_timeout")]
    pub task_stop_timeout: LambdaSeconds,
    /// Longest time between the comparison of all rows and the fence of the source, in minutes. Default: 2880 (two days).
    #[serde(default = "Workflow::max_validation_age")]
    pub max_validation_age: Minutes,
    /// Chunks of rows that are compared concurrently, each with a connection to both databases. Default: 10.
    #[serde(default = "Workflow::comparison_concurrency")]
    pub comparison_concurrency: Concurrency,
    /// Size of chunks, load on the source, sampling and rechecks.
    #[serde(default)]
    pub validation: Validation,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(Runbook, "runbook");

impl Runbook {
    fn first_run() -> u32 {
        1
    }
}

/// Trigger of the validation.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum ValidationTrigger {
    /// An operator, who follows the runbook.
    #[default]
    Manual,
    /// A CloudFormation custom resource, in an apply.
    CustomResource,
}

/// Validation of an apply.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum RunValidation {
    /// No validation.
    #[default]
    Skip,
    /// Premigration check: equal schemas, users present, servers able to replicate.
    Pre,
    /// Postmigration check: equal rows, sequences carried over, no failed table.
    Post,
}

impl RunValidation {
    /// The name in stack files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::Pre => "pre",
            Self::Post => "post",
        }
    }
}
