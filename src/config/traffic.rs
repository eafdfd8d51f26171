//! The share of requests on the new system, and what moves it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Alerts, Balancer, Bucket, Dns, ExistingHttp, Network, Ref, Replication, Service, section,
};
use crate::quantity::{Key, Minutes, Percent, Seconds};

/// How requests move from the old system to the new.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Traffic {
    /// The system that is replaced.
    pub old: Ref<ExistingHttp>,
    /// What replaces it.
    pub new: Vec<Ref<Service>>,
    /// Where requests are split.
    pub at: Split,
    /// The shares on the new side, rising from 0 to 100. Default: 0, 10, 50, 100.
    #[serde(default = "Traffic::steps")]
    pub steps: Vec<Percent>,
    /// The share at which the database is cut over. Default: 100.
    #[serde(default = "Traffic::cutover_at")]
    pub cutover_at: Percent,
    /// Who moves the share; there is one owner. Default: `configuration`.
    #[serde(default)]
    pub owner: Owner,
}

impl Traffic {
    fn steps() -> Vec<Percent> {
        vec![
            Percent::NONE,
            Percent::constant::<10>(),
            Percent::constant::<50>(),
            Percent::ALL,
        ]
    }

    fn cutover_at() -> Percent {
        Percent::ALL
    }
}

/// Where requests are split.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Split {
    /// In weighted DNS records.
    Dns(Ref<Dns>),
    /// In the weighted rule of a load balancer, without the delay of DNS.
    Balancer(Ref<Balancer>),
}

/// Who moves the share of requests.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum Owner {
    /// `--traffic`: an apply for each step.
    #[default]
    Configuration,
    /// The workflow: Terraform sets the initial value and ignores the rest.
    Workflow,
}

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
    #[serde(default = "Workflow::lag")]
    pub max_lag: Seconds,
    /// How long writes may be held at the cutover; callers retry inside it. Default: 20 s (API Gateway gives up after 29).
    #[serde(default = "Workflow::fence")]
    pub fence: Seconds,
    /// How long each traffic step is watched before the next. Default: 30 minutes.
    #[serde(default = "Workflow::soak")]
    pub step_soak: Minutes,
    /// How long it waits for an approval. Default: a day.
    #[serde(default = "Workflow::approval")]
    pub approval: Minutes,
    /// The name this section had before it was renamed: its resources move, nothing is replaced.
    pub formerly: Option<Key>,
}
section!(Workflow, "workflow");

impl Workflow {
    fn lag() -> Seconds {
        Seconds::constant::<5>()
    }

    fn fence() -> Seconds {
        Seconds::constant::<20>()
    }

    fn soak() -> Minutes {
        Minutes::constant::<30>()
    }

    fn approval() -> Minutes {
        Minutes::constant::<1440>()
    }
}

/// Validation of source and target before and after the migration.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Checks {
    /// What they compare.
    pub replications: Vec<Ref<Replication>>,
    /// The network of the validation function.
    pub network: Ref<Network>,
    /// What calls them. Default: `runbook`.
    #[serde(default)]
    pub by: CheckedBy,
    /// Whether the next apply runs them; before replication runs they cannot succeed. Default: `skip`.
    #[serde(default)]
    pub run_validation: RunValidation,
    /// The name this section had before it was renamed: its resources move, nothing is replaced.
    pub formerly: Option<Key>,
}
section!(Checks, "checks");

/// What calls the checks.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum CheckedBy {
    /// An operator, by the runbook.
    #[default]
    Runbook,
    /// A CloudFormation custom resource, in an apply.
    CustomResource,
}

/// Whether an apply runs the checks.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum RunValidation {
    /// Nothing is run.
    #[default]
    Skip,
    /// The checks before the migration.
    Pre,
    /// The checks after the migration.
    Post,
}
