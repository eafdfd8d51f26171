//! Scopes: where in the tree something is added.
//!
//! ```ignore
//! let mut network = tree.root().child("network");
//! let vpc = network.add("vpc", aws::Vpc::new().cidr_block("10.0.0.0/16"));
//! network.add("subnet", aws::Subnet::new(vpc.id()));
//! ```

use std::borrow::Cow;

use super::element::{Declared, Handle, Kind};
use super::output::Output;
use super::provider::ProviderId;
use super::term::Object;
use super::value::Value;
use super::{ConstructId, Tree};
use crate::diagnostic::{Diagnostic, KeyPath};

/// Names a scope of one tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ScopeId(pub(super) u32);

impl ScopeId {
    pub(super) const ROOT: Self = Self(0);
}

/// What a scope is, as the tree keeps it.
#[derive(Clone, Debug)]
pub(super) struct ScopeData {
    pub(super) parent: Option<ScopeId>,
    pub(super) id: ConstructId,
    pub(super) provider: ProviderId,
    pub(super) key_path: KeyPath,
}

/// A place in a tree to add elements and scopes to.
///
/// What it adds gets its path, its provider configuration and, for diagnostics, its place in the
/// stack file.
#[derive(Debug)]
pub struct Scope<'t> {
    pub(super) tree: &'t mut Tree,
    pub(super) scope: ScopeId,
}

impl Scope<'_> {
    /// The scope `id` below this one.
    pub fn child(&mut self, id: impl Into<ConstructId>) -> Scope<'_> {
        let data = self.tree.scope(self.scope);
        let child = ScopeData {
            parent: Some(self.scope),
            id: id.into(),
            provider: data.provider,
            key_path: data.key_path.clone(),
        };
        let scope = self.tree.add_scope(child);
        Scope {
            tree: self.tree,
            scope,
        }
    }

    /// The scope `id` below this one, which is not needed any more.
    #[must_use]
    pub fn into_child(mut self, id: impl Into<ConstructId>) -> Self {
        let child = self.child(id).scope;
        self.scope = child;
        self
    }

    /// The same scope, for another provider configuration.
    #[must_use]
    pub fn in_provider(self, provider: ProviderId) -> Self {
        self.tree.scope_mut(self.scope).provider = provider;
        self
    }

    /// This scope, for the provider configuration of `region`.
    pub fn in_region(&mut self, region: &str) -> Scope<'_> {
        let provider = self.tree.provider_for(region);
        let data = self.tree.scope(self.scope).clone();
        let scope = self.tree.add_scope(ScopeData { provider, ..data });
        Scope {
            tree: self.tree,
            scope,
        }
    }

    /// The same scope, composed from this place in the stack file.
    #[must_use]
    pub fn from_key_path(self, key_path: KeyPath) -> Self {
        self.tree.scope_mut(self.scope).key_path = key_path;
        self
    }

    /// The provider configuration of what is added here.
    pub fn provider(&self) -> ProviderId {
        self.tree.scope(self.scope).provider
    }

    /// The place in the stack file that this scope was composed from.
    pub fn key_path(&self) -> &KeyPath {
        &self.tree.scope(self.scope).key_path
    }

    /// The tags that every resource gets.
    pub fn default_tags(&self) -> &Object {
        &self.tree.default_tags
    }

    /// Adds an element. What is wrong with its id is told by [`Tree::finish`].
    pub fn add<K: Kind>(&mut self, id: impl Into<ConstructId>, element: Declared<K>) -> Handle<K> {
        Handle::new(self.tree.add_node(self.scope, &id.into(), element))
    }

    /// Adds an output of the whole document. Its name is a contract for scripts.
    pub fn output(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        description: &'static str,
        value: impl Into<Value<String>>,
    ) {
        let output = Output {
            description: Cow::Borrowed(description),
            value: value.into().into_term(),
        };
        self.tree.add_output(name.into(), output);
    }

    /// Records what is wrong, to be told by [`Tree::finish`].
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.tree.report(diagnostic);
    }
}
