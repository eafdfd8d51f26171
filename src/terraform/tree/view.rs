//! Elements read back by kind.

use std::marker::PhantomData;

use super::kind::Kind;
use super::node::Node;
use super::node_id::NodeId;
use super::term::{Object, Term};
use super::value::{List, Map, Number, Set};

/// An element, or a block of it, read back.
#[derive(Debug)]
pub struct View<'t, K> {
    arguments: &'t Object,
    kind: PhantomData<fn() -> K>,
}

/// An argument read back: a literal, or an expression whose value only Terraform computes.
#[derive(Debug)]
pub struct Read<'t, T> {
    term: &'t Term,
    of: PhantomData<fn() -> T>,
}

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
    /// Returns `node` as a `K` if it is one.
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

    /// Returns the encoded form.
    pub fn term(&self) -> &'t Term {
        self.term
    }

    /// Whether it is or contains a reference to `node`.
    pub fn refers_to(&self, node: impl Into<NodeId>) -> bool {
        let (node, mut found) = (node.into(), false);
        self.term.references(&mut |other| found |= other == node);
        found
    }
}

impl<'t> Read<'t, String> {
    /// Returns the text unless it is an expression.
    pub fn literal(&self) -> Option<&'t str> {
        match self.term {
            Term::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Read<'_, bool> {
    /// Returns the truth value unless it is an expression.
    pub fn literal(&self) -> Option<bool> {
        match self.term {
            Term::Bool(truth) => Some(*truth),
            _ => None,
        }
    }
}

impl Read<'_, Number> {
    /// Returns the whole number unless it is an expression or has a fraction.
    pub fn literal(&self) -> Option<i64> {
        match self.term {
            Term::Integer(number) => Some(*number),
            _ => None,
        }
    }
}

impl<'t, T> Read<'t, List<T>> {
    /// Returns the elements unless the collection is an expression.
    pub fn items(&self) -> Option<Vec<Read<'t, T>>> {
        items(self.term)
    }
}

impl<'t, T> Read<'t, Set<T>> {
    /// Returns the elements unless the collection is an expression.
    pub fn items(&self) -> Option<Vec<Read<'t, T>>> {
        items(self.term)
    }
}

impl<'t, T> Read<'t, Map<T>> {
    /// Returns the element under `key`. `None` also if the map is an expression.
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
