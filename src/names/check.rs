//! Holds every name of a tree against what AWS accepts.

use std::collections::BTreeMap;

use super::Names;
use super::rules::{NameRule, Unique, rule_for};
use crate::diagnostic::{Diagnostic, Route};
use crate::quantity::Suffix;
use crate::tree::{Node, Term, Tree};

/// Everything that is wrong with the names of `tree`: too long, wrong characters, given twice.
///
/// A name that cannot fit whatever the suffix is blamed on its section; one that a shorter suffix
/// would let fit is blamed on the suffix, once, with the longest that all names allow.
pub fn check(tree: &Tree, names: &Names) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut taken: BTreeMap<(&str, &str, &str), Named<'_>> = BTreeMap::new();
    for named in named(tree) {
        let Named { name, rule, node } = named;
        let (route, what) = (tree.route(node), node.type_name());
        if let Some(fault) = rule.alphabet.fault(name) {
            let message = format!("the {what} name `{name}` {fault}");
            diagnostics.push(Diagnostic::error(message).at(route));
        }
        if names.length_at_worst(name) > rule.max {
            diagnostics.push(too_long(names, &named, route));
        }
        let region = match rule.unique {
            Unique::Everywhere => "",
            Unique::InRegion => tree.provider(node).map_or("", |provider| provider.region()),
        };
        if let Some(other) = taken.insert((what, region, name), named) {
            let message = format!("two resources of type {what} are named `{name}`");
            diagnostics.push(
                Diagnostic::error(message)
                    .at(route)
                    .label(format!("makes `{}`", tree.path(node)))
                    .related(
                        tree.route(other.node),
                        format!("makes `{}`", tree.path(other.node)),
                    )
                    .help("give one of the sections another key"),
            );
        }
    }
    diagnostics.extend(suffix_too_long(tree, names));
    diagnostics
}

/// The longest suffix that every name of `tree` has room for; [`Suffix::LONGEST`] at most.
pub fn longest_suffix(tree: &Tree, names: &Names) -> usize {
    tightest(tree, names).map_or(Suffix::LONGEST, |(room, _)| room)
}

/// A literal name and the rule for it.
#[derive(Clone, Copy)]
struct Named<'t> {
    name: &'t str,
    rule: &'static NameRule,
    node: &'t Node,
}

fn named(tree: &Tree) -> impl Iterator<Item = Named<'_>> {
    tree.nodes().iter().filter_map(|node| {
        let rule = rule_for(node)?;
        match node.arguments().get(rule.argument)? {
            Term::Text(name) => Some(Named { name, rule, node }),
            _ => None,
        }
    })
}

/// How many characters of suffix the tightest name leaves, and that name.
fn tightest<'t>(tree: &'t Tree, names: &Names) -> Option<(usize, Named<'t>)> {
    named(tree)
        .filter(|named| named.name.contains(names.suffix.as_str()))
        .map(|named| {
            let stem = named.name.len() - names.suffix_length();
            (named.rule.max.saturating_sub(stem), named)
        })
        .filter(|(room, _)| *room < Suffix::LONGEST)
        .min_by_key(|(room, _)| *room)
}

fn too_long(names: &Names, at_fault: &Named<'_>, route: &Route) -> Diagnostic {
    let Named { name, rule, node } = at_fault;
    let worst = names.length_at_worst(name);
    Diagnostic::error(format!(
        "the {} name `{name}` is too long: with the longest environment name and the shortest suffix it has {worst} characters, and {} is the limit",
        node.type_name(),
        rule.max
    ))
    .at(route)
    .help(format!("shorten the key by {}", worst - rule.max))
}

fn suffix_too_long(tree: &Tree, names: &Names) -> Option<Diagnostic> {
    let (room, Named { name, rule, node }) = tightest(tree, names)?;
    // Less room than the shortest suffix is the section's fault, and told there.
    if room >= names.suffix_length() || room < Suffix::SHORTEST {
        return None;
    }
    let (suffix, environment) = (names.suffix.as_str(), names.environment.as_str());
    Some(
        Diagnostic::error(format!(
            "the suffix `{suffix}` is too long: environment `{environment}` has room for {room} characters"
        ))
        .help(format!(
            "the {} name `{name}` has {} characters, and {} is the limit",
            node.type_name(),
            name.len(),
            rule.max
        )),
    )
}
