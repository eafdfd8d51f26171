//! Queries of the stack file that several families share. They add nothing to the tree.
pub(crate) mod payment_code;
pub(crate) mod regions;
pub(crate) mod sources;
