//! The traffic weight of the new side in an environment.

use crate::config::sections::{Environment, ManagedBy, Phase, Stack};
use crate::diagnostic::{Diagnostic, KeyPath};
use crate::newtypes::Percent;

/// Help for a weight that only the workflow may change.
const WORKFLOW_SHIFTS_TRAFFIC: &str = "the state machine `migration-…` shifts traffic step by step, and `rollback-…` reverts it to 0 (docs/workflow.md)";

/// A traffic weight that a user has written.
#[derive(Clone, Copy, Debug)]
pub(in crate::config) struct WrittenWeight {
    /// The flag or key with the weight: `--traffic`, `traffic`.
    pub(in crate::config) name: &'static str,
    /// The instruction to write none: `omit`, `remove`.
    pub(in crate::config) removal: &'static str,
    /// The weight.
    pub(in crate::config) percent: Percent,
}

impl WrittenWeight {
    /// The error if the workflow manages the weight of `stack`.
    pub(in crate::config) fn workflow_error(&self, stack: &Stack) -> Option<Diagnostic> {
        let Self {
            name,
            removal,
            percent,
        } = self;
        stack.is_traffic_managed_by_workflow().then(|| {
            Diagnostic::error(format!(
                "`{name}` is {percent}, but the workflow manages the traffic weight"
            ))
            .at(KeyPath::root().key("traffic").key("managed_by"))
            .help(format!("{removal} `{name}`; {WORKFLOW_SHIFTS_TRAFFIC}"))
        })
    }

    /// The error, without help, if `phase` has another weight.
    pub(in crate::config) fn phase_error(&self, phase: Phase) -> Option<Diagnostic> {
        let Self { name, percent, .. } = self;
        let fixed = phase.fixed_traffic()?;
        (*percent != fixed).then(|| {
            Diagnostic::error(format!(
                "`{name}` is {percent} in phase `{phase}`, but it is always 0 in `legacy` and 100 in `production`"
            ))
        })
    }

    /// The error if the weight is not a traffic step of `stack`.
    pub(in crate::config) fn step_error(&self, stack: &Stack) -> Option<Diagnostic> {
        let Self {
            name,
            removal,
            percent,
        } = self;
        let Some(traffic) = &stack.traffic else {
            let error = Diagnostic::error(format!(
                "`{name}` is {percent}, but stack `{}` has no [traffic]",
                stack.stack
            ));
            return Some(error.help(format!("add [traffic], or {removal} `{name}`")));
        };
        (!traffic.steps.contains(percent)).then(|| {
            Diagnostic::error(format!(
                "`{name}` is {percent}, which is not one of `steps`"
            ))
            .at(KeyPath::root().key("traffic").key("steps"))
            .help(format!("write one of {}", traffic.listed_steps()))
        })
    }
}

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
