//! The command line: the only module that prints, and that reads arguments and the environment.
//!
//! ```text
//! arguments ─► one of the commands below ─► Outcome (0, 1) or Failure (2)
//! ```

mod completions;
mod composed;
mod console;
mod destination;
mod diff;
mod guard;
mod init;
mod list;
mod outcome;
mod parallel;
mod schema;
mod selection;
mod synth;
mod variables;

use std::process::ExitCode;

use clap::{ColorChoice, CommandFactory as _, Parser, Subcommand};

use console::Console;
use outcome::{CommandResult, Failure, Outcome};
use variables::Variables;

/// Turn a short, typed description of a payment-system migration into Terraform JSON
#[derive(Debug, Parser)]
#[command(name = "paymig", version, arg_required_else_help = true)]
#[command(after_help = "\
Exit codes: 0 success; 1 `--check` found differences, or `diff` an unsafe transition; 2 invalid input or
I/O error.")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// When to color messages; `auto` respects `NO_COLOR`
    #[arg(long, global = true, value_name = "WHEN", default_value_t = ColorChoice::Auto)]
    color: ColorChoice,
}

#[derive(Debug, Subcommand)]
enum Command {
    Synth(synth::Arguments),
    List(list::Arguments),
    Diff(diff::Arguments),
    Guard(guard::Arguments),
    Init(init::Arguments),
    Schema(schema::Arguments),
    Completions(completions::Arguments),
}

impl Command {
    fn run(self, console: Console, variables: &Variables) -> CommandResult {
        match self {
            Self::Synth(arguments) => synth::run(&arguments, console, variables),
            Self::List(arguments) => list::run(&arguments, variables),
            Self::Diff(arguments) => diff::run(&arguments, console, variables),
            Self::Guard(arguments) => guard::run(&arguments, console, variables),
            Self::Init(arguments) => init::run(&arguments),
            Self::Schema(arguments) => schema::run(&arguments),
            Self::Completions(arguments) => completions::run(&arguments, Arguments::command()),
        }
    }
}

/// Runs the command that the arguments name.
pub(crate) fn main() -> ExitCode {
    let (console, result) = match Arguments::try_parse() {
        Ok(Arguments { command, color }) => {
            let console = Console::new(color);
            (console, command.run(console, &Variables::read()))
        }
        Err(error) => {
            let console = Console::for_unparsed_arguments();
            (console, console.print_clap_error(&error))
        }
    };
    match result {
        Ok(Outcome::Success) | Err(Failure::ClosedPipe) => ExitCode::SUCCESS,
        Ok(Outcome::CheckFailed) => ExitCode::from(1),
        Err(Failure::AlreadyReported) => ExitCode::from(2),
        Err(Failure::Input(list)) => {
            console.report(&list);
            ExitCode::from(2)
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn arguments_are_consistent() {
        super::Arguments::command().debug_assert();
    }
}
