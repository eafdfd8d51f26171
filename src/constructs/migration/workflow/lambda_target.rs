//! Lambda functions as the state machines invoke them.

use std::time::Duration;

use super::retry::RETRY_DEFAULT;
use crate::asl::{Path, Payload, Task};
use crate::newtypes::Seconds;
use crate::terraform::tree::Value;

/// One version of a Lambda function. A deployment during an execution does not change that execution.
#[derive(Clone, Debug)]
pub struct LambdaTarget {
    /// The ARN of the function, without a version.
    pub function_arn: Value<String>,
    /// The version.
    pub version: Value<String>,
    /// The function's time-out.
    pub timeout: Seconds,
}

impl LambdaTarget {
    /// A task that runs `operation` for the migration named `execution`.
    pub(super) fn task(&self, operation: &'static str, execution: Path) -> Task {
        self.task_with(operation, execution, [])
    }

    /// A task that runs `operation` for the migration named `execution`, with further arguments.
    pub(super) fn task_with(
        &self,
        operation: &'static str,
        execution: Path,
        arguments: impl IntoIterator<Item = (&'static str, Payload)>,
    ) -> Task {
        let payload = Payload::object([("operation", operation)]).with("execution", execution);
        let payload = arguments
            .into_iter()
            .fold(payload, |payload, (name, value)| payload.with(name, value));
        // The task must outlast the function: an abandoned invocation would run next to the following step.
        let timeout = Duration::from_secs(self.timeout.get().into()) + TIMEOUT_MARGIN;
        Task::invoke(self.version_arn(), payload, timeout)
    }

    /// A task that requests an approval, and fails unless it is given within `timeout`.
    pub(super) fn approval_task(
        &self,
        question: impl Into<Payload>,
        execution: Path,
        timeout: Duration,
    ) -> Task {
        let payload = Payload::object([("operation", "request_approval")])
            .with("token", Path::TASK_TOKEN)
            .with("question", question)
            .with("execution", execution);
        Task::invoke_with_task_token(self.version_arn(), payload, timeout).retry([RETRY_DEFAULT])
    }

    /// The ARN pattern of all versions. A running execution keeps its version, so the role allows all.
    pub(super) fn all_versions_arn(&self) -> Value<String> {
        Value::concat([self.function_arn.clone(), ":*".into()])
    }

    fn version_arn(&self) -> Value<String> {
        Value::concat([self.function_arn.clone(), ":".into(), self.version.clone()])
    }
}

const TIMEOUT_MARGIN: Duration = Duration::from_secs(10);
