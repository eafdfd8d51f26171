//! States that do something: tasks, and the map that does it many times.

use std::time::Duration;

use super::path::Path;
use super::payload::{Payload, seconds, text};
use crate::terraform::tree::{Object, Term, Value};

/// A call of another service, with what it may take and what is tried again.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Task {
    call: Call,
    timeout: Duration,
    heartbeat: Option<Duration>,
    retries: Vec<Retry>,
    kept: Kept,
}

/// Which errors are tried again, how often and when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retry {
    /// The names of the errors.
    pub errors: &'static [&'static str],
    /// Before the first new attempt.
    pub interval: Duration,
    /// How many new attempts.
    pub attempts: u32,
    /// What each wait is longer by than the one before, as a factor.
    pub backoff: u8,
}

/// The same states for each item of a JSON array in S3, each item in an execution of its own, so that the
/// parent's history does not grow with the items. One failure fails the whole, which is the language's default.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct DistributedMap {
    /// The bucket of the array.
    pub bucket: Path,
    /// The key of the array.
    pub key: Path,
    /// How many items are worked on at one time.
    pub concurrency: u16,
    /// What is done with an item, which is its input, and the name of that state.
    pub each: (&'static str, Task),
    /// The bucket of the results.
    pub results: Value<String>,
    /// The prefix of the results' keys.
    pub prefix: Payload,
    /// The field that the results' place is kept in.
    pub kept: &'static str,
    /// What is tried again.
    pub retry: Vec<Retry>,
}

#[derive(Clone, Debug, PartialEq)]
enum Call {
    /// A function, whose answer is the result.
    Invoke { function: Payload, payload: Payload },
    /// A function that passes a token on; who has the token answers.
    Ask { function: Payload, payload: Payload },
    /// Another machine, to its end.
    Run { machine: Payload, input: Payload },
    /// Another execution, which goes on alone.
    Start {
        machine: Payload,
        name: Payload,
        input: Payload,
    },
}

/// What becomes of an answer.
#[derive(Clone, Debug, PartialEq)]
enum Kept {
    /// The input goes on as it is.
    Nothing,
    /// The input goes on with these parts of the answer in a field.
    Parts {
        field: &'static str,
        names: Vec<&'static str>,
    },
    /// The answer goes on alone.
    Answer,
}

/// What the executions of another machine tell of where they come from: the console links them.
/// Source: Step Functions user guide, "Associate Workflow executions".
const STARTED_BY: &str = "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID";

impl Task {
    /// Calls a Lambda function.
    pub fn invoke(function: Value<String>, payload: Payload, timeout: Duration) -> Self {
        let function = function.into();
        Self::new(Call::Invoke { function, payload }, timeout)
    }

    /// Calls a Lambda function that hands on [`Path::TASK_TOKEN`], and waits until somebody answers with it.
    pub fn ask(function: Value<String>, payload: Payload, timeout: Duration) -> Self {
        let function = function.into();
        Self::new(Call::Ask { function, payload }, timeout)
    }

    /// Runs another state machine to its end.
    pub fn run(machine: Value<String>, input: Payload, timeout: Duration) -> Self {
        let machine = machine.into();
        let input = input.with(STARTED_BY, Path::EXECUTION_ID);
        Self::new(Call::Run { machine, input }, timeout)
    }

    /// Starts an execution and does not wait for it. Its name makes a second attempt harmless.
    pub fn start(
        machine: impl Into<Payload>,
        name: impl Into<Payload>,
        input: Payload,
        timeout: Duration,
    ) -> Self {
        let call = Call::Start {
            machine: machine.into(),
            name: name.into(),
            input: input.with(STARTED_BY, Path::EXECUTION_ID),
        };
        Self::new(call, timeout)
    }

    /// Fails the task when nothing is heard from who works on it.
    pub fn heartbeat(mut self, heartbeat: Duration) -> Self {
        self.heartbeat = Some(heartbeat);
        self
    }

