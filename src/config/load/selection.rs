//! What the command line selects from a stack file.

use std::sync::Arc;

use crate::config::sections::{Environment, Phase, Protection, Stack};
use crate::diagnostic::{Diagnostic, Diagnostics, KeyPath, SourceMap, closest_match};
use crate::newtypes::{EnvironmentName, Percent, Suffix};

/// What the selection flags say.
#[derive(Clone, Debug)]
pub struct Selection {
    /// `--env`
    pub environment: EnvironmentName,
    /// `--suffix`
    pub suffix: Suffix,
    /// `--phase`; else the environment's own.
    pub phase: Option<Phase>,
    /// `--traffic`; else the first step in phase `migration`.
    pub traffic: Option<Percent>,
    /// `--protect` or `--destroyable`; else the environment's own.
    pub protection: Option<Protection>,
    /// `--set key=value`, each.
    pub set: Vec<String>,
}

impl Selection {
    /// An environment with nothing else said.
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

/// A stack file as one environment sees it: overlay applied, everything checked.
#[derive(Clone, Debug)]
pub struct LoadedStack {
    /// The decisions.
    pub stack: Stack,
    /// The environment suffix.
    pub suffix: Suffix,
    /// Which environment, and where it stands.
    pub selected: Selected,
    /// What the reader should know.
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

    /// Diagnostics found later, by whoever has only routes.
    pub fn diagnostics(&self, list: Vec<Diagnostic>) -> Diagnostics {
        Diagnostics::new(Arc::clone(&self.source_map), list)
    }

    /// The text behind the decisions.
    pub fn source_map(&self) -> &SourceMap {
        &self.source_map
    }
}

/// Which environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selected {
    /// The reserved one: what the others need before they can be planned.
    Bootstrap,
    /// A declared one.
    Environment(TargetEnvironment),
}

/// Where an environment stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetEnvironment {
    /// Its name.
    pub environment: EnvironmentName,
    /// Its phase.
    pub phase: Phase,
    /// The share of requests on the new side: 0 in phase `legacy`, 100 in phase `production`.
    pub traffic: Percent,
    /// Whether its stateful resources may be destroyed.
    pub protection: Protection,
}

/// The target that a selection means, or why there is none.
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
            "the reserved environment `bootstrap` takes no {flag}"
        )));
    }
    let environment = declared(stack, &selection.environment)?;
    let phase = selection.phase.unwrap_or(environment.phase);
    Ok(Selected::Environment(TargetEnvironment {
        environment: selection.environment.clone(),
        phase,
        traffic: traffic(stack, phase, selection.traffic)?,
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
                "its environments are {}",
                names().collect::<Vec<_>>().join(", ")
            )),
        }
    })
}

fn traffic(stack: &Stack, phase: Phase, asked: Option<Percent>) -> Result<Percent, Diagnostic> {
    let steps = stack.traffic.as_ref().map(|traffic| &traffic.steps);
    match (phase, asked) {
        (Phase::Legacy, None | Some(Percent::NONE)) => Ok(Percent::NONE),
        (Phase::Production, None | Some(Percent::ALL)) => Ok(Percent::ALL),
        (Phase::Legacy | Phase::Production, Some(percent)) => Err(Diagnostic::error(format!(
            "traffic is not {percent} in phase `{phase}`: it is 0 in `legacy` and 100 in `production`"
        ))
        .help("`--traffic` belongs to `--phase migration`")),
        (Phase::Migration, None) => Ok(steps
            .and_then(|steps| steps.first().copied())
            .unwrap_or(Percent::NONE)),
        (Phase::Migration, Some(percent)) => {
            let Some(steps) = steps else {
                return Err(Diagnostic::error(format!(
                    "stack `{}` has no [traffic] that could be {percent}",
                    stack.stack
                )));
            };
            if steps.contains(&percent) {
                return Ok(percent);
            }
            let list: Vec<_> = steps.iter().map(ToString::to_string).collect();
            Err(Diagnostic::error(format!(
                "traffic {percent} is not a step of this stack"
            ))
            .at(KeyPath::root().key("traffic").key("steps"))
            .help(format!("its steps are {}", list.join(", "))))
        }
    }
}
