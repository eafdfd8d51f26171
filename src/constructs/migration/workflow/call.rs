//! Calls of the workflow's functions, and what is tried again.

use std::time::Duration;

use crate::asl::{Path, Payload, Retry, Task};
use crate::newtypes::Seconds;
use crate::terraform::tree::Value;

/// A function that a machine calls, in one version: what is deployed while an execution runs does not change
/// what that execution does.
#[derive(Clone, Debug)]
pub struct Called {
    /// The ARN of the function, without a version.
    pub function: Value<String>,
    /// Its version.
    pub version: Value<String>,
    /// How long it may run.
    pub timeout: Seconds,
}

impl Called {
    /// A call that does `operation` for `execution`.
    pub(super) fn operation(&self, operation: &'static str, execution: Path) -> Task {
        self.with(operation, execution, [])
    }

    /// A call that does `operation` for `execution`, with more to say.
    pub(super) fn with(
        &self,
        operation: &'static str,
        execution: Path,
        arguments: impl IntoIterator<Item = (&'static str, Payload)>,
    ) -> Task {
        let payload = Payload::object([("operation", operation)]).with("execution", execution);
        let payload = arguments
            .into_iter()
            .fold(payload, |payload, (name, value)| payload.with(name, value));
        // A call that were given up before it ended could still do its work, beside what follows.
        let timeout = Duration::from_secs(self.timeout.get().into()) + MARGIN;
        Task::invoke(self.qualified(), payload, timeout)
    }

    /// Asks a person a question, and fails unless it is approved in time.
    pub(super) fn question(
        &self,
        question: impl Into<Payload>,
        execution: Path,
        within: Duration,
    ) -> Task {
        let payload = Payload::object([("operation", "request_approval")])
            .with("token", Path::TASK_TOKEN)
            .with("question", question)
            .with("execution", execution);
        Task::invoke_with_task_token(self.qualified(), payload, within).retry([PATIENT])
    }

    /// What a role that calls it needs: versions come and go, and executions stay with theirs.
    pub(super) fn versions(&self) -> Value<String> {
        Value::concat([self.function.clone(), ":*".into()])
    }

    fn qualified(&self) -> Value<String> {
        Value::concat([self.function.clone(), ":".into(), self.version.clone()])
    }
}

const MARGIN: Duration = Duration::from_secs(10);

/// What passes by itself. Every operation may be done twice, so a call that died is one of them.
/// Sources: Step Functions user guide, "Handle transient Lambda service exceptions"; a process that was killed,
/// as for want of memory, is told by the name that the runtime gives it, `Runtime.ExitError`.
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

/// Where time is at hand.
pub(super) const PATIENT: Retry = Retry {
    errors: TRANSIENT,
    interval: Duration::from_secs(5),
    max_attempts: 3,
    backoff_rate: 3,
};

/// Where writes are held: callers wait.
pub(super) const QUICK: Retry = Retry {
    errors: TRANSIENT,
    interval: Duration::from_secs(1),
    max_attempts: 2,
    backoff_rate: 1,
};

/// Where writes are held and there is no other side to give up for: soon, then with patience.
pub(super) const UNTIL_BACK: Retry = Retry {
    errors: TRANSIENT,
    interval: Duration::from_secs(1),
    max_attempts: 4,
    backoff_rate: 3,
};

/// A side that is to get more traffic may still be on its way up.
pub(super) const UNTIL_HEALTHY: Retry = Retry {
    errors: &["TargetUnhealthy"],
    interval: Duration::from_secs(30),
    max_attempts: 4,
    backoff_rate: 1,
};

/// On the way back there is no other side to give up for: each attempt has the fence's whole time.
pub(super) const UNTIL_DRAINED: Retry = Retry {
    errors: &["FenceTimeout"],
    interval: Duration::from_secs(5),
    max_attempts: 3,
    backoff_rate: 1,
};
