//! The command line: the only part that prints, and that reads arguments and the environment.

mod completions;
mod init;
mod list;
mod output;
mod schema;
mod selection;
mod synth;

use std::process::ExitCode;

use clap::{ColorChoice, Parser, Subcommand};

use crate::diagnostic::Diagnostics;

/// Turn a typed description of a payment-system migration into Terraform JSON.
#[derive(Debug, Parser)]
#[command(name = "paymig", version, arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value_t = ColorChoice::Auto)]
    color: ColorChoice,
}

#[derive(Debug, Subcommand)]
enum Command {
    Synth(synth::Arguments),
    List(list::Arguments),
    Init(init::Arguments),
    Schema(schema::Arguments),
    Completions(completions::Arguments),
}

/// How a command that could do its work ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Exit code 0.
    Done,
    /// A check said no: exit code 1.
    Refused,
}

/// Why a command could not do its work: exit code 2.
#[derive(Debug)]
pub enum Failure {
    /// The stack file or the selection is wrong.
    Input(Diagnostics),
    /// Something could not be read or written.
    Io(anyhow::Error),
    /// Whoever read our output has stopped reading. Not a failure: exit code 0.
    ClosedPipe,
}

/// What a command returns.
type CommandResult = Result<Outcome, Failure>;
