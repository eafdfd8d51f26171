//! `Task` states and the distributed `Map` state.

use std::time::Duration;

use super::path::Path;
use super::payload::{Payload, seconds, text};
use crate::terraform::tree::{Object, Term, Value};

/// A call of another service, with its time-out, its retries and the use of its result.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Task {
    call: Call,
    timeout: Duration,
    heartbeat: Option<Duration>,
    retries: Vec<Retry>,
    output: Output,
}

/// A retrier: errors that are retried, how often and when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retry {
    /// Error names.
    pub errors: &'static [&'static str],
    /// Time before the first retry.
    pub interval: Duration,
    /// Number of retries.
    pub max_attempts: u32,
    /// Factor by which the interval grows with each retry.
    pub backoff_rate: u8,
}

/// A distributed `Map`: one child execution for each item of a JSON array in S3.
///
/// The history of the parent does not grow with the items. One failed item fails the map, which is the
/// language's default.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct DistributedMap {
    /// Bucket of the array.
    pub items_bucket: Path,
    /// Object key of the array.
    pub items_key: Path,
    /// Maximum number of concurrent child executions.
    pub max_concurrency: u16,
    /// Name and task of the state that processes one item, which is its input.
    pub item_task: (&'static str, Task),
    /// Bucket of the results.
    pub results_bucket: Value<String>,
    /// Key prefix of the results.
    pub results_prefix: Payload,
    /// Field of the input that receives the location of the results.
    pub result_field: &'static str,
    /// Retriers of the map.
    pub retries: Vec<Retry>,
}

#[derive(Clone, Debug, PartialEq)]
enum Call {
    /// `lambda:invoke`.
    Invoke { function: Payload, payload: Payload },
    /// `lambda:invoke.waitForTaskToken`.
    InvokeWithTaskToken { function: Payload, payload: Payload },
    /// `states:startExecution.sync:2`.
    StartExecutionSync { machine: Payload, input: Payload },
    /// `states:startExecution`.
    StartExecution {
        machine: Payload,
        name: Payload,
        input: Payload,
    },
}

/// Use of a task's result.
#[derive(Clone, Debug, PartialEq)]
enum Output {
    /// The result is discarded; the input passes through.
    Discard,
    /// These fields of the result are added to the input under `field`.
    Select {
        field: &'static str,
        names: Vec<&'static str>,
    },
    /// The result replaces the input.
    Replace,
}

/// Input field that links a child execution to its parent in the console.
/// Source: Step Functions user guide, "Associate Workflow executions".
const STARTED_BY: &str = "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID";

impl Task {
    /// Invokes a Lambda function.
    pub fn invoke(function: Value<String>, payload: Payload, timeout: Duration) -> Self {
        let function = function.into();
        Self::new(Call::Invoke { function, payload }, timeout)
    }

    /// Invokes a Lambda function that receives [`Path::TASK_TOKEN`], and waits until the token is returned.
    pub fn invoke_with_task_token(
        function: Value<String>,
        payload: Payload,
        timeout: Duration,
    ) -> Self {
        let function = function.into();
        Self::new(Call::InvokeWithTaskToken { function, payload }, timeout)
    }

    /// Starts an execution of another state machine and waits for its end.
    pub fn start_execution_sync(machine: Value<String>, input: Payload, timeout: Duration) -> Self {
        let machine = machine.into();
        let input = input.with(STARTED_BY, Path::EXECUTION_ID);
        Self::new(Call::StartExecutionSync { machine, input }, timeout)
    }

    /// Starts an execution without waiting for it. The name makes a retry idempotent.
    pub fn start_execution(
        machine: impl Into<Payload>,
        name: impl Into<Payload>,
        input: Payload,
        timeout: Duration,
    ) -> Self {
        let call = Call::StartExecution {
            machine: machine.into(),
            name: name.into(),
            input: input.with(STARTED_BY, Path::EXECUTION_ID),
        };
        Self::new(call, timeout)
    }

    /// Fails the task if no heartbeat arrives within `heartbeat`.
    pub fn heartbeat(mut self, heartbeat: Duration) -> Self {
        self.heartbeat = Some(heartbeat);
        self
    }

    /// Adds retriers.
    pub fn retry(mut self, retries: impl IntoIterator<Item = Retry>) -> Self {
        self.retries.extend(retries);
        self
    }

    /// Adds these fields of the result to the input under `field`. By default the result is discarded.
    pub fn result_path(
        mut self,
        field: &'static str,
        names: impl IntoIterator<Item = &'static str>,
    ) -> Self {
        let names = names.into_iter().collect();
        self.output = Output::Select { field, names };
        self
    }

    /// Replaces the input with the result.
    pub fn output_only(mut self) -> Self {
        self.output = Output::Replace;
        self
    }

