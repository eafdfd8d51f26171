//! How fast a migration goes: what it waits for, how long, how often.

use std::num::NonZeroU32;
use std::time::Duration;

use super::traffic::Traffic;
use crate::config::Workflow as Config;

/// The times of a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Looks at the replication, until the target has caught up. After the last one a fresh execution goes on.
    pub replication: Looks,
    /// How many executions follow one another while the target has not caught up.
    pub executions: NonZeroU32,
    /// Looks at the alarms after each step.
    pub watch: Looks,
    /// Looks at the replication just before the cutover, which may be long after the approval was asked for.
    pub lag: Looks,
    /// How long an approval is waited for.
    pub approval: Duration,
    /// How often a rollback is tried: between two tries a person decides.
    pub rollbacks: NonZeroU32,
}

/// Looks at something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looks {
    /// The time between two looks.
    pub every: Duration,
    /// How many.
    pub at_most: NonZeroU32,
}

impl Pace {
    /// What a stack file asks for, with traffic moved in these steps.
    ///
    /// Alarms are looked at each minute: what is seen later is late for a rollback within five. Only where
    /// steps and soaks are so long that the history would be too, looks are further apart.
    pub fn of(config: &Config, traffic: &Traffic) -> Self {
        let soak = MINUTE * config.step_soak.get();
        let most = (LOOKS_AT_ALARMS / traffic.watches()).max(1);
        let looks = config.step_soak.get().clamp(1, most);
        Self {
            replication: Looks::constant::<360>(MINUTE),
            executions: const { NonZeroU32::new(120).unwrap() },
            watch: Looks {
                every: (soak / looks).max(MINUTE),
                at_most: NonZeroU32::new(looks).unwrap_or(NonZeroU32::MIN),
            },
            lag: Looks::constant::<30>(Duration::from_secs(10)),
            approval: MINUTE * config.approval_timeout.get(),
            rollbacks: const { NonZeroU32::new(10).unwrap() },
        }
    }
}

impl Looks {
    const fn constant<const N: u32>(every: Duration) -> Self {
        Self {
            every,
            at_most: const { NonZeroU32::new(N).unwrap() },
        }
    }
}

const MINUTE: Duration = Duration::from_mins(1);

/// What an execution's history has room for, over all steps.
const LOOKS_AT_ALARMS: u32 = 240;
