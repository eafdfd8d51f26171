//! The environments of a stack file beside each other, in one account.

use std::sync::Arc;

use crate::claims::{self, Claim, EnvironmentClaims, Suffixes};
use crate::compose::{self, System};
use crate::config::{self, LoadedStack, Phase, Selected, Selection, StackSource};
use crate::diagnostic::{Diagnostic, Diagnostics, KeyPath, Location, SourceMap};
use crate::newtypes::EnvironmentName;

/// Checks that the environments in `composed` share no claim with each other, or with another environment of `source`.
///
/// The claims of an environment are those of phase `migration`, which has the most, and of its own phase. If the naming
/// pattern lacks `{env}`, each environment has a suffix of its own: claims with the suffix collide only within `composed`.
///
/// Fails with the errors of every environment that does not load, or else with the collisions.
pub fn check(
    source: &StackSource,
    set: &[String],
    composed: &[(&LoadedStack, &System)],
) -> Result<(), Vec<Diagnostics>> {
    let Some((first, _)) = composed.first() else {
        return Ok(());
    };
    if let Some(error) = one_suffix(composed) {
        return Err(vec![first.diagnostics(vec![error])]);
    }
    let mut environments = Vec::new();
    let mut wrong = Vec::new();
    let bootstrap = compose::has_bootstrap(&first.stack).then(EnvironmentName::bootstrap);
    for name in first.stack.environments.keys().cloned().chain(bootstrap) {
        let selection = Selection {
            phase: (!name.is_bootstrap()).then_some(Phase::Migration),
            set: set.to_vec(),
            ..Selection::new(name.clone(), first.suffix.clone())
        };
        match Beside::new(source, &selection, composed) {
            Ok(environment) => environments.push(environment),
            Err(diagnostics) => wrong.push(diagnostics),
        }
    }
    if wrong.is_empty() {
        wrong = collisions(first, &environments);
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

/// The error for environments with one suffix whose names contain nothing else that differs.
fn one_suffix(composed: &[(&LoadedStack, &System)]) -> Option<Diagnostic> {
    let (first, _) = composed.first()?;
    let environments: Vec<String> = composed
        .iter()
        .map(|(loaded, _)| loaded.environment())
        .filter(|environment| !environment.is_bootstrap())
        .map(|environment| format!("`{environment}`"))
        .collect();
    let pattern = &first.stack.naming.pattern;
    if environments.len() < 2 || pattern.names_environment() {
        return None;
    }
    let message = format!(
        "`pattern` is `{pattern}`, without `{{env}}`: with one suffix, {} have the same names",
        environments.join(", ")
    );
    Some(
        Diagnostic::error(message)
            .at(KeyPath::root().key("naming").key("pattern"))
            .help("write one environment at a time, each with a suffix of its own: `--env ENV --suffix SUFFIX`"),
    )
}

/// An environment with its claims.
struct Beside {
    claims: EnvironmentClaims,
    source_map: Arc<SourceMap>,
    /// Whether this run writes it.
    is_written: bool,
}

impl Beside {
    /// Loads the selected environment, unless `composed` contains it in the phase with the most claims. A system that does
    /// not compose, for example because its names are too long with this suffix, has no claims.
    fn new(
        source: &StackSource,
        selection: &Selection,
        composed: &[(&LoadedStack, &System)],
    ) -> Result<Self, Diagnostics> {
        let written = composed
            .iter()
            .find(|(loaded, _)| loaded.environment() == selection.environment);
        let mut found = written.map_or_else(Vec::new, |(_, system)| claims::claims(&system.tree));
        let source_map = match written {
            Some((loaded, _)) if has_most_claims(loaded) => Arc::clone(loaded.source_map()),
            _ => {
                let loaded = config::load(source, selection)?;
                if let Ok(system) = compose::compose(&loaded) {
                    found.extend(claims::claims(&system.tree));
                }
                Arc::clone(loaded.source_map())
            }
        };
        Ok(Self {
            claims: EnvironmentClaims {
                environment: selection.environment.clone(),
                claims: found,
            },
            source_map,
            is_written: written.is_some(),
        })
    }

    /// The location of one of its claims in the text of the stack file and its arguments.
    fn location(&self, claim: &Claim) -> Option<Location> {
        let bytes = self.source_map.span(&Location::from(&claim.key_path))?;
        Some(Location::Bytes(bytes))
    }
}

fn has_most_claims(loaded: &LoadedStack) -> bool {
    match &loaded.selected {
        Selected::Bootstrap => true,
        Selected::Environment(target) => target.phase == Phase::Migration,
    }
}

/// The collisions of pairs with an environment that this run writes.
fn collisions(stack: &LoadedStack, environments: &[Beside]) -> Vec<Diagnostics> {
    let mut found = Vec::new();
    for (position, one) in environments.iter().enumerate() {
        for other in environments.iter().skip(position + 1) {
            let suffixes = match (one.is_written, other.is_written) {
                (false, false) => continue,
                (true, true) => Suffixes::Equal,
                _ if stack.stack.naming.pattern.names_environment() => Suffixes::Equal,
                _ => Suffixes::Different(&stack.suffix),
            };
            let at = |claim: &Claim| other.location(claim);
            let list = claims::collisions(&one.claims, &other.claims, suffixes, at);
            if !list.is_empty() {
                found.push(Diagnostics::new(Arc::clone(&one.source_map), list));
            }
        }
    }
    found
}
