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
    "ServiceFailure",
];

/// Errors by which an operation refuses. A repetition would refuse too, so that behind a fence only these are not
/// retried.
const REFUSALS: &[&str] = &[
    "ConnectionTestFailed",
    "InvalidEvent",
    "InvalidSettings",
    "PlaceholderSecret",
    "PreconditionFailed",
    "SchemaMismatch",
    "SourceNotOwned",
    "ValidationFailed",
];

const ALL: &[&str] = &["States.ALL"];

/// For tasks that run while writes are possible.
pub(super) const RETRY_DEFAULT: Retry = Retry {
    errors: TRANSIENT,
    interval: Duration::from_secs(5),
    max_attempts: 3,
    backoff_rate: 3,
};

/// For tasks between fence and promotion: callers wait.
pub(super) const RETRY_WHILE_FENCED: [Retry; 3] = [
    never(REFUSALS),
    // The fence has no time left.
    never(&["FenceTimeout"]),
    Retry {
        errors: ALL,
        interval: Duration::from_secs(1),
        max_attempts: 2,
        backoff_rate: 1,
    },
];

/// For the steps of a rollback behind the fence of the target: callers wait, and if a step fails, the target is
/// unfenced.
pub(super) const RETRY_ROLLBACK: [Retry; 2] = [
    never(REFUSALS),
    Retry {
        errors: ALL,
        interval: Duration::from_secs(1),
        max_attempts: 4,
        backoff_rate: 3,
    },
];

/// For steps without which no database may accept writes. Two minutes of retries outlast the failover of a database.
pub(super) const RETRY_WITHOUT_FALLBACK: [Retry; 2] = [
    never(REFUSALS),
    Retry {
        errors: ALL,
        interval: Duration::from_secs(1),
        max_attempts: 7,
        backoff_rate: 2,
    },
];

/// For a traffic shift: the new side may still be starting.
pub(super) const RETRY_UNHEALTHY: Retry = Retry {
    errors: &["TargetUnhealthy"],
    interval: Duration::from_secs(30),
    max_attempts: 4,
    backoff_rate: 1,
};

/// The first retrier that matches an error decides, so that later ones do not retry `errors`.
const fn never(errors: &'static [&'static str]) -> Retry {
    Retry {
        errors,
        interval: Duration::from_secs(1),
        max_attempts: 0,
        backoff_rate: 1,
    }
}
