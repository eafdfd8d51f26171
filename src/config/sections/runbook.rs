//! Migrations without a workflow: the functions that an operator calls, and validation in an apply.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Alerts, Bucket, Network, Ref, Replication, Validation, Workflow, section};
use crate::newtypes::{Concurrency, Key, LambdaSeconds, Seconds};

/// A migration that an operator leads by the runbook: the function `validation`, which compares source and
/// target, and `cutover`, whose operations he calls one by one.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Runbook {
    /// What is migrated.
    pub replications: Vec<Ref<Replication>>,
    /// The network of the functions.
    pub network: Ref<Network>,
    /// The bucket of checkpoints, rollback states and findings.
    pub checkpoints: Ref<Bucket>,
    /// Whom they tell about progress.
    pub alerts: Ref<Alerts>,
    /// What calls the validation. Default: `runbook`.
    #[serde(default)]
    pub validation_trigger: ValidationTrigger,
    /// What the next apply validates, in phase `migration`: `pre` once the users are initialized, `post` once
    /// replication has caught up. A finding fails the apply. Default: `skip`.
    #[serde(default)]
    pub run_validation: RunValidation,
    /// Raised, it has the same validation run again: what has passed under a number is not repeated. Default: 1.
    #[serde(default = "Runbook::first_run")]
    pub validation_run: u32,
    /// Replication lag that counts as caught up. Default: 5 s.
    #[serde(default = "Workflow::max_replication_lag")]
    pub max_replication_lag: Seconds,
    /// How long writes may be held at the cutover; callers retry inside it. Default: 20 s (API Gateway gives up after 29).
    #[serde(default = "Workflow::fence_timeout")]
    pub fence_timeout: Seconds,
    /// How long one DMS task may take to stop. Default: 480 s.
    #[serde(default = "Workflow::task_stop_timeout")]
    pub task_stop_timeout: LambdaSeconds,
    /// How many chunks of rows are compared at one time, each over a connection to both databases. Default: 10.
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

/// What calls the validation.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum ValidationTrigger {
    /// An operator, by the runbook.
    #[default]
    Manual,
    /// A CloudFormation custom resource, in an apply.
    CustomResource,
}

/// What an apply validates.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum RunValidation {
    /// Nothing is run.
    #[default]
    Skip,
    /// What must be so before the migration: schemas alike, users there, servers able to replicate.
    Pre,
    /// What must be so after it: rows equal, sequences carried over, no table in error.
    Post,
}

impl RunValidation {
    /// The word in stack files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::Pre => "pre",
            Self::Post => "post",
        }
    }
}
