//! Elements: what a scope adds, the handle it returns, and how analyses read it back.
//!
//! ```text
//! Vpc (a kind) ── Vpc::new() ─► Declared<Vpc> ── scope.add ─► Handle<Vpc> ── .id() ─► Value<String>
//!                                                    └─ tree.each ─► View<Vpc> ── .cidr_block() ─► Option<Read<String>>
//! ```
//!
//! The generated bindings write one table for each kind; `resource!`, `block!` and `object!`
//! turn it into the methods of these four types.

use std::marker::PhantomData;

use super::meta::{Condition, Meta};
use super::node::{Mode, Node, NodeId};
use super::term::{Object, Term};
use super::value::Value;

/// A resource type, a data source or an ephemeral resource type.
pub trait Kind {
    /// What Terraform does with it.
    const MODE: Mode;
    /// Terraform's name: `aws_vpc`.
    const TYPE: &'static str;
    /// Whether a provider configuration goes with it; not so for what is built into Terraform.
    const USES_PROVIDER: bool;
}

/// A kind that Terraform creates, updates and destroys.
pub trait Managed: Kind {}

/// Types that collect arguments.
pub trait Arguments {
    /// The arguments that were set.
    fn arguments_mut(&mut self) -> &mut Object;
}

/// An element that no tree has yet.
#[derive(Clone, Debug)]
#[must_use = "an element exists when a scope adds it"]
pub struct Declared<K> {
    pub(super) arguments: Object,
    pub(super) meta: Meta,
    kind: PhantomData<fn() -> K>,
}

/// A nested block that no element has yet.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a block exists when an element takes it"]
pub struct Block<B> {
    arguments: Object,
    kind: PhantomData<fn() -> B>,
}

/// Where an argument of kind `K` may be named without a value: `ignore_changes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argument<K> {
    name: &'static str,
    kind: PhantomData<fn() -> K>,
}

/// An element of a tree. Its methods are the element's attributes.
#[derive(Debug)]
pub struct Handle<K> {
    node: NodeId,
    kind: PhantomData<fn() -> K>,
}

/// An element, or a block of it, read back.
#[derive(Debug)]
pub struct View<'t, K> {
    arguments: &'t Object,
    kind: PhantomData<fn() -> K>,
}

/// An argument read back: a literal, or an expression about which nothing is known.
#[derive(Debug)]
pub struct Read<'t, T> {
    term: &'t Term,
    of: PhantomData<fn() -> T>,
}

// ---- declaring

impl<K: Kind> Declared<K> {
    pub(crate) fn empty() -> Self {
        Self {
            arguments: Object::default(),
            meta: Meta::default(),
            kind: PhantomData,
        }
    }

    /// Waits for `other` without using any of its attributes.
    pub fn depends_on(mut self, other: impl Into<NodeId>) -> Self {
        self.meta.depends_on.push(other.into());
        self
    }

    /// Waits for all of `others` without using any of their attributes.
    pub fn depends_on_all(mut self, others: impl IntoIterator<Item = NodeId>) -> Self {
        self.meta.depends_on.extend(others);
        self
    }

    /// Stops the plan with `error_message` unless `condition` holds.
    pub fn precondition(
        mut self,
        condition: Value<bool>,
        error_message: impl Into<Value<String>>,
    ) -> Self {
        self.meta
            .lifecycle
            .preconditions
            .push(Condition::new(condition, error_message));
        self
    }

    /// Stops the plan or the apply with `error_message` unless `condition` holds of the element.
    pub fn postcondition(
        mut self,
        condition: Value<bool>,
        error_message: impl Into<Value<String>>,
    ) -> Self {
        self.meta
            .lifecycle
            .postconditions
            .push(Condition::new(condition, error_message));
        self
    }

    /// Continues with `then` where there is a value.
    pub fn when_some<V>(self, value: Option<V>, then: impl FnOnce(Self, V) -> Self) -> Self {
        match value {
            Some(value) => then(self, value),
            None => self,
        }
    }
}

impl<K: Managed> Declared<K> {
    /// Makes Terraform refuse any plan that destroys the element.
    pub fn prevent_destroy(mut self) -> Self {
        self.meta.lifecycle.prevent_destroy = true;
        self
    }

    /// Creates a replacement before the old one goes.
    pub fn create_before_destroy(mut self) -> Self {
        self.meta.lifecycle.create_before_destroy = true;
        self
    }

    /// Leaves drift of these arguments alone.
    pub fn ignore_changes(mut self, arguments: impl IntoIterator<Item = Argument<K>>) -> Self {
        let names = arguments.into_iter().map(|argument| argument.name);
        self.meta.lifecycle.ignore_changes.extend(names);
        self
    }

    /// Replaces the element when `other` changes.
    pub fn replace_triggered_by(mut self, other: impl Into<NodeId>) -> Self {
        self.meta.lifecycle.replace_triggered_by.push(other.into());
        self
    }
}

impl<K> Arguments for Declared<K> {
    fn arguments_mut(&mut self) -> &mut Object {
        &mut self.arguments
    }
}

