//! Checks of the names in a tree against the rules of AWS.

use std::collections::{BTreeMap, BTreeSet};

use super::Names;
use super::aws_limits::{NameRule, NameScope, rule_for};
use crate::diagnostic::{Diagnostic, KeyPath};
use crate::newtypes::Suffix;
use crate::terraform::tree::{Node, Term, Tree};

/// Returns the violations of the names of `tree`: wrong characters, excessive length, duplicates.
///
/// If a name is too long with every suffix, the diagnostic points to its section. If a shorter suffix would fit, one
/// diagnostic for all names states the longest suffix that they allow.
pub fn check(tree: &Tree, names: &Names) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut taken: BTreeMap<(&str, &str, &str), NameUse<'_>> = BTreeMap::new();
    let mut clashes = BTreeSet::new();
    for named in name_uses(tree) {
        let NameUse { name, rule, node } = named;
        let (key_path, what) = (tree.key_path(node), node.type_name());
        if let Some(violation) = rule.alphabet.violation(name) {
            let message = format!("the {what} name `{name}` {violation}");
            let suggestion = rule.alphabet.suggestion(name);
            diagnostics.push(Diagnostic::error(message).at(key_path).help(suggestion));
        }
        if names.length_at_worst(name) > rule.max {
            diagnostics.push(too_long(names, &named, key_path));
        }
        let region = named.region(tree);
        let Some(other) = taken.insert((what, region, name), named) else {
            continue;
        };
        // Two sections that share one name usually share several. One diagnostic is enough.
        let other_key_path = tree.key_path(other.node);
        if clashes.insert((other_key_path, key_path)) {
            let message = format!("two resources of type {what} are named `{name}`");
            diagnostics.push(
                Diagnostic::error(message)
                    .at(key_path)
                    .label(format!("creates `{}`", tree.path(node)))
                    .related(
                        other_key_path,
                        format!("creates `{}`", tree.path(other.node)),
                    )
                    .help("give one of the sections another key"),
            );
        }
    }
    diagnostics.extend(suffix_too_long(tree, names));
    diagnostics
}

/// A name that its type has once in a region, or once in all.
#[derive(Clone, Copy, Debug)]
pub struct UniqueName<'t> {
    /// The name.
    pub name: &'t str,
    /// The region. `global` for types with one name in all regions.
    pub region: &'t str,
    /// The resource with the name.
    pub node: &'t Node,
}

/// Iterates over the literal names of resources in `tree`.
pub fn unique_names(tree: &Tree) -> impl Iterator<Item = UniqueName<'_>> {
    name_uses(tree).map(|named| UniqueName {
        name: named.name,
        region: named.region(tree),
        node: named.node,
    })
}

/// Returns the argument that contains the name of `node`, if its type has one.
pub fn naming_argument(node: &Node) -> Option<&'static str> {
    rule_for(node).map(|rule| rule.argument)
}

/// Returns the length of the longest suffix that the names of `tree` allow, at most [`Suffix::MAX_LENGTH`].
pub fn longest_suffix(tree: &Tree, names: &Names) -> usize {
    least_room(tree, names).map_or(Suffix::MAX_LENGTH, |(room, _)| room)
}

/// A literal name with its rule.
#[derive(Clone, Copy)]
struct NameUse<'t> {
    name: &'t str,
    rule: &'static NameRule,
    node: &'t Node,
}

impl<'t> NameUse<'t> {
    /// The region in which the name is unique, or `global`.
    fn region(&self, tree: &'t Tree) -> &'t str {
        match self.rule.scope {
            NameScope::Global => "global",
            NameScope::Regional => tree.region(self.node),
        }
    }
}

fn name_uses(tree: &Tree) -> impl Iterator<Item = NameUse<'_>> {
    tree.nodes().iter().filter_map(|node| {
        let rule = rule_for(node)?;
        match node.arguments().get(rule.argument)? {
            Term::Text(name) => Some(NameUse { name, rule, node }),
            _ => None,
        }
    })
}

