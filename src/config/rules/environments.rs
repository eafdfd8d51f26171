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
        found.push(Diagnostic::error("a stack has at least one region").at(&path));
    }
    let mut seen = BTreeSet::new();
    for (index, region) in stack.regions.iter().enumerate() {
        if !seen.insert(region) {
            let again = Diagnostic::error(format!("region `{region}` is listed twice"));
            found.push(again.at(path.index(index)));
        }
    }
}

fn environments(stack: &Stack, found: &mut Vec<Diagnostic>) {
    let path = KeyPath::root().key("environments");
    if stack.environments.is_empty() {
        found.push(Diagnostic::error("a stack has at least one environment").at(&path));
    }
    for name in stack.environments.keys().filter(|name| name.is_bootstrap()) {
        found.push(
            Diagnostic::error("`bootstrap` is reserved: paymig makes that environment itself")
                .at(path.key(name.as_str()))
                .help("give the environment another name"),
        );
    }
}

fn state(stack: &Stack, found: &mut Vec<Diagnostic>) {
    if stack.state.backend == Backend::Local && !stack.state.remote_states.is_empty() {
        found.push(
            Diagnostic::error("local states cannot be read: no document knows where they are")
                .at(KeyPath::root().key("state").key("remote_states"))
                .help("keep them in a bucket: `state.backend = \"s3\"`"),
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
        let missing = Diagnostic::error(format!("there is no environment `{name}`")).at(at);
        let names = stack.environments.keys().map(EnvironmentName::as_str);
        found.push(match closest_match(name.as_str(), names) {
            Some(near) => missing.help(format!("did you mean `{near}`?")),
            None => missing,
        });
    }
}
