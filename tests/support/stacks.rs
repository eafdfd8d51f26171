//! Stack files for Terraform tests, and their configurations.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::anyhow;
use paymig::compose::{self, System};
use paymig::config::{self, LoadedStack, Selection, StackSource};
use paymig::terraform::synth;

use super::local_aws::LocalAws;

/// The stack id of test configurations.
const STACK_ID: &str = "terraform-test";

/// Returns the embedded stack `name`.
///
/// # Errors
/// If there is none.
pub(crate) fn embedded(name: &str) -> anyhow::Result<StackSource> {
    StackSource::embedded(name).ok_or_else(|| anyhow!("no embedded stack {name}"))
}

/// Returns the small stack of the Terraform tests after `edit`.
///
/// # Errors
/// If its file cannot be read.
pub(crate) fn small(edit: impl FnOnce(String) -> String) -> anyhow::Result<StackSource> {
    let path = super::root().join("fixtures/terraform/small.toml");
    let text = std::fs::read_to_string(path)?;
    Ok(StackSource::new("small.toml", edit(text)))
}

/// Loads `source` for `selection`.
///
/// # Errors
/// The rendered diagnostics of the stack file.
pub(crate) fn loaded(source: &StackSource, selection: &Selection) -> anyhow::Result<LoadedStack> {
    config::load(source, selection).map_err(|wrong| anyhow!("{wrong}"))
}

/// Composes the system of `source` for `selection`.
///
/// # Errors
/// The diagnostics, if the stack file is rejected.
pub(crate) fn composed(source: &StackSource, selection: &Selection) -> anyhow::Result<System> {
    compose::compose(&loaded(source, selection)?).map_err(|wrong| anyhow!("{wrong}"))
}

/// Synthesizes the configuration of `source` for `selection`.
///
/// # Errors
/// The rendered diagnostics of the stack file.
pub(crate) fn configuration(source: &StackSource, selection: &Selection) -> anyhow::Result<String> {
    let system = composed(source, selection)?;
    let mut configuration = Vec::new();
    synth::write(&system.tree, STACK_ID, &mut configuration)?;
    Ok(String::from_utf8(configuration)?)
}

/// Selects `environment` with the suffix `abc123` and defaults otherwise.
///
/// # Errors
/// If the name is invalid.
pub(crate) fn selection(environment: &str) -> anyhow::Result<Selection> {
    let environment = match environment {
        "bootstrap" => paymig::newtypes::EnvironmentName::bootstrap(),
        name => name.parse().map_err(|wrong| anyhow!("{wrong}"))?,
    };
    let suffix = "abc123".parse().map_err(|wrong| anyhow!("{wrong}"))?;
    Ok(Selection::new(environment, suffix))
}

/// Pushes every image that `source` runs in `selections`. A plan requires them.
///
/// # Errors
/// The rendered diagnostics of the stack file, or the message of the registry.
pub(crate) fn push_images(
    source: &StackSource,
    selections: &[Selection],
    aws: &LocalAws,
) -> anyhow::Result<()> {
    let mut tags: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for selection in selections {
        let stack = loaded(source, selection)?.stack;
        for run in stack.image_runs() {
            if let Some(image) = stack.existing.image.get(&run.image) {
                let repository = (run.region, image.repository.resolve(&selection.suffix));
                tags.entry(repository).or_default().insert(run.tag);
            }
        }
    }
    for ((region, repository), tags) in &tags {
        let tags: Vec<_> = tags.iter().map(String::as_str).collect();
        aws.push(region.as_str(), repository, &tags)?;
    }
    Ok(())
}
