//! Traffic split between the old system and the new one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Balancer, Dns, ExistingHttp, Ref, Service};
use crate::newtypes::Percent;

/// Traffic split between the old system and the new one.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Traffic {
    /// The old system.
    pub old: Ref<ExistingHttp>,
    /// The services of the new system.
    pub new: Vec<Ref<Service>>,
    /// Place of the split.
    pub at: Split,
    /// Traffic weights of the new side in percent, increasing from 0 to 100. Default: `[0, 10, 50, 100]`.
    #[serde(default = "Traffic::steps")]
    pub steps: Vec<Percent>,
    /// The step at which the cutover runs, in percent. Default: 100.
    #[serde(default = "Traffic::cutover_percent")]
    pub cutover_percent: Percent,
    /// Owner of the traffic weight: `terraform` or `workflow`. Default: `terraform`.
    #[serde(default)]
    pub managed_by: ManagedBy,
    /// Reaction to alarms of the ingress before the cutover: `notify` or `dns-failback`. Default: `notify`.
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

    /// The steps above 0 percent that a workflow makes before the cutover, and those after it. Both are empty if Terraform
    /// manages the weights.
    pub fn workflow_steps(&self) -> (Vec<Percent>, Vec<Percent>) {
        match self.managed_by {
            ManagedBy::Terraform => (Vec::new(), Vec::new()),
            ManagedBy::Workflow => {
                let steps = self.steps.iter().copied();
                steps
                    .filter(|step| *step != Percent::NONE)
                    .partition(|step| *step <= self.cutover_percent)
            }
        }
    }

    /// The traffic steps as a list for messages.
    pub fn listed_steps(&self) -> String {
        let steps: Vec<String> = self.steps.iter().map(Percent::to_string).collect();
        steps.join(", ")
    }
}

/// Place of the split.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Split {
    /// Weighted DNS records.
    Dns(Ref<Dns>),
    /// The weighted rule of a load balancer, without the delay of DNS.
    Balancer(Ref<Balancer>),
}

/// Reaction to an alarm of the ingress.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum OnAlarm {
    /// The alarm notifies its topics only.
    #[default]
    Notify,
    /// DNS failback: the new side's health checks are inverted while the source is the writer, until an operator restores them.
    DnsFailback,
}

/// Owner of the traffic weight.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum ManagedBy {
    /// Terraform: one apply for each step, which the environment declares or `--traffic` selects.
    #[default]
    Terraform,
    /// The workflow. Terraform sets the initial value and ignores later changes.
    Workflow,
}
