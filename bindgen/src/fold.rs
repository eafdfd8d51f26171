//! Folding: equal blocks of one type are written once.
//!
//! `aws_wafv2_web_acl` is 9,829 blocks in the provider's schema, and 109 different ones. Two blocks
//! are the same when their names and all that is in them are the same; a block keeps its own name,
//! because the name is what a reader looks for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::label::labels;
use crate::schema::{Block, Nested, Whole};

/// A type whose nested blocks are held by label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folded {
    /// The type itself.
    #[serde(flatten)]
    pub root: Block<String>,
    /// The different blocks inside it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub blocks: BTreeMap<String, Block<String>>,
}

/// Folds one type.
pub fn fold(whole: &Block<Whole>) -> Folded {
    let mut numbers = BTreeMap::new();
    let root = number(whole, &mut numbers);
    let blocks = numbers
        .into_iter()
        .map(|((_, block), number)| (number, block))
        .collect();
    relabel(&root, &blocks)
}

impl Folded {
    /// Gives the blocks that can still be reached the labels they would have had from the start.
    #[must_use]
    pub fn relabelled(&self) -> Self {
        relabel(&self.root, &self.blocks)
    }
}

/// Replaces each block below `block` by its number, counted from the leaves.
fn number(
    block: &Block<Whole>,
    numbers: &mut BTreeMap<(String, Block<usize>), usize>,
) -> Block<usize> {
    block.map(|name, Whole(inner)| {
        let key = (name.to_owned(), number(inner, numbers));
        let next = numbers.len();
        *numbers.entry(key).or_insert(next)
    })
}

fn relabel<K: Clone + Ord>(root: &Block<K>, blocks: &BTreeMap<K, Block<K>>) -> Folded {
    let labels = labels(root, blocks);
    let rename = |block: &Block<K>| {
        block.map(|name, key| labels.get(key).cloned().unwrap_or_else(|| name.to_owned()))
    };
    Folded {
        root: rename(root),
        blocks: blocks
            .iter()
            .filter_map(|(key, block)| Some((labels.get(key)?.clone(), rename(block))))
            .collect(),
    }
}

impl<B> Block<B> {
    /// The same block with its nested blocks held in another way.
    fn map<C>(&self, mut hold: impl FnMut(&str, &B) -> C) -> Block<C> {
        let block_types = self.block_types.iter().map(|(name, nested)| {
            let nested = Nested {
                nesting_mode: nested.nesting_mode,
                min_items: nested.min_items,
                max_items: nested.max_items,
                block: hold(name, &nested.block),
            };
            (name.clone(), nested)
        });
        Block {
            block_types: block_types.collect(),
            attributes: self.attributes.clone(),
            deprecated: self.deprecated,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn block(attribute: &str, blocks: &Value) -> Value {
        let mut nested = serde_json::Map::new();
        for (name, block) in blocks.as_object().unwrap() {
            nested.insert(
                name.clone(),
                json!({"nesting_mode": "list", "block": block}),
            );
        }
        json!({"attributes": {attribute: {"type": "string", "optional": true}}, "block_types": nested})
    }

    fn folded(block: Value) -> Folded {
        fold(&serde_json::from_value(block).unwrap())
    }

    fn labels_of(folded: &Folded) -> Vec<&str> {
        folded.blocks.keys().map(String::as_str).collect()
    }

    #[test]
    fn equal_blocks_are_merged() {
        let action = block("a", &json!({}));
        let folded = folded(block(
            "x",
            &json!({
                "one": block("a", &json!({"action": action})),
                "two": block("b", &json!({"action": action})),
            }),
        ));
        assert_eq!(labels_of(&folded), ["action", "one", "two"]);
    }

    #[test]
    fn equal_blocks_of_different_names_are_not_merged() {
        let empty = block("a", &json!({}));
        let folded = folded(block("x", &json!({"allow": empty, "deny": empty})));
        assert_eq!(labels_of(&folded), ["allow", "deny"]);
    }

    #[test]
    fn different_blocks_of_one_name_get_the_names_of_their_parents() {
        let folded = folded(block(
            "x",
            &json!({
                "one": block("a", &json!({"action": block("a", &json!({}))})),
                "two": block("a", &json!({"action": block("b", &json!({}))})),
            }),
        ));
        assert_eq!(
            labels_of(&folded),
            ["one", "one_action", "two", "two_action"]
        );
    }

    #[test]
    fn unreachable_block_is_dropped() {
        let mut folded = folded(block("x", &json!({"gone": block("a", &json!({}))})));
        folded.root.block_types.clear();
        assert!(folded.relabelled().blocks.is_empty());
    }

    #[test]
    fn relabelling_is_idempotent() {
        let folded = folded(block(
            "x",
            &json!({
                "one": block("a", &json!({"action": block("a", &json!({}))})),
                "action": block("b", &json!({})),
            }),
        ));
        assert_eq!(folded.relabelled(), folded);
        assert_eq!(labels_of(&folded), ["action", "one", "one_action"]);
    }
}
