//! How a command ends, and with which exit code.

use std::io;

use paymig::diagnostic::{Diagnostic, Diagnostics};

/// What a command returns.
pub(super) type CommandResult = Result<Outcome, Failure>;

/// How a command that could do its work ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Exit code 0.
    Done,
    /// A check said no: exit code 1.
    Refused,
}

/// Why a command could not do its work.
#[derive(Debug)]
pub(super) enum Failure {
    /// Wrong input, or something could not be read or written: exit code 2.
    Input(Vec<Diagnostics>),
    /// The same, and the user knows: exit code 2.
    Told,
    /// Whoever read our output has stopped reading, as `head` does: exit code 0.
    ClosedPipe,
}

impl Failure {
    /// A failure to write to standard output.
    pub(super) fn of_output(error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::ClosedPipe;
        }
        Diagnostic::error(format!("cannot write to standard output: {error}")).into()
    }
}

impl From<Diagnostics> for Failure {
    fn from(diagnostics: Diagnostics) -> Self {
        Self::Input(vec![diagnostics])
    }
}

impl From<Diagnostic> for Failure {
    /// About the command line rather than a stack file.
    fn from(diagnostic: Diagnostic) -> Self {
        Diagnostics::from(diagnostic).into()
    }
}

impl From<anyhow::Error> for Failure {
    /// About a file: the context of an error names it.
    fn from(error: anyhow::Error) -> Self {
        Diagnostic::error(format!("{error:#}")).into()
    }
}
