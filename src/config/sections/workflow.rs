//! State machines that lead through a migration.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Alerts, Bucket, Network, Ref, Replication, Validation, section};
use crate::newtypes::{Concurrency, Key, LambdaSeconds, Minutes, Seconds};

/// A state machine that leads through the migration: initialize, replicate, validate, cut over, roll back.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Workflow {
    /// What it replicates.
    pub replications: Vec<Ref<Replication>>,
    /// The network of its validation functions.
    pub network: Ref<Network>,
    /// The bucket of its checkpoints and rollback states.
    pub checkpoints: Ref<Bucket>,
    /// Whom it asks for approval, and tells about progress.
    pub alerts: Ref<Alerts>,
    /// Replication lag that it lets through to a cutover. Default: 5 s.
    #[serde(default = "Workflow::max_replication_lag")]
    pub max_replication_lag: Seconds,
    /// How long writes may be held at the cutover; callers retry inside it. Default: 20 s (API Gateway gives up after 29).
    #[serde(default = "Workflow::fence_timeout")]
    pub fence_timeout: Seconds,
    /// How long one DMS task may take to stop. Default: 480 s.
    #[serde(default = "Workflow::task_stop_timeout")]
    pub task_stop_timeout: LambdaSeconds,
    /// How long each traffic step is watched before the next. Default: 30 minutes.
    #[serde(default = "Workflow::soak")]
    pub step_soak: Minutes,
    /// How long it waits for an approval. Default: a day.
    #[serde(default = "Workflow::approval_timeout")]
    pub approval_timeout: Minutes,
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
section!(Workflow, "workflow");

impl Workflow {
    pub(super) fn max_replication_lag() -> Seconds {
        Seconds::constant::<5>()
    }

    pub(super) fn fence_timeout() -> Seconds {
        Seconds::constant::<20>()
    }

    fn soak() -> Minutes {
        Minutes::constant::<30>()
    }

    pub(super) fn comparison_concurrency() -> Concurrency {
        Concurrency::constant::<10>()
    }

    pub(super) fn task_stop_timeout() -> LambdaSeconds {
        LambdaSeconds::constant::<480>()
    }

    fn approval_timeout() -> Minutes {
        Minutes::constant::<1440>()
    }
}
