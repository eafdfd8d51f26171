//! The traffic weight of the new side in an environment.

use crate::config::sections::{Environment, ManagedBy, Phase, Stack};
use crate::newtypes::Percent;

/// Help for a weight that only the workflow may change.
pub(in crate::config) const WORKFLOW_SHIFTS_TRAFFIC: &str = "the state machine `migration-…` shifts traffic step by step, and `rollback-…` reverts it to 0 (docs/workflow.md)";

impl Stack {
    /// Whether the workflow manages the traffic weight. Terraform then sets its initial value only.
    pub fn is_traffic_managed_by_workflow(&self) -> bool {
        let mut traffic = self.traffic.iter();
        traffic.any(|traffic| traffic.managed_by == ManagedBy::Workflow)
    }

    /// The traffic weight of `environment` in `phase`, unless `--traffic` overrides it.
    pub fn declared_traffic(&self, environment: &Environment, phase: Phase) -> Percent {
        let first_step = || self.traffic.as_ref()?.steps.first().copied();
        phase
            .fixed_traffic()
            .or(environment.traffic)
            .or_else(first_step)
            .unwrap_or(Percent::NONE)
    }
}
