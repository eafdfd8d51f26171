//! Stack files for engine tests, and the documents they become.

use anyhow::anyhow;
use paymig::config::{self, Loaded, Selection, Source};
use paymig::{synth, system};

/// The stack id that test documents carry.
const STACK_ID: &str = "engine-test";

/// The embedded stack `name`.
///
/// # Errors
/// When there is none.
pub(crate) fn embedded(name: &str) -> anyhow::Result<Source> {
    Source::embedded(name).ok_or_else(|| anyhow!("no embedded stack {name}"))
}

/// What `source` says, for `selection`.
///
/// # Errors
/// With what is wrong with the stack file, rendered.
pub(crate) fn loaded(source: &Source, selection: &Selection) -> anyhow::Result<Loaded> {
    config::load(source, selection).map_err(|wrong| anyhow!("{wrong}"))
}

/// The document of `source` for `selection`.
///
/// # Errors
/// With what is wrong with the stack file, rendered.
pub(crate) fn document(source: &Source, selection: &Selection) -> anyhow::Result<String> {
    let system =
        system::compose(&loaded(source, selection)?).map_err(|wrong| anyhow!("{wrong}"))?;
    let mut document = Vec::new();
    synth::write(&system.tree, STACK_ID, &mut document)?;
    Ok(String::from_utf8(document)?)
}

/// A selection of `environment` with the suffix `abc123`, and nothing else said.
///
/// # Errors
/// When the name is none.
pub(crate) fn selection(environment: &str) -> anyhow::Result<Selection> {
    let environment = match environment {
        "bootstrap" => paymig::quantity::EnvironmentName::bootstrap(),
        name => name.parse().map_err(|wrong| anyhow!("{wrong}"))?,
    };
    let suffix = "abc123".parse().map_err(|wrong| anyhow!("{wrong}"))?;
    Ok(Selection::new(environment, suffix))
}