    /// Maximum number of history events: entered, exited, and for each attempt scheduled, started, ended
    /// and, if the task waits for completion, submitted.
    pub(super) fn max_history_events(&self) -> u64 {
        let events_per_attempt = match self.call {
            Call::Invoke { .. } | Call::StartExecution { .. } => 3,
            Call::InvokeWithTaskToken { .. } | Call::StartExecutionSync { .. } => 4,
        };
        2 + max_attempts(&self.retries) * events_per_attempt
    }

    pub(super) fn into_object(self) -> Object {
        let (resource, parameters, result) = match self.call {
            Call::Invoke { function, payload } => {
                ("lambda:invoke", invocation(function, payload), "$.Payload")
            }
            Call::InvokeWithTaskToken { function, payload } => (
                "lambda:invoke.waitForTaskToken",
                invocation(function, payload),
                "$",
            ),
            Call::StartExecutionSync { machine, input } => (
                "states:startExecution.sync:2",
                Payload::object([("StateMachineArn", machine), ("Input", input)]),
                "$.Output",
            ),
            Call::StartExecution {
                machine,
                name,
                input,
            } => (
                "states:startExecution",
                Payload::object([
                    ("StateMachineArn", machine),
                    ("Name", name),
                    ("Input", input),
                ]),
                "$",
            ),
        };
        let mut state = Object::from_iter([
            ("Type", text("Task")),
            ("Resource", text(format!("arn:aws:states:::{resource}"))),
            ("Parameters", parameters.into_term()),
            ("TimeoutSeconds", seconds(self.timeout)),
        ]);
        if let Some(heartbeat) = self.heartbeat {
            state.set("HeartbeatSeconds", seconds(heartbeat));
        }
        set_retries(&mut state, &self.retries);
        match self.output {
            Output::Discard => state.set("ResultPath", Term::Null),
            Output::Replace => state.set("OutputPath", text(result)),
            Output::Select { field, names } => {
                let names = names.into_iter();
                let selected = names
                    .map(|name| (format!("{name}.$"), text(format!("{result}.{name}"))))
                    .collect();
                state.set("ResultSelector", Term::Object(selected));
                state.set("ResultPath", text(Path::input_field(field).to_string()));
            }
        }
        state
    }

    fn new(call: Call, timeout: Duration) -> Self {
        Self {
            call,
            timeout,
            heartbeat: None,
            retries: Vec::new(),
            output: Output::Discard,
        }
    }
}

impl DistributedMap {
    /// Maximum number of history events: entered, exited, and for each attempt started, run started, run
    /// ended, ended. Child executions have histories of their own.
    pub(super) fn max_history_events(&self) -> u64 {
        2 + max_attempts(&self.retries) * 4
    }

    /// The state, given its `ItemProcessor`.
    pub(super) fn into_object(self, processor: Object) -> Object {
        let items = Payload::object([("Bucket", self.items_bucket), ("Key", self.items_key)]);
        let reader = Object::from_iter([
            ("Resource", text("arn:aws:states:::s3:getObject")),
            (
                "ReaderConfig",
                Term::Object(Object::from_iter([("InputType", text("JSON"))])),
            ),
            ("Parameters", items.into_term()),
        ]);
        let results =
            Payload::object([("Bucket", self.results_bucket)]).with("Prefix", self.results_prefix);
        let writer = Object::from_iter([
            ("Resource", text("arn:aws:states:::s3:putObject")),
            ("Parameters", results.into_term()),
        ]);
        let result_path = Path::input_field(self.result_field);
        let mut state = Object::from_iter([
            ("Type", text("Map")),
            ("ItemReader", Term::Object(reader)),
            ("ItemProcessor", Term::Object(processor)),
            ("MaxConcurrency", Term::Integer(self.max_concurrency.into())),
            ("ResultWriter", Term::Object(writer)),
            ("ResultPath", text(result_path.to_string())),
        ]);
        set_retries(&mut state, &self.retries);
        state
    }
}

fn invocation(function: Payload, payload: Payload) -> Payload {
    Payload::object([("FunctionName", function), ("Payload", payload)])
}

fn max_attempts(retries: &[Retry]) -> u64 {
    let retries = retries.iter().map(|retry| u64::from(retry.max_attempts));
    1 + retries.sum::<u64>()
}

fn set_retries(state: &mut Object, retries: &[Retry]) {
    if retries.is_empty() {
        return;
    }
    let retries = retries.iter().map(|retry| {
        let errors = retry.errors.iter().map(|error| text(*error)).collect();
        Term::Object(Object::from_iter([
            ("ErrorEquals", Term::List(errors)),
            ("IntervalSeconds", seconds(retry.interval)),
            ("MaxAttempts", Term::Integer(retry.max_attempts.into())),
            ("BackoffRate", Term::Integer(retry.backoff_rate.into())),
        ]))
    });
    state.set("Retry", Term::List(retries.collect()));
}
