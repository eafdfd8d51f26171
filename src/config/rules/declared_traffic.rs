//! The traffic weights that environments declare.

use crate::config::queries::WORKFLOW_SHIFTS_TRAFFIC;
use crate::config::{Environment, Stack};
use crate::diagnostic::{Diagnostic, KeyPath};
use crate::newtypes::{EnvironmentName, Percent};

/// Checks every weight against the phase of its environment, and the one of `environment` against `[traffic]`, which
/// an overlay may change.
pub(super) fn check(
    stack: &Stack,
    environment: Option<&EnvironmentName>,
    found: &mut Vec<Diagnostic>,
) {
    for (name, environment) in &stack.environments {
        found.extend(against_phase(environment).map(|error| error.at(key_path(name))));
    }
    if let Some(name) = environment {
        let weight = stack.environments.get(name).and_then(|it| it.traffic);
        let error = weight.and_then(|weight| against_traffic(stack, weight));
        found.extend(error.map(|error| error.at(key_path(name))));
    }
}

fn key_path(environment: &EnvironmentName) -> KeyPath {
    let path = KeyPath::root().key("environments");
    path.key(environment.as_str()).key("traffic")
}

fn against_phase(environment: &Environment) -> Option<Diagnostic> {
    let (weight, fixed) = (environment.traffic?, environment.phase.fixed_traffic()?);
    (weight != fixed).then(|| {
        Diagnostic::error(format!(
            "`traffic` is {weight} in phase `{}`, but it is always 0 in `legacy` and 100 in `production`",
            environment.phase
        ))
        .help("remove `traffic`, or write `phase = \"migration\"`")
    })
}

fn against_traffic(stack: &Stack, weight: Percent) -> Option<Diagnostic> {
    let Some(traffic) = &stack.traffic else {
        return Some(
            Diagnostic::error(format!(
                "`traffic` is {weight}, but stack `{}` has no [traffic]",
                stack.stack
            ))
            .help("add [traffic], or remove `traffic`"),
        );
    };
    if stack.is_traffic_managed_by_workflow() {
        return Some(
            Diagnostic::error(format!(
                "`traffic` is {weight}, but the workflow manages the traffic weight"
            ))
            .help(format!("remove `traffic`; {WORKFLOW_SHIFTS_TRAFFIC}")),
        );
    }
    (!traffic.steps.contains(&weight)).then(|| {
        Diagnostic::error(format!(
            "`traffic` is {weight}, which is not one of `steps`"
        ))
        .help(format!("write one of {}", traffic.listed_steps()))
    })
}
