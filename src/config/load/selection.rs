//! Selection of an environment on the command line.

use std::sync::Arc;

use crate::config::queries::WrittenWeight;
use crate::config::sections::{Environment, Phase, Protection, Stack};
use crate::diagnostic::{Diagnostic, Diagnostics, KeyPath, SourceMap, closest_match};
use crate::newtypes::{EnvironmentName, Percent, Suffix};

/// The selection flags.
#[derive(Clone, Debug)]
pub struct Selection {
    /// `--env`
    pub environment: EnvironmentName,
    /// `--suffix`
    pub suffix: Suffix,
    /// `--phase`. Default: the environment's.
    pub phase: Option<Phase>,
    /// `--traffic`. Default: the environment's, or the first step in phase `migration`.
    pub traffic: Option<Percent>,
    /// `--protect` or `--destroyable`. Default: the environment's.
    pub protection: Option<Protection>,
    /// All `--set key=value` arguments.
    pub set: Vec<String>,
}

impl Selection {
    /// The selection of an environment without other flags.
    pub fn new(environment: EnvironmentName, suffix: Suffix) -> Self {
        Self {
            environment,
            suffix,
            phase: None,
            traffic: None,
            protection: None,
            set: Vec::new(),
        }
    }
}

/// A stack file for one environment: merged with its overlay, and validated.
#[derive(Clone, Debug)]
pub struct LoadedStack {
    /// The typed stack.
    pub stack: Stack,
    /// The environment suffix.
    pub suffix: Suffix,
    /// The environment, its phase and its traffic.
    pub selected: Selected,
    /// Warnings of the rules.
    pub warnings: Vec<Diagnostic>,
    pub(super) source_map: Arc<SourceMap>,
}

impl LoadedStack {
    /// The environment's name.
    pub fn environment(&self) -> EnvironmentName {
        match &self.selected {
            Selected::Bootstrap => EnvironmentName::bootstrap(),
            Selected::Environment(target) => target.environment.clone(),
        }
    }

    /// Diagnostics of later stages, which point to key paths of this stack.
    pub fn diagnostics(&self, list: Vec<Diagnostic>) -> Diagnostics {
        Diagnostics::new(Arc::clone(&self.source_map), list)
    }

    /// The text that the stack was loaded from.
    pub fn source_map(&self) -> &Arc<SourceMap> {
        &self.source_map
    }
}

/// The selected environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selected {
    /// The reserved environment, with the resources that the others need before their first plan.
    Bootstrap,
    /// An environment of the stack file.
    Environment(TargetEnvironment),
}

/// An environment of the stack file with its phase, traffic and protection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetEnvironment {
    /// Its name.
    pub environment: EnvironmentName,
    /// Its phase.
    pub phase: Phase,
    /// The traffic weight of the new side: 0 in phase `legacy`, 100 in phase `production`.
    pub traffic: Percent,
    /// Protection of its stateful resources.
    pub protection: Protection,
}

/// Resolves a selection in `stack`.
pub(super) fn select(stack: &Stack, selection: &Selection) -> Result<Selected, Diagnostic> {
    if selection.environment.is_bootstrap() {
        let flag = match selection {
            Selection { phase: Some(_), .. } => "--phase",
            Selection {
                traffic: Some(_), ..
            } => "--traffic",
            Selection {
                protection: Some(Protection::Protected),
                ..
            } => "--protect",
            Selection {
                protection: Some(Protection::Destroyable),
                ..
            } => "--destroyable",
            _ => return Ok(Selected::Bootstrap),
        };
        return Err(Diagnostic::error(format!(
            "`{flag}` is not allowed with the reserved environment `bootstrap`"
        ))
        .help(format!("remove `{flag}`")));
    }
    let environment = declared(stack, &selection.environment)?;
    let phase = selection.phase.unwrap_or(environment.phase);
    Ok(Selected::Environment(TargetEnvironment {
        environment: selection.environment.clone(),
        phase,
        traffic: traffic(stack, environment, phase, selection.traffic)?,
        protection: selection.protection.unwrap_or(environment.protection),
    }))
}

fn declared<'a>(stack: &'a Stack, name: &EnvironmentName) -> Result<&'a Environment, Diagnostic> {
    stack.environments.get(name).ok_or_else(|| {
        let names = || stack.environments.keys().map(EnvironmentName::as_str);
        let missing = Diagnostic::error(format!(
            "stack `{}` has no environment `{name}`",
            stack.stack
        ))
        .at(KeyPath::root().key("environments"));
        match closest_match(name.as_str(), names()) {
            Some(near) => missing.help(format!("did you mean `{near}`?")),
            None => missing.help(format!(
                "write one of {}",
                names().collect::<Vec<_>>().join(", ")
            )),
        }
    })
}

/// Returns the traffic weight: the one of `--traffic` if the phase and the owner of the weight allow it, or the
/// declared one.
fn traffic(
    stack: &Stack,
    environment: &Environment,
    phase: Phase,
    requested: Option<Percent>,
) -> Result<Percent, Diagnostic> {
    let Some(percent) = requested else {
        return Ok(stack.declared_traffic(environment, phase));
    };
    let written = WrittenWeight {
        name: "--traffic",
        removal: "omit",
        percent,
    };
    let error = written
        .workflow_error(stack)
        .or_else(|| {
            let error = written.phase_error(phase)?;
            Some(error.help("use `--traffic` with `--phase migration`"))
        })
        .or_else(|| match phase {
            Phase::Migration => written.step_error(stack),
            Phase::Legacy | Phase::Production => None,
        });
    error.map_or(Ok(percent), Err)
}
