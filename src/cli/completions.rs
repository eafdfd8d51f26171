//! `paymig completions`.

use clap_complete::Shell;

use super::console;
use super::outcome::{CommandResult, Outcome};

/// Write shell completions to standard output
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The shell
    shell: Shell,
}

/// Prints the completions of `command`.
pub(super) fn run(arguments: &Arguments, mut command: clap::Command) -> CommandResult {
    // Into memory first: the generator panics on a failed write.
    let mut script = Vec::new();
    let name = command.get_name().to_owned();
    clap_complete::generate(arguments.shell, &mut command, name, &mut script);
    console::print(|out| out.write_all(&script))?;
    Ok(Outcome::Success)
}
