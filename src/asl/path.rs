//! Reference paths into a state's input and into the context object.

use std::borrow::Cow;
use std::fmt;

/// A JSON path into the input (`$`) or into the context object (`$$`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path(Cow<'static, str>);

impl Path {
    /// The whole input.
    pub const INPUT: Self = Self(Cow::Borrowed("$"));
    /// The name of the execution.
    pub const EXECUTION_NAME: Self = Self(Cow::Borrowed("$$.Execution.Name"));
    /// The ARN of the execution.
    pub const EXECUTION_ID: Self = Self(Cow::Borrowed("$$.Execution.Id"));
    /// The ARN of the state machine.
    pub const STATE_MACHINE_ID: Self = Self(Cow::Borrowed("$$.StateMachine.Id"));
    /// The token that completes a `.waitForTaskToken` task.
    pub const TASK_TOKEN: Self = Self(Cow::Borrowed("$$.Task.Token"));

    /// The field `name` of the input.
    pub fn input_field(name: &'static str) -> Self {
        Self::INPUT.field(name)
    }

    /// The field `name` of the value at this path.
    #[must_use]
    pub fn field(&self, name: &'static str) -> Self {
        Self(format!("{}.{name}", self.0).into())
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
