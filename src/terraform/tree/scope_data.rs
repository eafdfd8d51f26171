//! Data of scopes, as the tree stores them.

use super::construct_id::ConstructId;
use super::provider::ProviderId;
use crate::diagnostic::KeyPath;

/// The id of a scope in one tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ScopeId(pub(super) u32);

impl ScopeId {
    pub(super) const ROOT: Self = Self(0);
}

/// What a scope passes on to its elements: a path, a provider configuration, a place in the stack file.
#[derive(Clone, Debug)]
pub(super) struct ScopeData {
    pub(super) parent: Option<ScopeId>,
    pub(super) id: ConstructId,
    pub(super) provider: ProviderId,
    pub(super) key_path: KeyPath,
}
