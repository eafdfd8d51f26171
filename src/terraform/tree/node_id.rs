//! Ids of nodes.

/// The id of a node in one tree. Only [`Scope::add`](super::Scope::add) creates one, so it cannot dangle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    pub(super) tree: TreeId,
    pub(super) index: u32,
}

impl NodeId {
    /// Terraform's `self`: the node that contains the expression. Only its attributes can be read.
    pub(super) const SELF: Self = Self {
        tree: TreeId(u32::MAX),
        index: u32::MAX,
    };
}

/// The number of a tree in this process. No output contains it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct TreeId(pub(super) u32);
