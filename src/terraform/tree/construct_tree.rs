//! The tree: nodes at their paths, with the providers, outputs and settings of the configuration.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use super::backend::Backend;
use super::construct_id::ConstructId;
use super::declared::Declared;
use super::kind::{Kind, Mode};
use super::logical_id::{NoLogicalId, logical_id};
use super::node::Node;
use super::node_id::{NodeId, TreeId};
use super::output::Output;
use super::provider::{Provider, ProviderId};
use super::scope_data::{ScopeData, ScopeId};
use super::term::{Object, Term};
use super::view::View;
use crate::diagnostic::{Diagnostic, KeyPath, Severity};

/// One Terraform configuration: its nodes, providers and outputs.
#[derive(Debug)]
pub struct Tree {
    pub(super) id: TreeId,
    pub(super) providers: Vec<Provider>,
    pub(super) scopes: Vec<ScopeData>,
    /// In the order of their ids. A mutated tree lacks some.
    pub(super) nodes: Vec<Node>,
    /// Index by path, so that an error names both nodes of a clash.
    pub(super) by_path: BTreeMap<String, NodeId>,
    /// Index by logical id, for the same reason.
    pub(super) by_logical_id: BTreeMap<String, NodeId>,
    pub(super) backend: Option<Backend>,
    pub(super) default_tags: Object,
    pub(super) moved: Vec<Moved>,
    pub(super) outputs: BTreeMap<Cow<'static, str>, Output>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// A `moved` block: the former and the present address of a managed node.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moved {
    /// The address in the existing state.
    pub from: String,
    /// The address in this configuration.
    pub to: String,
}

/// The number of trees that this process has created.
static TREE_COUNT: AtomicU32 = AtomicU32::new(0);

impl Tree {
    /// Creates an empty tree whose default provider configuration is for `region`.
    pub fn new(region: impl Into<String>) -> Self {
        let default = Provider {
            alias: None,
            region: region.into(),
        };
        let root = ScopeData {
            parent: None,
            id: ConstructId::from(""),
            provider: ProviderId(0),
            key_path: KeyPath::root(),
        };
        Self {
            id: TreeId(TREE_COUNT.fetch_add(1, Ordering::Relaxed)),
            providers: vec![default],
            scopes: vec![root],
            nodes: Vec::new(),
            by_path: BTreeMap::new(),
            by_logical_id: BTreeMap::new(),
            backend: None,
            default_tags: Object::default(),
            moved: Vec::new(),
            outputs: BTreeMap::new(),
            diagnostics: Vec::new(),
        }
    }

    /// Returns the provider configuration for `region`, and adds one with an alias if there is none.
    pub fn provider_for(&mut self, region: &str) -> ProviderId {
        let existing = self.providers.iter().position(|p| p.region == region);
        ProviderId(existing.unwrap_or_else(|| {
            self.providers.push(Provider {
                alias: Some(region.to_owned()),
                region: region.to_owned(),
            });
            self.providers.len() - 1
        }))
    }

    /// Stores the state in `backend`. Without a backend, Terraform uses a local file.
    pub fn set_backend(&mut self, backend: Backend) {
        self.backend = Some(backend);
    }

    /// Tags every resource that accepts tags. The value is a literal: the provider would plan a computed one in every run.
    pub fn set_default_tag(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<String>,
    ) {
        self.default_tags.set(name, Term::Text(value.into().into()));
    }

