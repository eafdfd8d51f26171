//! Holds every name of a tree against what AWS accepts.

use std::collections::{BTreeMap, BTreeSet};

use super::Names;
use super::rules::{NameRule, NameScope, rule_for};
use crate::diagnostic::{Diagnostic, KeyPath};
use crate::newtypes::Suffix;
use crate::terraform::tree::{Node, Term, Tree};

/// Everything that is wrong with the names of `tree`: too long, wrong characters, given twice.
///
/// A name that cannot fit whatever the suffix is blamed on its section; one that a shorter suffix
/// would let fit is blamed on the suffix, once, with the longest that all names allow.
pub fn check(tree: &Tree, names: &Names) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut taken: BTreeMap<(&str, &str, &str), Named<'_>> = BTreeMap::new();
    let mut clashes = BTreeSet::new();
    for named in named(tree) {
        let Named { name, rule, node } = named;
        let (key_path, what) = (tree.key_path(node), node.type_name());
        if let Some(violation) = rule.alphabet.violation(name) {
            let message = format!("the {what} name `{name}` {violation}");
            let suggestion = rule.alphabet.suggestion(name);
            diagnostics.push(Diagnostic::error(message).at(key_path).help(suggestion));
        }
        if names.length_at_worst(name) > rule.max {
            diagnostics.push(too_long(names, &named, key_path));
        }
        let region = match rule.scope {
            NameScope::Global => "",
            NameScope::Regional => tree.provider(node).map_or("", |provider| provider.region()),
        };
        let Some(other) = taken.insert((what, region, name), named) else {
            continue;
        };
        // Two sections that make one name mostly make several.
        let other_key_path = tree.key_path(other.node);
        if clashes.insert((other_key_path, key_path)) {
            let message = format!("two resources of type {what} are named `{name}`");
            diagnostics.push(
                Diagnostic::error(message)
                    .at(key_path)
                    .label(format!("makes `{}`", tree.path(node)))
                    .related(other_key_path, format!("makes `{}`", tree.path(other.node)))
                    .help("give one of the sections another key"),
            );
        }
    }
    diagnostics.extend(suffix_too_long(tree, names));
    diagnostics
}

/// The argument that names `node`, if its type has one.
pub fn naming_argument(node: &Node) -> Option<&'static str> {
    rule_for(node).map(|rule| rule.argument)
}

/// The longest suffix that every name of `tree` has room for; [`Suffix::MAX_LENGTH`] at most.
pub fn longest_suffix(tree: &Tree, names: &Names) -> usize {
    tightest(tree, names).map_or(Suffix::MAX_LENGTH, |(room, _)| room)
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
        .filter(|(room, _)| *room < Suffix::MAX_LENGTH)
        .min_by_key(|(room, _)| *room)
}

fn too_long(names: &Names, offending: &Named<'_>, key_path: &KeyPath) -> Diagnostic {
    let Named { name, rule, node } = offending;
    let worst = names.length_at_worst(name);
    Diagnostic::error(format!(
        "the {} name `{name}` is too long: with the longest environment name and the shortest suffix it has {worst} characters, and {} is the limit",
        node.type_name(),
        rule.max
    ))
    .at(key_path)
    .help(format!("shorten the key by {}", worst - rule.max))
}

fn suffix_too_long(tree: &Tree, names: &Names) -> Option<Diagnostic> {
    let (room, Named { name, rule, node }) = tightest(tree, names)?;
    // Less room than the shortest suffix is the section's fault, and told there.
    if room >= names.suffix_length() || room < Suffix::MIN_LENGTH {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws;
    use crate::newtypes::EnvironmentName;
    use crate::terraform::tree::Scope;

    fn names(suffix: &str) -> Names {
        let environment: EnvironmentName = "production".parse().unwrap();
        let environments = [environment.clone()];
        let pattern = "payment-{type}-{env}-{suffix}".parse().unwrap();
        Names::new(pattern, environment, suffix.parse().unwrap(), &environments)
    }

    fn messages(tree: &Tree, names: &Names) -> Vec<String> {
        let found = check(tree, names);
        found.into_iter().map(|found| found.message).collect()
    }

    /// A load balancer may have 32 characters: `payment-alb-production-` leaves nine.
    fn balancer(names: &Names) -> Tree {
        let mut tree = Tree::new("us-east-1");
        tree.root()
            .add("balancer", aws::Lb::new().name(names.of("alb")));
        tree
    }

    #[test]
    fn the_tightest_name_limits_the_suffix() {
        let fits = names("abc123abc");
        assert_eq!(messages(&balancer(&fits), &fits), Vec::<String>::new());
        assert_eq!(longest_suffix(&balancer(&fits), &fits), 9);
        let bursts = names("abc123abc1");
        assert_eq!(
            messages(&balancer(&bursts), &bursts),
            [
                "the suffix `abc123abc1` is too long: environment `production` has room for 9 characters"
            ]
        );
    }

    #[test]
    fn without_a_tight_name_a_suffix_has_its_own_limit() {
        let names = names("abc123");
        assert_eq!(
            longest_suffix(&Tree::new("us-east-1"), &names),
            Suffix::MAX_LENGTH
        );
    }

    /// What is wrong when two regions ask for one name.
    fn in_two_regions(add: impl Fn(&mut Scope<'_>)) -> Vec<String> {
        let mut tree = Tree::new("us-east-1");
        let mut root = tree.root();
        for region in ["us-east-1", "us-east-2"] {
            add(&mut root.in_region(region).child(region));
        }
        messages(&tree, &names("abc123"))
    }

    #[test]
    fn a_regional_name_may_stand_once_in_each_region() {
        let topics = in_two_regions(|scope| {
            scope.add("topic", aws::SnsTopic::new().name("alerts"));
        });
        assert_eq!(topics, Vec::<String>::new());
    }

    #[test]
    fn a_global_name_may_stand_once() {
        let buckets = in_two_regions(|scope| {
            scope.add("bucket", aws::S3Bucket::new().bucket("audit"));
        });
        assert_eq!(
            buckets,
            ["two resources of type aws_s3_bucket are named `audit`"]
        );
    }
}