/// Returns the name with the least room for a suffix, and that room in characters.
fn least_room<'t>(tree: &'t Tree, names: &Names) -> Option<(usize, NameUse<'t>)> {
    name_uses(tree)
        .filter(|named| named.name.contains(names.suffix.as_str()))
        .map(|named| {
            let stem = named.name.len() - names.suffix_length();
            (named.rule.max.saturating_sub(stem), named)
        })
        .filter(|(room, _)| *room < Suffix::MAX_LENGTH)
        .min_by_key(|(room, _)| *room)
}

fn too_long(names: &Names, offending: &NameUse<'_>, key_path: &KeyPath) -> Diagnostic {
    let NameUse { name, rule, node } = offending;
    let worst = names.length_at_worst(name);
    Diagnostic::error(format!(
        "the {} name `{name}` is too long: it has {worst} characters with the longest environment name and the shortest suffix, and the limit is {}",
        node.type_name(),
        rule.max
    ))
    .at(key_path)
    .help(format!("shorten the key by {}", worst - rule.max))
}

fn suffix_too_long(tree: &Tree, names: &Names) -> Option<Diagnostic> {
    let (room, NameUse { name, rule, node }) = least_room(tree, names)?;
    // With less room than the shortest suffix needs, the section is at fault. `too_long` reports it.
    if room >= names.suffix_length() || room < Suffix::MIN_LENGTH {
        return None;
    }
    let (suffix, environment) = (names.suffix.as_str(), names.environment.as_str());
    Some(
        Diagnostic::error(format!(
            "the suffix `{suffix}` is too long: the names of environment `{environment}` allow {room} characters"
        ))
        .help(format!(
            "the {} name `{name}` has {} characters, and the limit is {}",
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

    /// The limit of a load balancer is 32 characters: `payment-alb-production-` leaves nine.
    fn balancer(names: &Names) -> Tree {
        let mut tree = Tree::new("us-east-1");
        tree.root()
            .add("balancer", aws::Lb::new().name(names.of("alb")));
        tree
    }

    #[test]
    fn name_with_the_least_room_limits_the_suffix() {
        let fits = names("abc123abc");
        assert_eq!(messages(&balancer(&fits), &fits), Vec::<String>::new());
        assert_eq!(longest_suffix(&balancer(&fits), &fits), 9);
        let exceeds = names("abc123abc1");
        assert_eq!(
            messages(&balancer(&exceeds), &exceeds),
            [
                "the suffix `abc123abc1` is too long: the names of environment `production` allow 9 characters"
            ]
        );
    }

    #[test]
    fn suffix_has_its_own_limit() {
        let names = names("abc123");
        assert_eq!(
            longest_suffix(&Tree::new("us-east-1"), &names),
            Suffix::MAX_LENGTH
        );
    }

    /// Returns the violations of one name in two regions.
    fn violations_in_two_regions(add: impl Fn(&mut Scope<'_>)) -> Vec<String> {
        let mut tree = Tree::new("us-east-1");
        let mut root = tree.root();
        for region in ["us-east-1", "us-east-2"] {
            add(&mut root.in_region(region).child(region));
        }
        messages(&tree, &names("abc123"))
    }

    #[test]
    fn regional_name_is_unique_per_region() {
        let topics = violations_in_two_regions(|scope| {
            scope.add("topic", aws::SnsTopic::new().name("alerts"));
        });
        assert_eq!(topics, Vec::<String>::new());
    }

    #[test]
    fn global_name_is_unique_in_all_regions() {
        let buckets = violations_in_two_regions(|scope| {
            scope.add("bucket", aws::S3Bucket::new().bucket("audit"));
        });
        assert_eq!(
            buckets,
            ["two resources of type aws_s3_bucket are named `audit`"]
        );
    }
}
