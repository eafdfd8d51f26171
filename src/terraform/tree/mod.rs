//! The construct tree: typed elements at their places, and nothing about any cloud.
//!
//! [`Scope::add`] returns a [`Handle`]; a handle's attributes are [`Value`]s; a value is an argument
//! of another element. So a reference cannot dangle, and the graph is data.
//!
//! Adding never fails. What is wrong (two constructs at one path, a name that Terraform refuses, a
//! handle of another tree) is collected and told by [`Tree::finish`].

mod backend;
pub(crate) mod binding;
mod construct_id;
mod element;
mod expr;
mod logical_id;
mod meta;
mod mutated_tree;
mod node;
mod output;
mod provider;
mod scope;
mod term;
mod value;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

pub use backend::Backend;
pub(crate) use binding::{block, object, resource};
pub use construct_id::ConstructId;
pub use element::{Argument, Arguments, Block, Declared, Handle, Kind, Managed, Read, View};
pub use expr::{Expr, Operator};
pub use meta::{Condition, Lifecycle, Meta};
pub use mutated_tree::MutatedTree;
pub use node::{Mode, Node, NodeId};
pub use output::Output;
pub use provider::{Provider, ProviderId};
pub use scope::Scope;
pub use term::{Object, Term};
pub use value::{Any, Ephemeral, List, Map, Number, Set, Value};

use crate::diagnostic::{Diagnostic, KeyPath, Severity};
use logical_id::{NoLogicalId, logical_id};
use node::TreeId;
use scope::{ScopeData, ScopeId};

#[cfg(test)]
mod tests;

/// One Terraform document in the making: providers, elements, outputs.
#[derive(Debug)]
pub struct Tree {
    id: TreeId,
    providers: Vec<Provider>,
    scopes: Vec<ScopeData>,
    nodes: Vec<Node>,
    /// Path and logical id of every node, to tell both sides of a clash.
    by_path: BTreeMap<String, NodeId>,
    by_logical_id: BTreeMap<String, NodeId>,
    backend: Option<Backend>,
    default_tags: Object,
    moved: Vec<Moved>,
    outputs: BTreeMap<Cow<'static, str>, Output>,
    diagnostics: Vec<Diagnostic>,
}

/// A managed node that had another address before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moved {
    /// The address in the state that there is.
    pub from: String,
    /// The address in this document.
    pub to: String,
}

static TREES: AtomicU32 = AtomicU32::new(0);

impl Tree {
    /// An empty tree whose default provider configuration is for `region`.
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
            id: TreeId(TREES.fetch_add(1, Ordering::Relaxed)),
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

    /// The provider configuration for `region`; one with an alias is added where there is none.
    pub fn provider_for(&mut self, region: &str) -> ProviderId {
        let known = self.providers.iter().position(|p| p.region == region);
        ProviderId(known.unwrap_or_else(|| {
            self.providers.push(Provider {
                alias: Some(region.to_owned()),
                region: region.to_owned(),
            });
            self.providers.len() - 1
        }))
    }

    /// Keeps the state in `backend`; without one Terraform keeps it in a local file.
    pub fn set_backend(&mut self, backend: Backend) {
        self.backend = Some(backend);
    }

    /// Tags every resource that takes tags. They may not be computed: the provider would plan
    /// them anew in every run.
    pub fn set_default_tag(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<String>,
    ) {
        self.default_tags.set(name, Term::Text(value.into().into()));
    }

    /// The scope that all others are below.
    pub fn root(&mut self) -> Scope<'_> {
        Scope {
            tree: self,
            scope: ScopeId::ROOT,
        }
    }

    /// Ends the building: the tree and its warnings, or everything that is wrong with it.
    pub fn finish(mut self) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        let diagnostics = std::mem::take(&mut self.diagnostics);
        if diagnostics.iter().any(|d| d.severity == Severity::Error) {
            Err(diagnostics)
        } else {
            Ok((self, diagnostics))
        }
    }

    /// The provider configurations, the default one first.
    pub fn providers(&self) -> &[Provider] {
        &self.providers
    }

    /// The nodes, in the order in which they were added.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The elements of kind `K`, each with its node.
    pub fn each<K: Kind>(&self) -> impl Iterator<Item = (&Node, View<'_, K>)> {
        self.nodes
            .iter()
            .filter_map(|node| View::of(node).map(|view| (node, view)))
    }

    /// Where the state is kept, if not in a local file.
    pub fn backend(&self) -> Option<&Backend> {
        self.backend.as_ref()
    }

    /// The tags that every resource gets.
    pub fn default_tags(&self) -> &Object {
        &self.default_tags
    }

    /// The outputs by name.
    pub fn outputs(&self) -> &BTreeMap<Cow<'static, str>, Output> {
        &self.outputs
    }

    /// The nodes that had another address before, sorted.
    pub fn moved(&self) -> &[Moved] {
        &self.moved
    }

    /// The node that a reference means; `None` for one of another tree.
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(self.position(id)?)
    }

    /// The construct path of a node, without the stack: `network/production/vpc`.
    pub fn path(&self, node: &Node) -> String {
        self.components(node.scope, &node.id).join("/")
    }

    /// The place in the stack file that a node was composed from.
    pub fn key_path(&self, node: &Node) -> &KeyPath {
        &self.scope(node.scope).key_path
    }

    /// The configuration that a node uses; `None` for types built into Terraform.
    pub fn provider(&self, node: &Node) -> Option<&Provider> {
        self.providers.get(node.provider?.0)
    }

    fn add_scope(&mut self, scope: ScopeData) -> ScopeId {
        let id = u32::try_from(self.scopes.len()).unwrap_or(u32::MAX);
        self.scopes.push(scope);
        ScopeId(id)
    }

    fn add_node<K: Kind>(
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
            own: node_id,
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
        match self.settle_name(node_id, &node) {
            Ok(logical_id) => node.logical_id = logical_id,
            Err(diagnostic) => self.report(*diagnostic),
        }
        if node.mode == Mode::Managed {
            self.record_move(&node, id);
        }
        self.nodes.push(node);
        node_id
    }

    /// The logical id of a new node; an error that names both paths where another has it.
    fn settle_name(&mut self, new: NodeId, node: &Node) -> Result<String, Box<Diagnostic>> {
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
                    "the construct path `{path}` gives the name `{id}`, which Terraform refuses: a name starts with a letter or an underscore"
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

    /// A handle of another tree would silently mean the wrong node.
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

    fn add_output(&mut self, name: Cow<'static, str>, output: Output) {
        if self.outputs.contains_key(&name) {
            self.report(Diagnostic::error(format!("two outputs named `{name}`")));
        }
        self.outputs.insert(name, output);
    }

    /// Where a node is in `nodes`: at its number, unless an alteration took out one before it.
    fn position(&self, id: NodeId) -> Option<usize> {
        if id.tree != self.id {
            return None;
        }
        let number = id.index as usize;
        match self.nodes.get(number) {
            Some(node) if node.own == id => Some(number),
            _ => self.nodes.binary_search_by_key(&id, |node| node.own).ok(),
        }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
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
    fn scope(&self, scope: ScopeId) -> &ScopeData {
        &self.scopes[scope.0 as usize]
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "a scope id is made by `add_scope` of the same tree and scopes are never removed"
    )]
    fn scope_mut(&mut self, scope: ScopeId) -> &mut ScopeData {
        &mut self.scopes[scope.0 as usize]
    }
}
