//! The steps of traffic that a workflow takes.

use crate::config::{ManagedBy, Traffic as Config};
use crate::newtypes::Percent;

/// The shares of the new side, in order: those up to the cutover of the database, and those after it.
///
/// Empty where the configuration owns the share: a person moves it then, and the workflow only crosses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    pub(super) before: Vec<Percent>,
    pub(super) after: Vec<Percent>,
}

impl Traffic {
    /// The steps that a stack file names, without the first, at which nothing moved yet.
    pub fn of(config: &Config) -> Self {
        match config.managed_by {
            ManagedBy::Terraform => Self::default(),
            ManagedBy::Workflow => {
                let steps = config.steps.iter().copied();
                let (before, after) = steps
                    .filter(|step| *step != Percent::NONE)
                    .partition(|step| *step <= config.cutover_percent);
                Self { before, after }
            }
        }
    }

    /// How many times the alarms are watched: after each step, and after the cutover.
    pub(super) fn watches(&self) -> u32 {
        let steps = self.before.len() + self.after.len();
        u32::try_from(steps).unwrap_or(u32::MAX).saturating_add(1)
    }
}
