//! Results of commands, and their exit codes.

use std::io;

use paymig::diagnostic::{Diagnostic, Diagnostics};

/// The result of a command.
pub(super) type CommandResult = Result<Outcome, Failure>;

/// The end of a command that completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Exit code 0.
    Success,
    /// `--check` found differences, or a transition is unsafe: exit code 1.
    CheckFailed,
}

/// The reason why a command did not complete.
#[derive(Debug)]
pub(super) enum Failure {
    /// Invalid input or an I/O error: exit code 2.
    Input(Vec<Diagnostics>),
    /// As `Input`, after the message has been written: exit code 2.
    AlreadyReported,
    /// The reader of standard output closed the pipe, as `head` does: exit code 0.
    ClosedPipe,
}

impl Failure {
    /// The failure of a write to standard output.
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
    /// Reports an error of the command line, which has no stack file.
    fn from(diagnostic: Diagnostic) -> Self {
        Diagnostics::from(diagnostic).into()
    }
}

impl From<anyhow::Error> for Failure {
    /// Reports an I/O error; its context names the file.
    fn from(error: anyhow::Error) -> Self {
        Diagnostic::error(format!("{error:#}")).into()
    }
}
