//! `paymig init`.

use std::io;
use std::path::Path;

use clap::builder::PossibleValuesParser;

use paymig::config::{EMBEDDED, StackSource};
use paymig::diagnostic::Diagnostic;
use paymig::terraform::synth;

use super::console;
use super::destination::Destination;
use super::outcome::{CommandResult, Failure, Outcome};

/// Write an embedded stack file for editing
///
/// The result is a stack file for --stack.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The stack to start from
    #[arg(value_parser = PossibleValuesParser::new(EMBEDDED.map(|(name, _)| name)))]
    stack: String,
    /// Write to FILE, which must not exist yet; `-` is standard output
    #[arg(short, long, value_name = "FILE", value_parser = Destination::parser())]
    output: Option<Destination>,
}

pub(super) fn run(arguments: &Arguments) -> CommandResult {
    let source = StackSource::find(&arguments.stack)?;
    let text = source.text().as_bytes();
    match &arguments.output {
        Some(Destination::Path(path)) => create(path, text)?,
        Some(Destination::StandardOutput) | None => console::print(|out| out.write_all(text))?,
    }
    Ok(Outcome::Success)
}

/// Writes a new file.
fn create(path: &Path, content: &[u8]) -> Result<(), Failure> {
    synth::write_new(path, content).map_err(|error| {
        let path = path.display();
        match error.kind() {
            io::ErrorKind::AlreadyExists => Diagnostic::error(format!("`{path}` exists already"))
                .help("name another file: `init` does not overwrite files"),
            _ => Diagnostic::error(format!("cannot write `{path}`: {error}")),
        }
        .into()
    })
}
