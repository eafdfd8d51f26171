//! Time-outs, poll intervals and attempt limits of a migration.

use std::num::NonZeroU32;
use std::time::Duration;

use crate::config::{Traffic, Workflow as Config};

/// Time-outs and limits of both state machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Polls of the replication until the target has caught up. After the last one a new execution continues.
    pub replication: PollPolicy,
    /// Maximum number of consecutive executions while the target has not caught up.
    pub max_executions: NonZeroU32,
    /// Checks of the guard alarms after each traffic step.
    pub alarms: PollPolicy,
    /// Polls of the replication lag before the cutover, which may be long after the approval was requested.
    pub lag: PollPolicy,
    /// Time-out of an approval.
    pub approval_timeout: Duration,
    /// Maximum number of rollback attempts, with an approval between two of them.
    pub max_rollback_attempts: NonZeroU32,
}

/// Interval and number of polls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PollPolicy {
    /// Time between two polls.
    pub interval: Duration,
    /// Maximum number of polls.
    pub max_polls: NonZeroU32,
}

impl Timing {
    /// Derives the timing from the stack file and its traffic.
    ///
    /// Alarms are checked every minute, since the rollback limit is five minutes. Checks are further apart
    /// only if the history could not hold them.
    pub fn from_config(config: &Config, traffic: Option<&Traffic>) -> Self {
        Self {
            replication: PollPolicy::constant::<350>(MINUTE),
            max_executions: const { NonZeroU32::new(120).unwrap() },
            alarms: PollPolicy {
                interval: config.alarm_check_interval(traffic),
                max_polls: NonZeroU32::new(config.alarm_checks(traffic)).unwrap_or(NonZeroU32::MIN),
            },
            lag: PollPolicy::constant::<30>(Duration::from_secs(10)),
            approval_timeout: MINUTE * config.approval_timeout.get(),
            max_rollback_attempts: const { NonZeroU32::new(10).unwrap() },
        }
    }

    /// The time-out of a whole rollback: all attempts, each with its steps and an approval.
    pub(super) fn rollback_timeout(&self) -> Duration {
        let attempt = self.approval_timeout.saturating_add(ROLLBACK_STEPS);
        attempt
            .saturating_mul(self.max_rollback_attempts.get())
            .min(MAX_TIMEOUT)
    }
}

impl PollPolicy {
    const fn constant<const N: u32>(interval: Duration) -> Self {
        Self {
            interval,
            max_polls: const { NonZeroU32::new(N).unwrap() },
        }
    }
}

const MINUTE: Duration = Duration::from_mins(1);

/// All steps of one rollback attempt, with all their retries.
const ROLLBACK_STEPS: Duration = Duration::from_hours(6);

/// States language: `TimeoutSeconds` has eight digits at most.
const MAX_TIMEOUT: Duration = Duration::from_secs(99_999_999);
