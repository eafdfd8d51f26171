//! References to elements of a tree.

use std::marker::PhantomData;

use super::node_id::NodeId;

/// An element of a tree. Its methods are the element's attributes.
#[derive(Debug)]
pub struct Handle<K> {
    node: NodeId,
    kind: PhantomData<fn() -> K>,
}

impl<K> Handle<K> {
    /// Terraform's `self`: the element that a postcondition belongs to.
    pub fn self_ref() -> Self {
        Self::new(NodeId::SELF)
    }

    pub(super) fn new(node: NodeId) -> Self {
        Self {
            node,
            kind: PhantomData,
        }
    }
}

impl<K> From<Handle<K>> for NodeId {
    fn from(handle: Handle<K>) -> Self {
        handle.node
    }
}

// Derived impls would require the same of `K`, which is never a value.

impl<K> Clone for Handle<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Handle<K> {}

impl<K> PartialEq for Handle<K> {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl<K> Eq for Handle<K> {}