    /// Returns the tree and its warnings, or every diagnostic if there is an error.
    pub fn finish(mut self) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        let diagnostics = std::mem::take(&mut self.diagnostics);
        if diagnostics.iter().any(|d| d.severity == Severity::Error) {
            Err(diagnostics)
        } else {
            Ok((self, diagnostics))
        }
    }

    /// The provider configurations, with the default one first.
    pub fn providers(&self) -> &[Provider] {
        &self.providers
    }

    /// The nodes, in the order of their addition.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Iterates over the elements of kind `K`, each with its node.
    pub fn each<K: Kind>(&self) -> impl Iterator<Item = (&Node, View<'_, K>)> {
        self.nodes
            .iter()
            .filter_map(|node| View::of(node).map(|view| (node, view)))
    }

    /// The backend. `None` for a local file.
    pub fn backend(&self) -> Option<&Backend> {
        self.backend.as_ref()
    }

    /// The tags of every resource.
    pub fn default_tags(&self) -> &Object {
        &self.default_tags
    }

    /// The outputs, by name.
    pub fn outputs(&self) -> &BTreeMap<Cow<'static, str>, Output> {
        &self.outputs
    }

    /// The `moved` blocks, sorted.
    pub fn moved(&self) -> &[Moved] {
        &self.moved
    }

    /// Returns the node with this id. `None` for a node of another tree.
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(self.position(id)?)
    }

    /// Returns the construct path of a node, without the stack: `network/production/vpc`.
    pub fn path(&self, node: &Node) -> String {
        self.components(node.scope, &node.id).join("/")
    }

    /// Returns the place in the stack file that a node was composed from.
    pub fn key_path(&self, node: &Node) -> &KeyPath {
        &self.scope(node.scope).key_path
    }

    /// Returns the provider configuration of a node. `None` for types built into Terraform.
    pub fn provider(&self, node: &Node) -> Option<&Provider> {
        self.providers.get(node.provider?.0)
    }

    /// The region of `node`. Empty for types built into Terraform.
    pub fn region(&self, node: &Node) -> &str {
        self.provider(node).map_or("", Provider::region)
    }

    pub(super) fn add_scope(&mut self, scope: ScopeData) -> ScopeId {
        let id = u32::try_from(self.scopes.len()).unwrap_or(u32::MAX);
        self.scopes.push(scope);
        ScopeId(id)
    }

    pub(super) fn add_node<K: Kind>(
        &mut self,
        scope: ScopeId,
        id: &ConstructId,
        element: Declared<K>,
    ) -> NodeId {
        let node_id = NodeId {
            tree: self.id,
            index: u32::try_from(self.nodes.len()).unwrap_or(u32::MAX),
        };
        let provider = K::USES_PROVIDER.then(|| self.scope(scope).provider);
        let mut node = Node {
            node_id,
            scope,
            id: id.name.clone().into_owned(),
            logical_id: String::new(),
            mode: K::MODE,
            type_name: K::TYPE,
            provider,
            arguments: element.arguments,
            meta: element.meta,
        };
        self.check_references(&node);
        match self.register(node_id, &node) {
            Ok(logical_id) => node.logical_id = logical_id,
            Err(diagnostic) => self.report(*diagnostic),
        }
        if node.mode == Mode::Managed {
            self.record_move(&node, id);
        }
        self.nodes.push(node);
        node_id
    }

    /// Registers a new node and returns its logical id. Fails if another node has its path or logical id.
    fn register(&mut self, new: NodeId, node: &Node) -> Result<String, Box<Diagnostic>> {
        let path = self.path(node);
        let at = self.key_path(node).clone();
        if let Some(other) = self.by_path.insert(path.clone(), new) {
            let first = self.node(other).map_or("", Node::type_name);
            return Err(Box::new(
                Diagnostic::error(format!(
                    "two constructs at the path `{path}`: `{first}` and `{}`",
                    node.type_name
                ))
                .at(&at),
            ));
        }
        let components = self.components(node.scope, &node.id);
        let id = logical_id(components).map_err(|reason| -> Box<Diagnostic> {
            match reason {
                NoLogicalId::OnlyDefault => Diagnostic::error(format!(
                    "the construct path `{path}` has no name: `Default` is reserved for what is left out of names"
                )),
                NoLogicalId::BadStart(id) => Diagnostic::error(format!(
                    "the construct path `{path}` gives the name `{id}`, which Terraform rejects: a name starts with a letter or an underscore"
                )),
            }
            .at(&at)
            .into()
        })?;
        if let Some(other) = self.by_logical_id.insert(id.clone(), new) {
            let other = self.node(other).map_or_else(String::new, |n| self.path(n));
            return Err(Box::new(
                Diagnostic::error(format!(
                    "the construct paths `{other}` and `{path}` give the same name `{id}`"
                ))
                .at(&at)
                .help("rename one of them; the other keeps its address"),
            ));
        }
        Ok(id)
    }

    fn record_move(&mut self, node: &Node, id: &ConstructId) {
        let former = self.former_components(node.scope, id);
        if let Ok(from) = logical_id(former.iter().map(String::as_str))
            && from != node.logical_id
        {
            let moved = Moved {
                from: format!("{}.{from}", node.type_name),
                to: node.address(),
            };
            let at = self.moved.partition_point(|other| *other < moved);
            self.moved.insert(at, moved);
        }
    }

    /// Reports handles of another tree, which could refer to the wrong node here.
    fn check_references(&mut self, node: &Node) {
        let mut foreign = false;
        node.references(&mut |id| foreign |= self.node(id).is_none());
        if foreign {
            let path = self.path(node);
            let at = self.key_path(node).clone();
            self.report(
                Diagnostic::error(format!("`{path}` refers to a construct of another tree"))
                    .at(&at),
            );
        }
    }

    pub(super) fn add_output(&mut self, name: Cow<'static, str>, output: Output) {
        if self.outputs.contains_key(&name) {
            self.report(Diagnostic::error(format!("two outputs named `{name}`")));
        }
        self.outputs.insert(name, output);
    }

    /// Returns the index of a node in `nodes`. In a mutated tree it may differ from the index in the id.
    pub(super) fn position(&self, id: NodeId) -> Option<usize> {
        if id.tree != self.id {
            return None;
        }
        let index = id.index as usize;
        match self.nodes.get(index) {
            Some(node) if node.node_id == id => Some(index),
            _ => self
                .nodes
                .binary_search_by_key(&id, |node| node.node_id)
                .ok(),
        }
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn components<'a>(&'a self, scope: ScopeId, id: &'a str) -> Vec<&'a str> {
        let mut components = vec![id];
        let mut at = Some(scope);
        while let Some(scope) = at {
            let data = self.scope(scope);
            if data.parent.is_some() {
                components.push(&data.id.name);
            }
            at = data.parent;
        }
        components.reverse();
        components
    }

    fn former_components(&self, scope: ScopeId, id: &ConstructId) -> Vec<String> {
        let mut components = vec![id.former().to_owned()];
        let mut at = Some(scope);
        while let Some(scope) = at {
            let data = self.scope(scope);
            if data.parent.is_some() {
                components.push(data.id.former().to_owned());
            }
            at = data.parent;
        }
        components.reverse();
        components
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "a scope id is made by `add_scope` of the same tree and scopes are never removed"
    )]
    pub(super) fn scope(&self, scope: ScopeId) -> &ScopeData {
        &self.scopes[scope.0 as usize]
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "a scope id is made by `add_scope` of the same tree and scopes are never removed"
    )]
    pub(super) fn scope_mut(&mut self, scope: ScopeId) -> &mut ScopeData {
        &mut self.scopes[scope.0 as usize]
    }
}
