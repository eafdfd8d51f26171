//! State machines of a migration.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Alerts, Bucket, Network, Ref, Replication, Validation, section};
use crate::newtypes::{Concurrency, Key, LambdaSeconds, Minutes, Seconds};

/// A Step Functions state machine that runs the migration: initialize, replicate, validate, cut over and roll back.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Workflow {
    /// The replications of the migration.
    pub replications: Vec<Ref<Replication>>,
    /// The network of its functions.
    pub network: Ref<Network>,
    /// The bucket of its checkpoints and rollback states.
    pub checkpoints: Ref<Bucket>,
    /// Recipients of approval requests and progress notifications.
    pub alerts: Ref<Alerts>,
    /// Maximum replication lag at the cutover, in seconds. Default: 5.
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
    /// Soak of each traffic step, in minutes. Default: 30.
    #[serde(default = "Workflow::soak")]
    pub step_soak: Minutes,
    /// Timeout of an approval, in minutes. Default: 1440 (one day).
    #[serde(default = "Workflow::approval_timeout")]
    pub approval_timeout: Minutes,
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

    pub(super) fn max_validation_age() -> Minutes {
        Minutes::constant::<2880>()
    }

    fn approval_timeout() -> Minutes {
        Minutes::constant::<1440>()
    }
}
