//! Labels: what the different blocks of one type are called.
//!
//! A block is called by its own name. Where different blocks of the type share a name, each takes
//! its parent's name before its own, then the grandparent's, until all differ: `rule_action_count`
//! and `rule_override_action_count`. Only blocks of the same type count, so that adding a type to
//! the list renames nothing.

use std::collections::{BTreeMap, VecDeque};

use crate::schema::Block;

/// The label of every block that can be reached from `root`.
pub(crate) fn labels<K: Clone + Ord>(
    root: &Block<K>,
    blocks: &BTreeMap<K, Block<K>>,
) -> BTreeMap<K, String> {
    let paths = paths(root, blocks);
    let mut depths: BTreeMap<K, usize> = paths.keys().map(|key| (key.clone(), 1)).collect();
    loop {
        let labels: BTreeMap<K, String> = paths
            .iter()
            .map(|(key, path)| (key.clone(), suffix(path, depths.get(key).copied())))
            .collect();
        let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
        for label in labels.values() {
            *uses.entry(label).or_default() += 1;
        }
        let mut deeper = false;
        for (key, label) in &labels {
            let (Some(depth), Some(path)) = (depths.get_mut(key), paths.get(key)) else {
                continue;
            };
            if uses.get(label.as_str()).is_some_and(|uses| *uses > 1) && *depth < path.len() {
                *depth += 1;
                deeper = true;
            }
        }
        if !deeper {
            return labels;
        }
    }
}

/// The shortest way to each block, and among equally short ones the first in the alphabet.
pub(crate) fn paths<K: Clone + Ord>(
    root: &Block<K>,
    blocks: &BTreeMap<K, Block<K>>,
) -> BTreeMap<K, Vec<String>> {
    let mut found: BTreeMap<K, Vec<String>> = BTreeMap::new();
    let mut queue = VecDeque::from([(root, Vec::new())]);
    while let Some((block, path)) = queue.pop_front() {
        for (name, nested) in &block.block_types {
            if found.contains_key(&nested.block) {
                continue;
            }
            let mut path = path.clone();
            path.push(name.clone());
            found.insert(nested.block.clone(), path.clone());
            if let Some(block) = blocks.get(&nested.block) {
                queue.push_back((block, path));
            }
        }
    }
    found
}

/// The last `depth` words of `path`.
fn suffix(path: &[String], depth: Option<usize>) -> String {
    let start = path.len().saturating_sub(depth.unwrap_or(path.len()));
    path.iter()
        .skip(start)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join("_")
}
