//! The traffic weights that environments declare.

use crate::config::queries::WrittenWeight;
use crate::config::{Environment, Stack};
use crate::diagnostic::{Diagnostic, KeyPath};
use crate::newtypes::EnvironmentName;

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
        let weight = stack.environments.get(name).and_then(declared);
        let error = weight.and_then(|it| it.workflow_error(stack).or_else(|| it.step_error(stack)));
        found.extend(error.map(|error| error.at(key_path(name))));
    }
}

fn declared(environment: &Environment) -> Option<WrittenWeight> {
    environment.traffic.map(|percent| WrittenWeight {
        name: "traffic",
        removal: "remove",
        percent,
    })
}

fn key_path(environment: &EnvironmentName) -> KeyPath {
    let path = KeyPath::root().key("environments");
    path.key(environment.as_str()).key("traffic")
}

fn against_phase(environment: &Environment) -> Option<Diagnostic> {
    let error = declared(environment)?.phase_error(environment.phase)?;
    Some(error.help("remove `traffic`, or write `phase = \"migration\"`"))
}
