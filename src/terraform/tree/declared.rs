//! Declared elements and blocks: typed arguments that no tree has yet.

use std::marker::PhantomData;

use super::kind::{Kind, Managed};
use super::meta::{Condition, Meta};
use super::node_id::NodeId;
use super::term::{Object, Term};
use super::value::Value;

/// A type that collects arguments.
pub trait Arguments {
    /// Returns the arguments that were set.
    fn arguments_mut(&mut self) -> &mut Object;
}

/// An element that is not in a tree yet.
#[derive(Clone, Debug)]
#[must_use = "an element exists when a scope adds it"]
pub struct Declared<K> {
    pub(super) arguments: Object,
    pub(super) meta: Meta,
    kind: PhantomData<fn() -> K>,
}

/// A nested block that is not in an element yet.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a block exists when an element takes it"]
pub struct Block<B> {
    arguments: Object,
    kind: PhantomData<fn() -> B>,
}

/// The name of an argument of kind `K`, for example in `ignore_changes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argument<K> {
    name: &'static str,
    kind: PhantomData<fn() -> K>,
}

impl<K: Kind> Declared<K> {
    pub(crate) fn empty() -> Self {
        Self {
            arguments: Object::default(),
            meta: Meta::default(),
            kind: PhantomData,
        }
    }

    /// Adds a dependency on `other`, without using any of its attributes.
    pub fn depends_on(mut self, other: impl Into<NodeId>) -> Self {
        self.meta.depends_on.push(other.into());
        self
    }

    /// Adds a dependency on each of `others`, without using any of their attributes.
    pub fn depends_on_all(mut self, others: impl IntoIterator<Item = NodeId>) -> Self {
        self.meta.depends_on.extend(others);
        self
    }

    /// Fails the plan with `error_message` unless `condition` holds.
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

    /// Fails the plan or the apply with `error_message` unless the element satisfies `condition`.
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

    /// Applies `then` if there is a value.
    pub fn when_some<V>(self, value: Option<V>, then: impl FnOnce(Self, V) -> Self) -> Self {
        match value {
            Some(value) => then(self, value),
            None => self,
        }
    }
}

impl<K: Managed> Declared<K> {
    /// Makes Terraform reject any plan that destroys the element.
    pub fn prevent_destroy(mut self) -> Self {
        self.meta.lifecycle.prevent_destroy = true;
        self
    }

    /// Creates a replacement before the element is destroyed.
    pub fn create_before_destroy(mut self) -> Self {
        self.meta.lifecycle.create_before_destroy = true;
        self
    }

    /// Makes Terraform ignore drift of these arguments.
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

    /// Applies `then` if there is a value.
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

/// One block is accepted where several are.
impl<B> IntoIterator for Block<B> {
    type Item = Self;
    type IntoIter = std::iter::Once<Self>;

    fn into_iter(self) -> Self::IntoIter {
        std::iter::once(self)
    }
}

impl<K> Argument<K> {
    /// For the generated bindings.
    pub(crate) const fn new(name: &'static str) -> Self {
        Self {
            name,
            kind: PhantomData,
        }
    }

    /// Returns the name in Terraform. It is not called `name`, since many types have an argument `name`.
    pub const fn terraform_name(self) -> &'static str {
        self.name
    }
}