    /// Tries again.
    pub fn retry(mut self, retries: impl IntoIterator<Item = Retry>) -> Self {
        self.retries.extend(retries);
        self
    }

    /// Keeps these parts of the answer in `field` of the input; without it the answer is dropped.
    pub fn keep(
        mut self,
        field: &'static str,
        names: impl IntoIterator<Item = &'static str>,
    ) -> Self {
        let names = names.into_iter().collect();
        self.kept = Kept::Parts { field, names };
        self
    }

    /// Hands on the answer in place of the input.
    pub fn answer_only(mut self) -> Self {
        self.kept = Kept::Answer;
        self
    }

    /// Events of an attempt: scheduled, started, for what is waited for also submitted, and an end.
    pub(super) fn most_events(&self) -> u64 {
        let attempt = match self.call {
            Call::Invoke { .. } | Call::Start { .. } => 3,
            Call::Ask { .. } | Call::Run { .. } => 4,
        };
        2 + attempts(&self.retries) * attempt
    }

    pub(super) fn into_object(self) -> Object {
        let (resource, parameters, answer) = match self.call {
            Call::Invoke { function, payload } => {
                ("lambda:invoke", invocation(function, payload), "$.Payload")
            }
            Call::Ask { function, payload } => (
                "lambda:invoke.waitForTaskToken",
                invocation(function, payload),
                "$",
            ),
            Call::Run { machine, input } => (
                "states:startExecution.sync:2",
                Payload::object([("StateMachineArn", machine), ("Input", input)]),
                "$.Output",
            ),
            Call::Start {
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
        match self.kept {
            Kept::Nothing => state.set("ResultPath", Term::Null),
            Kept::Answer => state.set("OutputPath", text(answer)),
            Kept::Parts { field, names } => {
                let names = names.into_iter();
                let selected = names
                    .map(|name| (format!("{name}.$"), text(format!("{answer}.{name}"))))
                    .collect();
                state.set("ResultSelector", Term::Object(selected));
                state.set("ResultPath", text(Path::to(field).to_string()));
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
            kept: Kept::Nothing,
        }
    }
}

impl DistributedMap {
    /// Entered, started, run started, run ended, ended, exited; the items have histories of their own.
    pub(super) fn most_events(&self) -> u64 {
        2 + attempts(&self.retry) * 4
    }

    /// The state without its processor.
    pub(super) fn into_object(self, processor: Object) -> Object {
        let reader = Object::from_iter([
            ("Resource", text("arn:aws:states:::s3:getObject")),
            (
                "ReaderConfig",
                Term::Object(Object::from_iter([("InputType", text("JSON"))])),
            ),
            (
                "Parameters",
                Payload::object([("Bucket", self.bucket), ("Key", self.key)]).into_term(),
            ),
        ]);
        let results = Payload::object([("Bucket", self.results)]).with("Prefix", self.prefix);
        let writer = Object::from_iter([
            ("Resource", text("arn:aws:states:::s3:putObject")),
            ("Parameters", results.into_term()),
        ]);
        let mut state = Object::from_iter([
            ("Type", text("Map")),
            ("ItemReader", Term::Object(reader)),
            ("ItemProcessor", Term::Object(processor)),
            ("MaxConcurrency", Term::Integer(self.concurrency.into())),
            ("ResultWriter", Term::Object(writer)),
            ("ResultPath", text(Path::to(self.kept).to_string())),
        ]);
        set_retries(&mut state, &self.retry);
        state
    }
}

fn invocation(function: Payload, payload: Payload) -> Payload {
    Payload::object([("FunctionName", function), ("Payload", payload)])
}

fn attempts(retries: &[Retry]) -> u64 {
    let again: u64 = retries.iter().map(|retry| u64::from(retry.attempts)).sum();
    1 + again
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
            ("MaxAttempts", Term::Integer(retry.attempts.into())),
            ("BackoffRate", Term::Integer(retry.backoff.into())),
        ]))
    });
    state.set("Retry", Term::List(retries.collect()));
}
