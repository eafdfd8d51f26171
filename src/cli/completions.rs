//! `paymig completions`.

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::console;
use super::outcome::{CommandResult, Outcome};

/// Write the completions of a shell: source them, or put them where it looks for completions
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The shell
    shell: Shell,
}

pub(super) fn run(arguments: &Arguments) -> CommandResult {
    // Into memory first: the generator takes a failure to write for a bug.
    let mut script = Vec::new();
    let mut command = super::Arguments::command();
    let name = command.get_name().to_owned();
    clap_complete::generate(arguments.shell, &mut command, name, &mut script);
    console::print(|out| out.write_all(&script))?;
    Ok(Outcome::Done)
}
