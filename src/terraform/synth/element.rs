//! Elements as JSON: arguments and meta-arguments, sorted.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::expression::address;
use super::json::{COMMENT, Entries, JsonTerm};
use crate::terraform::tree::{Condition, Node, NodeId, Tree};

/// The body of an element, which a configuration lists under its logical id.
pub(super) struct Body<'t> {
    pub(super) tree: &'t Tree,
    pub(super) stack_id: &'t str,
    pub(super) node: &'t Node,
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (tree, node) = (self.tree, self.node);
        let meta = node.meta();
        let mut entries = vec![(COMMENT, Entry::Metadata(self))];
        entries.extend(
            node.arguments()
                .iter()
                .map(|(name, term)| (name, Entry::Term(JsonTerm { tree, term }))),
        );
        if !meta.depends_on().is_empty() {
            entries.push(("depends_on", Entry::Addresses(tree, meta.depends_on())));
        }
        if !meta.lifecycle().is_empty() {
            entries.push(("lifecycle", Entry::Lifecycle(tree, node)));
        }
        if let Some(alias) = tree.provider(node).and_then(|provider| provider.alias()) {
            entries.push(("provider", Entry::Provider(alias)));
        }
        entries.sort_by_key(|(name, _)| *name);
        serializer.collect_map(entries)
    }
}

/// The value of a key of an element.
enum Entry<'t> {
    Metadata(&'t Body<'t>),
    Term(JsonTerm<'t>),
    Addresses(&'t Tree, &'t [NodeId]),
    Lifecycle(&'t Tree, &'t Node),
    Provider(&'t str),
}

impl Serialize for Entry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Metadata(Body {
                tree,
                stack_id,
                node,
            }) => serde_json::json!({
                "metadata": {
                    "path": format!("{stack_id}/{}", tree.path(node)),
                    "uniqueId": node.logical_id(),
                }
            })
            .serialize(serializer),
            Self::Term(term) => term.serialize(serializer),
            Self::Addresses(tree, nodes) => addresses(tree, nodes).serialize(serializer),
            Self::Lifecycle(tree, node) => lifecycle(tree, node, serializer),
            Self::Provider(alias) => serializer.collect_str(&format_args!("aws.{alias}")),
        }
    }
}

/// Returns sorted addresses without duplicates. Their order has no meaning in Terraform.
fn addresses(tree: &Tree, nodes: &[NodeId]) -> Vec<String> {
    let mut addresses: Vec<String> = nodes.iter().map(|node| address(tree, *node)).collect();
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}

fn lifecycle<S: Serializer>(tree: &Tree, node: &Node, serializer: S) -> Result<S::Ok, S::Error> {
    let lifecycle = node.meta().lifecycle();
    let mut map = serializer.serialize_map(None)?;
    if lifecycle.create_before_destroy() {
        map.serialize_entry("create_before_destroy", &true)?;
    }
    if !lifecycle.ignore_changes().is_empty() {
        map.serialize_entry("ignore_changes", lifecycle.ignore_changes())?;
    }
    for (key, conditions) in [
        ("postcondition", lifecycle.postconditions()),
        ("precondition", lifecycle.preconditions()),
    ] {
        if !conditions.is_empty() {
            map.serialize_entry(key, &Conditions { tree, conditions })?;
        }
    }
    if lifecycle.prevent_destroy() {
        map.serialize_entry("prevent_destroy", &true)?;
    }
    if !lifecycle.replace_triggered_by().is_empty() {
        let triggers = addresses(tree, lifecycle.replace_triggered_by());
        map.serialize_entry("replace_triggered_by", &triggers)?;
    }
    map.end()
}

struct Conditions<'t> {
    tree: &'t Tree,
    conditions: &'t [Condition],
}

impl Serialize for Conditions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tree = self.tree;
        serializer.collect_seq(self.conditions.iter().map(|condition| {
            let [term, message] = [condition.condition(), condition.error_message()]
                .map(|term| JsonTerm { tree, term });
            Entries([("condition", term), ("error_message", message)])
        }))
    }
}
