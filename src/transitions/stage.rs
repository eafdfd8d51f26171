//! Stages of a migration.

use std::fmt::{self, Display, Formatter};

use crate::config::{ManagedBy, Phase, Stack};
use crate::newtypes::Percent;

/// A stage of a migration: what one apply can deploy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stage {
    /// The phase.
    pub phase: Phase,
    /// The traffic weight of the new side, where an apply chooses it: in phase `migration`, unless the workflow manages it.
    pub traffic: Option<Percent>,
}

impl Stage {
    /// The stage of `stack` in `phase` with the traffic weight `traffic`.
    pub fn new(stack: &Stack, phase: Phase, traffic: Percent) -> Self {
        let is_chosen = phase.fixed_traffic().is_none() && chosen_steps(stack).is_some();
        Self {
            phase,
            traffic: is_chosen.then_some(traffic),
        }
    }

    /// The traffic weight of the new side that an apply sets. Zero where it chooses none.
    pub fn weight(&self) -> Percent {
        let fixed = self.phase.fixed_traffic();
        fixed.or(self.traffic).unwrap_or(Percent::NONE)
    }
}

impl Display for Stage {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.traffic {
            Some(percent) => write!(f, "{}@{percent}", self.phase),
            None => Display::fmt(&self.phase, f),
        }
    }
}

/// The stages of `stack` in the order of a migration.
pub fn stages(stack: &Stack) -> Vec<Stage> {
    let stages = Phase::ALL.into_iter().flat_map(|phase| {
        let steps = match chosen_steps(stack) {
            Some(steps) if phase.fixed_traffic().is_none() => {
                steps.iter().copied().map(Some).collect()
            }
            _ => vec![None],
        };
        let steps = steps.into_iter();
        steps.map(move |traffic| Stage { phase, traffic })
    });
    stages.collect()
}

/// The traffic steps, if an apply chooses one of them.
fn chosen_steps(stack: &Stack) -> Option<&[Percent]> {
    let traffic = stack.traffic.as_ref()?;
    (traffic.managed_by == ManagedBy::Terraform).then_some(&traffic.steps)
}
