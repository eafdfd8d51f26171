//! Mutated copies of a tree: what it would be without a node, with other arguments, guarded.
//!
//! A check is believed once it has been seen to object. These copies give it something to object
//! to; the nodes that they keep are known by the ids that they had.
//!
//! ```ignore
//! let weaker = tree.with_arguments(cluster, |arguments| { arguments.remove("storage_encrypted"); });
//! assert!(!encrypted(&weaker));
//! ```

use std::ops::Deref;

use super::Tree;
use super::expr::Expr;
use super::meta::Condition;
use super::node::{Node, NodeId};
use super::term::{Object, Term};

/// An altered copy, to be read: nothing can be added to it, or two nodes might get one id.
#[derive(Debug)]
pub struct MutatedTree(Tree);

impl Tree {
    /// The tree as if `removed` had never been added. Nothing dangles: what referred to it (an
    /// argument, an item of a list, a field, an output, a wait) is gone too, required or not.
    pub fn without(&self, removed: NodeId) -> MutatedTree {
        let mut tree = self.copy();
        tree.nodes.retain(|node| node.own != removed);
        tree.by_path.retain(|_, id| *id != removed);
        tree.by_logical_id.retain(|_, id| *id != removed);
        tree.outputs
            .retain(|_, output| strip_references(&mut output.value, removed));
        for node in &mut tree.nodes {
            remove_references(node, removed);
        }
        MutatedTree(tree)
    }

    /// The tree with the arguments of `node` as `change` leaves them.
    pub fn with_arguments(&self, node: NodeId, change: impl FnOnce(&mut Object)) -> MutatedTree {
        self.with(node, |node| change(&mut node.arguments))
    }

    /// The tree in which Terraform refuses to destroy `node`.
    pub fn with_prevent_destroy(&self, node: NodeId) -> MutatedTree {
        self.with(node, |node| node.meta.lifecycle.prevent_destroy = true)
    }

    fn with(&self, node: NodeId, change: impl FnOnce(&mut Node)) -> MutatedTree {
        let mut tree = self.copy();
        let node = tree.position(node).and_then(|at| tree.nodes.get_mut(at));
        if let Some(node) = node {
            change(node);
        }
        MutatedTree(tree)
    }

    fn copy(&self) -> Self {
        Self {
            id: self.id,
            providers: self.providers.clone(),
            scopes: self.scopes.clone(),
            nodes: self.nodes.clone(),
            by_path: self.by_path.clone(),
            by_logical_id: self.by_logical_id.clone(),
            backend: self.backend.clone(),
            default_tags: self.default_tags.clone(),
            moved: self.moved.clone(),
            outputs: self.outputs.clone(),
            diagnostics: self.diagnostics.clone(),
        }
    }
}

impl Deref for MutatedTree {
    type Target = Tree;

    fn deref(&self) -> &Tree {
        &self.0
    }
}

fn remove_references(node: &mut Node, removed: NodeId) {
    node.arguments
        .retain(|_, term| strip_references(term, removed));
    let meta = &mut node.meta;
    meta.depends_on.retain(|id| *id != removed);
    let lifecycle = &mut meta.lifecycle;
    lifecycle.replace_triggered_by.retain(|id| *id != removed);
    let keeps_condition = |condition: &mut Condition| {
        strip_references(&mut condition.condition, removed)
            && strip_references(&mut condition.error_message, removed)
    };
    lifecycle.preconditions.retain_mut(keeps_condition);
    lifecycle.postconditions.retain_mut(keeps_condition);
}

/// Takes what refers to `removed` out of `term`; whether anything is left to keep.
fn strip_references(term: &mut Term, removed: NodeId) -> bool {
    match term {
        Term::List(items) => {
            items.retain_mut(|item| strip_references(item, removed));
            true
        }
        Term::Object(object) => {
            object.retain(|_, term| strip_references(term, removed));
            true
        }
        Term::Expr(expr) => match expr.as_mut() {
            // A document inside a text: only the part that refers to the node goes.
            Expr::Call("jsonencode", documents) => documents
                .iter_mut()
                .all(|document| strip_references(document, removed)),
            expr => {
                let mut refers = false;
                expr.references(&mut |id| refers |= id == removed);
                !refers
            }
        },
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terraform::builtin::TerraformData;
    use crate::terraform::tree::{Handle, Value};

    /// `first`, and `second` that refers to it and waits for it.
    fn two() -> (Tree, [Handle<TerraformData>; 2]) {
        let mut tree = Tree::new("us-east-1");
        let mut root = tree.root();
        let first = root.add("first", TerraformData::new());
        let list = Object::from_iter([("list", Term::List(vec![first.id().into_term()]))]);
        let second = TerraformData::new()
            .input(Value::from(list))
            .depends_on(first);
        let second = root.add("second", second);
        root.output("first_id", "refers to it", first.id());
        (tree.finish().unwrap().0, [first, second])
    }

    #[test]
    fn what_referred_to_a_node_that_is_gone_is_gone_too() {
        let (tree, [first, second]) = two();
        let mutated = tree.without(first.into());
        assert!(mutated.node(first.into()).is_none());
        let second = mutated.node(second.into()).unwrap();
        assert_eq!(mutated.path(second), "second");
        second.references(&mut |id| panic!("{id:?} is gone"));
        assert!(mutated.outputs().is_empty());
        assert_eq!(tree.nodes().len(), 2, "the tree is as it was");
    }

    #[test]
    fn arguments_are_changed_in_the_copy_alone() {
        let (tree, [_, second]) = two();
        let mutated = tree.with_arguments(second.into(), |arguments| {
            arguments.remove("input");
        });
        assert!(mutated.node(second.into()).unwrap().arguments().is_empty());
        assert!(!tree.node(second.into()).unwrap().arguments().is_empty());
    }
}
