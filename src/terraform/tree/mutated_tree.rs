//! Mutated copies of a tree, for mutation testing: without a node, with other arguments, protected.
//!
//! A check is trustworthy once it has detected a fault, and a mutated copy has one. Nodes keep their ids.
//!
//! ```ignore
//! let unencrypted = tree.with_arguments(cluster, |arguments| { arguments.remove("storage_encrypted"); });
//! assert!(!is_encrypted(&unencrypted));
//! ```

use std::ops::Deref;

use super::construct_tree::Tree;
use super::meta::Condition;
use super::node::Node;
use super::node_id::NodeId;
use super::term::{Expr, Object, Term};

/// A mutated copy. It is read-only: a node added to it could get the id of another.
#[derive(Debug)]
pub struct MutatedTree(Tree);

impl Tree {
    /// Copies the tree without the node `removed`.
    ///
    /// Everything that refers to the node is removed too, even if it is required: arguments, items of lists, fields,
    /// outputs, dependencies.
    pub fn without(&self, removed: NodeId) -> MutatedTree {
        let mut tree = self.copy();
        tree.nodes.retain(|node| node.node_id != removed);
        tree.by_path.retain(|_, id| *id != removed);
        tree.by_logical_id.retain(|_, id| *id != removed);
        tree.outputs
            .retain(|_, output| strip_references(&mut output.value, removed));
        for node in &mut tree.nodes {
            remove_references(node, removed);
        }
        MutatedTree(tree)
    }

    /// Copies the tree and applies `change` to the arguments of `node`.
    pub fn with_arguments(&self, node: NodeId, change: impl FnOnce(&mut Object)) -> MutatedTree {
        self.with(node, |node| change(&mut node.arguments))
    }

    /// Copies the tree and applies `change` to the value of the output `name`.
    pub fn with_output(&self, name: &str, change: impl FnOnce(&mut Term)) -> MutatedTree {
        let mut tree = self.copy();
        if let Some(output) = tree.outputs.get_mut(name) {
            change(&mut output.value);
        }
        MutatedTree(tree)
    }

    /// Copies the tree and sets `prevent_destroy` on `node`.
    pub fn with_prevent_destroy(&self, node: NodeId) -> MutatedTree {
        self.with(node, |node| node.meta.lifecycle.prevent_destroy = true)
    }

    /// Copies the tree and removes the `depends_on` of `node`.
    pub fn without_dependencies(&self, node: NodeId) -> MutatedTree {
        self.with(node, |node| node.meta.depends_on.clear())
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

/// Removes the references to `removed` from `term`. Returns whether the term itself remains.
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
            // JSON in a text: only the part that refers to the node is removed.
            Expr::Call("jsonencode", arguments) => arguments
                .iter_mut()
                .all(|argument| strip_references(argument, removed)),
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

    /// A tree of `first` and `second`, where `second` refers to `first` and depends on it.
    fn dependent_pair() -> (Tree, [Handle<TerraformData>; 2]) {
        let mut tree = Tree::new("us-east-1");
        let mut root = tree.root();
        let first = root.add("first", TerraformData::new());
        let list = Object::from_iter([("list", Term::List(vec![first.id().into_term()]))]);
        let second = TerraformData::new()
            .input(Value::from(list))
            .depends_on(first);
        let second = root.add("second", second);
        root.output("first_id", "id of the first", first.id());
        (tree.finish().unwrap().0, [first, second])
    }

    #[test]
    fn without_removes_references_to_the_node() {
        let (tree, [first, second]) = dependent_pair();
        let mutated = tree.without(first.into());
        assert!(mutated.node(first.into()).is_none());
        let second = mutated.node(second.into()).unwrap();
        assert_eq!(mutated.path(second), "second");
        second.references(&mut |id| panic!("reference to {id:?}"));
        assert!(mutated.outputs().is_empty());
        assert_eq!(tree.nodes().len(), 2, "the tree itself is unchanged");
    }

    #[test]
    fn with_arguments_leaves_the_tree_unchanged() {
        let (tree, [_, second]) = dependent_pair();
        let mutated = tree.with_arguments(second.into(), |arguments| {
            arguments.remove("input");
        });
        assert!(mutated.node(second.into()).unwrap().arguments().is_empty());
        assert!(!tree.node(second.into()).unwrap().arguments().is_empty());
    }
}
