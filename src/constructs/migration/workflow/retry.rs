//! Retriers of the workflow's tasks.

use std::time::Duration;

use crate::asl::Retry;

/// Transient errors. Every operation is idempotent, so a killed invocation is one of them.
///
/// Sources: Step Functions user guide, "Handle transient Lambda service exceptions". `Runtime.ExitError` is
/// the runtime's name for a killed process, for example out of memory.
const TRANSIENT: &[&str] = &[
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
    "Sandbox.Timedout",
    "Runtime.ExitError",
    "DatabaseFailure",
];

/// For tasks that run while writes are possible.
pub(super) const RETRY_DEFAULT: Retry = Retry {
    errors: TRANSIENT,
    interval: Duration::from_secs(5),
    max_attempts: 3,
    backoff_rate: 3,
};

/// For tasks between fence and promotion: callers wait.
pub(super) const RETRY_WHILE_FENCED: Retry = Retry {
    errors: TRANSIENT,
    interval: Duration::from_secs(1),
    max_attempts: 2,
    backoff_rate: 1,
};

/// For the steps of a rollback: callers wait, but no further fallback exists, so retries go on longer.
pub(super) const RETRY_ROLLBACK: Retry = Retry {
    errors: TRANSIENT,
    interval: Duration::from_secs(1),
    max_attempts: 4,
    backoff_rate: 3,
};

/// For a traffic shift: the new side may still be starting.
pub(super) const RETRY_UNHEALTHY: Retry = Retry {
    errors: &["TargetUnhealthy"],
    interval: Duration::from_secs(30),
    max_attempts: 4,
    backoff_rate: 1,
};

/// For draining the target in a rollback: no further fallback exists, so each attempt has the whole fence
/// time-out.
pub(super) const RETRY_DRAIN: Retry = Retry {
    errors: &["FenceTimeout"],
    interval: Duration::from_secs(5),
    max_attempts: 3,
    backoff_rate: 1,
};
