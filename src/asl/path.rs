//! Paths into a state's input and into the context object.

use std::borrow::Cow;
use std::fmt;

use super::condition::Condition;

/// A JSON path: to a field of the input, or of what Step Functions knows of the execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path(Cow<'static, str>);

impl Path {
    /// The whole input.
    pub const INPUT: Self = Self(Cow::Borrowed("$"));
    /// The name of the execution.
    pub const EXECUTION_NAME: Self = Self(Cow::Borrowed("$$.Execution.Name"));
    /// The ARN of the execution.
    pub const EXECUTION_ID: Self = Self(Cow::Borrowed("$$.Execution.Id"));
    /// The ARN of the state machine itself.
    pub const MACHINE: Self = Self(Cow::Borrowed("$$.StateMachine.Id"));
    /// What answers a task that waits for an answer.
    pub const TASK_TOKEN: Self = Self(Cow::Borrowed("$$.Task.Token"));

    /// The field `name` of the input.
    pub fn to(name: &'static str) -> Self {
        Self::INPUT.field(name)
    }

    /// The field `name` of what is there.
    #[must_use]
    pub fn field(&self, name: &'static str) -> Self {
        Self(format!("{}.{name}", self.0).into())
    }

    /// Whether the text there is `text`.
    pub fn is(&self, text: &'static str) -> Condition {
        Condition::Text(self.clone(), text)
    }

    /// Whether the number there is `least` or more.
    pub fn is_at_least(&self, least: u32) -> Condition {
        Condition::AtLeast(self.clone(), least)
    }

    /// Whether anything is there.
    pub fn is_present(&self) -> Condition {
        Condition::Present(self.clone())
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
