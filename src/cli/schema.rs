//! `paymig schema`.

use paymig::config;

use super::console;
use super::outcome::{CommandResult, Failure, Outcome};

/// Write the JSON Schema of stack files, for completion and validation in editors
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {}

pub(super) fn run(_: &Arguments) -> CommandResult {
    let schema = serde_json::to_string_pretty(&config::schema())
        .map_err(|error| Failure::from(anyhow::Error::from(error)))?;
    console::print(|out| writeln!(out, "{schema}"))?;
    Ok(Outcome::Success)
}
