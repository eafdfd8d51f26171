//! Actions of an operator during a migration.

use std::fmt::{self, Display, Formatter};

use super::stage::Stage;

/// An action of an operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Applies the configuration of a stage.
    Apply(Stage),
    /// Applies every stage up to this one, each with its procedure.
    ApplyStagesUpTo(Stage),
    /// Applies the weights of a stage only, without a refresh.
    ApplyWeights(Stage),
    /// Invokes a function with an operation of the contract between Rust and Python.
    Operation(Operation),
    /// Starts an execution of a state machine, by the end of its name.
    StartExecution(&'static str),
    /// Checks a condition, as a sentence.
    Check(&'static str),
}

/// An operation of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The function: `cutover`, `validation`.
    pub function: &'static str,
    /// The operation: `fence_source`.
    pub name: &'static str,
    /// The result until which it is repeated, or else a remark.
    pub remark: Option<&'static str>,
}

impl Action {
    /// An operation of the function `cutover`.
    pub(super) const fn cutover(name: &'static str) -> Self {
        Self::operation("cutover", name)
    }

    /// An operation of a function.
    pub(super) const fn operation(function: &'static str, name: &'static str) -> Self {
        Self::Operation(Operation {
            function,
            name,
            remark: None,
        })
    }

    /// An operation with a remark.
    pub(super) const fn cutover_with(name: &'static str, remark: &'static str) -> Self {
        Self::Operation(Operation {
            function: "cutover",
            name,
            remark: Some(remark),
        })
    }
}

impl Display for Action {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Apply(stage) => write!(f, "apply {stage}"),
            Self::ApplyStagesUpTo(stage) => {
                write!(
                    f,
                    "apply the stages up to {stage} again, one after the other"
                )
            }
            Self::ApplyWeights(stage) => {
                write!(
                    f,
                    "apply the weights of {stage}: only the two records, without a refresh"
                )
            }
            Self::Operation(operation) => {
                let Operation {
                    function,
                    name,
                    remark,
                } = operation;
                write!(f, "run the operation `{name}` of the function `{function}`")?;
                remark.map_or(Ok(()), |remark| write!(f, " {remark}"))
            }
            Self::StartExecution(machine) => {
                write!(f, "start an execution of the state machine `{machine}-…`")
            }
            Self::Check(condition) => f.write_str(condition),
        }
    }
}