impl<B> Block<B> {
    pub(crate) fn empty() -> Self {
        Self {
            arguments: Object::default(),
            kind: PhantomData,
        }
    }

    /// Continues with `then` where there is a value.
    pub fn when_some<V>(self, value: Option<V>, then: impl FnOnce(Self, V) -> Self) -> Self {
        match value {
            Some(value) => then(self, value),
            None => self,
        }
    }

    pub(crate) fn into_term(self) -> Term {
        Term::Object(self.arguments)
    }
}

impl<B> Arguments for Block<B> {
    fn arguments_mut(&mut self) -> &mut Object {
        &mut self.arguments
    }
}

/// A block is taken where several are.
impl<B> IntoIterator for Block<B> {
    type Item = Self;
    type IntoIter = std::iter::Once<Self>;

    fn into_iter(self) -> Self::IntoIter {
        std::iter::once(self)
    }
}

impl<K> Argument<K> {
    /// The generated bindings call this.
    pub(crate) const fn new(name: &'static str) -> Self {
        Self {
            name,
            kind: PhantomData,
        }
    }

    /// Terraform's name of the argument; many types have an argument `name`.
    pub const fn terraform_name(self) -> &'static str {
        self.name
    }
}

// ---- referring

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

impl<K> Handle<K> {
    /// The element that a postcondition stands in: Terraform's `self`.
    pub fn self_ref() -> Self {
        Self::new(NodeId::SELF)
    }

    pub(super) fn new(node: NodeId) -> Self {
        Self {
            node,
            kind: PhantomData,
        }
    }

    pub(crate) fn id_of_node(self) -> NodeId {
        self.node
    }
}

impl<K> From<Handle<K>> for NodeId {
    fn from(handle: Handle<K>) -> Self {
        handle.node
    }
}

// ---- reading

impl<'t, K> View<'t, K> {
    pub(crate) fn new(arguments: &'t Object) -> Self {
        Self {
            arguments,
            kind: PhantomData,
        }
    }

    pub(crate) fn argument_at<T>(&self, name: &str) -> Option<Read<'t, T>> {
        self.arguments.get(name).map(Read::new)
    }

    pub(crate) fn block_at<B>(&self, name: &str) -> Option<View<'t, B>> {
        match self.arguments.get(name)? {
            Term::Object(object) => Some(View::new(object)),
            _ => None,
        }
    }

    pub(crate) fn blocks_at<B>(&self, name: &str) -> Vec<View<'t, B>> {
        let Some(Term::List(items)) = self.arguments.get(name) else {
            return Vec::new();
        };
        items
            .iter()
            .filter_map(|item| match item {
                Term::Object(object) => Some(View::new(object)),
                _ => None,
            })
            .collect()
    }
}

impl<'t, K: Kind> View<'t, K> {
    /// `node` as a `K`, if it is one.
    pub fn of(node: &'t Node) -> Option<Self> {
        (node.mode() == K::MODE && node.type_name() == K::TYPE).then(|| Self::new(node.arguments()))
    }
}

impl<'t, T> Read<'t, T> {
    fn new(term: &'t Term) -> Self {
        Self {
            term,
            of: PhantomData,
        }
    }

    /// The encoded form.
    pub fn term(&self) -> &'t Term {
        self.term
    }

    /// Whether it is, or holds, a reference to `node`.
    pub fn refers_to(&self, node: impl Into<NodeId>) -> bool {
        let (node, mut found) = (node.into(), false);
        self.term.references(&mut |other| found |= other == node);
        found
    }
}

impl<'t> Read<'t, String> {
    /// The text, unless it is an expression.
    pub fn literal(&self) -> Option<&'t str> {
        match self.term {
            Term::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Read<'_, bool> {
    /// The truth, unless it is an expression.
    pub fn literal(&self) -> Option<bool> {
        match self.term {
            Term::Bool(truth) => Some(*truth),
            _ => None,
        }
    }
}

impl Read<'_, super::value::Number> {
    /// The whole number, unless it is an expression or has a fraction.
    pub fn literal(&self) -> Option<i64> {
        match self.term {
            Term::Integer(number) => Some(*number),
            _ => None,
        }
    }
}

impl<'t, T> Read<'t, super::value::List<T>> {
    /// The elements, unless the whole is an expression.
    pub fn items(&self) -> Option<Vec<Read<'t, T>>> {
        items(self.term)
    }
}

impl<'t, T> Read<'t, super::value::Set<T>> {
    /// The elements, unless the whole is an expression.
    pub fn items(&self) -> Option<Vec<Read<'t, T>>> {
        items(self.term)
    }
}

impl<'t, T> Read<'t, super::value::Map<T>> {
    /// The element under `key`; `None` also where the whole is an expression.
    pub fn key(&self, key: &str) -> Option<Read<'t, T>> {
        match self.term {
            Term::Object(object) => object.get(key).map(Read::new),
            _ => None,
        }
    }
}

fn items<T>(term: &Term) -> Option<Vec<Read<'_, T>>> {
    match term {
        Term::List(items) => Some(items.iter().map(Read::new).collect()),
        _ => None,
    }
}
