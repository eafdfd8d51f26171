//! The share of requests on the new system.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Balancer, Dns, ExistingHttp, Ref, Service};
use crate::newtypes::Percent;

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
    #[serde(default = "Traffic::cutover_percent")]
    pub cutover_percent: Percent,
    /// Who moves the share; there is one owner. Default: `terraform`.
    #[serde(default)]
    pub managed_by: ManagedBy,
    /// What happens when payments suffer on the new side, before the database is cut over. Default: `notify`.
    #[serde(default)]
    pub on_alarm: OnAlarm,
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

    fn cutover_percent() -> Percent {
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

/// What happens when an alarm of the entry goes off.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum OnAlarm {
    /// People are told.
    #[default]
    Notify,
    /// While the source is the writer the new side leaves DNS, by its health checks, until a person lets it back.
    DnsFailback,
}

/// Who moves the share of requests.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum ManagedBy {
    /// `--traffic`: an apply for each step.
    #[default]
    Terraform,
    /// The workflow: Terraform sets the initial value and ignores the rest.
    Workflow,
}
