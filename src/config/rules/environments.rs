//! Environments, regions and state.

use std::collections::BTreeSet;

use crate::config::{Backend, Stack};
use crate::diagnostic::{Diagnostic, KeyPath, closest_match};
use crate::newtypes::EnvironmentName;

pub(super) fn check(stack: &Stack, found: &mut Vec<Diagnostic>) {
    regions(stack, found);
    environments(stack, found);
    state(stack, found);
}

fn regions(stack: &Stack, found: &mut Vec<Diagnostic>) {
    let path = KeyPath::root().key("regions");
    if stack.regions.is_empty() {
        found.push(
            Diagnostic::error("`regions` is empty; a stack needs at least one region")
                .at(&path)
                .help("for example `regions = [\"us-east-1\"]`"),
        );
    }
    let mut seen = BTreeSet::new();
    for (index, region) in stack.regions.iter().enumerate() {
        if !seen.insert(region) {
            let again = Diagnostic::error(format!("`regions` contains `{region}` twice"));
            found.push(again.at(path.index(index)).help("remove one of them"));
        }
    }
}

fn environments(stack: &Stack, found: &mut Vec<Diagnostic>) {
    let path = KeyPath::root().key("environments");
    if stack.environments.is_empty() {
        found.push(
            Diagnostic::error("`environments` is empty; a stack needs at least one environment")
                .at(&path)
                .help("for example `environments.migration = { phase = \"migration\" }`"),
        );
    }
    for name in stack.environments.keys().filter(|name| name.is_bootstrap()) {
        found.push(
            Diagnostic::error("`bootstrap` is a reserved environment name: paymig composes that environment itself")
                .at(path.key(name.as_str()))
                .help("choose another name for the environment"),
        );
    }
}

fn state(stack: &Stack, found: &mut Vec<Diagnostic>) {
    if stack.state.backend == Backend::Local && !stack.state.remote_states.is_empty() {
        found.push(
            Diagnostic::error("`remote_states` needs `backend = \"s3\"`: a local state has no address that another environment can read")
                .at(KeyPath::root().key("state").key("remote_states"))
                .help("write `backend = \"s3\"` in [state], or remove `remote_states`"),
        );
    }
    for (index, name) in stack.state.remote_states.iter().enumerate() {
        if stack.environments.contains_key(name) {
            continue;
        }
        let at = KeyPath::root()
            .key("state")
            .key("remote_states")
            .index(index);
        let missing = Diagnostic::error(format!(
            "`remote_states` contains `{name}`, which is not one of `environments`"
        ))
        .at(at);
        let names: Vec<&str> = stack
            .environments
            .keys()
            .map(EnvironmentName::as_str)
            .collect();
        found.push(match closest_match(name.as_str(), names.iter().copied()) {
            Some(near) => missing.help(format!("did you mean `{near}`?")),
            None => missing.help(format!("write one of {}", names.join(", "))),
        });
    }
}
