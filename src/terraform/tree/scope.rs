//! Scopes: places in a tree to add elements to.
//!
//! ```ignore
//! let mut network = tree.root().child("network");
//! let vpc = network.add("vpc", aws::Vpc::new().cidr_block("10.0.0.0/16"));
//! network.add("subnet", aws::Subnet::new(vpc.id()));
//! ```

use std::borrow::Cow;

use super::construct_id::ConstructId;
use super::construct_tree::Tree;
use super::declared::Declared;
use super::handle::Handle;
use super::kind::Kind;
use super::node_id::NodeId;
use super::output::Output;
use super::provider::{Provider, ProviderId};
use super::scope_data::{ScopeData, ScopeId};
use super::term::Object;
use super::value::Value;
use crate::diagnostic::{Diagnostic, KeyPath};

/// A place in a tree to add elements and scopes to.
///
/// Its elements inherit its path, its provider configuration and, for diagnostics, its place in the stack file.
#[derive(Debug)]
pub struct Scope<'t> {
    tree: &'t mut Tree,
    scope: ScopeId,
}

impl Tree {
    /// Returns the root scope.
    pub fn root(&mut self) -> Scope<'_> {
        Scope {
            tree: self,
            scope: ScopeId::ROOT,
        }
    }
}

impl Scope<'_> {
    /// Adds the scope `id` below this one.
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

    /// Adds the scope `id` below this one, and consumes this one.
    #[must_use]
    pub fn into_child(mut self, id: impl Into<ConstructId>) -> Self {
        let child = self.child(id).scope;
        self.scope = child;
        self
    }

    /// Changes the provider configuration of this scope.
    #[must_use]
    pub fn in_provider(self, provider: ProviderId) -> Self {
        self.tree.scope_mut(self.scope).provider = provider;
        self
    }

    /// Returns a copy of this scope with the provider configuration of `region`.
    pub fn in_region(&mut self, region: &str) -> Scope<'_> {
        let provider = self.tree.provider_for(region);
        let data = self.tree.scope(self.scope).clone();
        let scope = self.tree.add_scope(ScopeData { provider, ..data });
        Scope {
            tree: self.tree,
            scope,
        }
    }

    /// Changes the place in the stack file that this scope is composed from.
    #[must_use]
    pub fn from_key_path(self, key_path: KeyPath) -> Self {
        self.tree.scope_mut(self.scope).key_path = key_path;
        self
    }

    /// The provider configuration of the elements that are added here.
    pub fn provider(&self) -> ProviderId {
        self.tree.scope(self.scope).provider
    }

    /// The region of an element that was added to this tree. `None` for types built into Terraform.
    pub fn region_of(&self, node: impl Into<NodeId>) -> Option<&str> {
        let node = self.tree.node(node.into())?;
        self.tree.provider(node).map(Provider::region)
    }

    /// The place in the stack file that this scope is composed from.
    pub fn key_path(&self) -> &KeyPath {
        &self.tree.scope(self.scope).key_path
    }

    /// The tags of every resource.
    pub fn default_tags(&self) -> &Object {
        &self.tree.default_tags
    }

    /// Adds an element. [`Tree::finish`] returns the errors of its id.
    pub fn add<K: Kind>(&mut self, id: impl Into<ConstructId>, element: Declared<K>) -> Handle<K> {
        Handle::new(self.tree.add_node(self.scope, &id.into(), element))
    }

    /// Adds an output of the configuration. Scripts depend on its name.
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

    /// Records a diagnostic, which [`Tree::finish`] returns.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.tree.report(diagnostic);
    }
}
