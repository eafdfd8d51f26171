//! The encoded form of an argument: what a [`Value`](super::Value) holds, without its type.

use std::borrow::Cow;

use super::expr::Expr;
use super::node::NodeId;

/// A literal, an expression, or a composition of both.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// `null`, which only documents inside a document have: as an argument it is one that is not set.
    Null,
    /// A literal `true` or `false`.
    Bool(bool),
    /// A literal whole number.
    Integer(i64),
    /// A literal number with a fraction.
    Float(f64),
    /// A literal text; what looks like a template in it is not one.
    Text(Cow<'static, str>),
    /// A list or a set.
    List(Vec<Self>),
    /// A map, an object or a nested block.
    Object(Object),
    /// Something that Terraform computes.
    Expr(Box<Expr>),
}

impl Term {
    /// Calls `visit` for every node that this term refers to, in order of appearance.
    pub fn references(&self, visit: &mut dyn FnMut(NodeId)) {
        match self {
            Self::Null | Self::Bool(_) | Self::Integer(_) | Self::Float(_) | Self::Text(_) => {}
            Self::List(items) => items.iter().for_each(|item| item.references(visit)),
            Self::Object(object) => object.iter().for_each(|(_, term)| term.references(visit)),
            Self::Expr(expr) => expr.references(visit),
        }
    }
}

impl From<Expr> for Term {
    fn from(expr: Expr) -> Self {
        Self::Expr(Box::new(expr))
    }
}

/// Named terms, sorted by name, each name once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object(Vec<(Cow<'static, str>, Term)>);

impl Object {
    /// Sets `name`; what it had before is gone.
    pub fn set(&mut self, name: impl Into<Cow<'static, str>>, term: Term) {
        let name = name.into();
        match self.position(&name) {
            Ok(at) => {
                if let Some(entry) = self.0.get_mut(at) {
                    entry.1 = term;
                }
            }
            Err(at) => self.0.insert(at, (name, term)),
        }
    }

    /// Appends to the list under `name`, which is created when there is none.
    pub fn push(&mut self, name: &'static str, term: Term) {
        match self.position(name) {
            Ok(at) => {
                if let Some((_, Term::List(items))) = self.0.get_mut(at) {
                    items.push(term);
                }
            }
            Err(at) => self
                .0
                .insert(at, (Cow::Borrowed(name), Term::List(vec![term]))),
        }
    }

    /// Takes `name` out, with the term that it had.
    pub fn remove(&mut self, name: &str) -> Option<Term> {
        let at = self.position(name).ok()?;
        Some(self.0.remove(at).1)
    }

    /// The term under `name`, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Term> {
        let at = self.position(name).ok()?;
        self.0.get_mut(at).map(|(_, term)| term)
    }

    /// Keeps the entries whose term `keep` keeps, which may change it.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &mut Term) -> bool) {
        self.0.retain_mut(|(name, term)| keep(name, term));
    }

    /// The term under `name`, if it was set.
    pub fn get(&self, name: &str) -> Option<&Term> {
        let at = self.position(name).ok()?;
        self.0.get(at).map(|(_, term)| term)
    }

    /// Names and terms, in the order of the names.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Term)> {
        self.0.iter().map(|(name, term)| (name.as_ref(), term))
    }

    /// Whether nothing was set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn position(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(have, _)| have.as_ref().cmp(name))
    }
}

impl<N: Into<Cow<'static, str>>> FromIterator<(N, Term)> for Object {
    fn from_iter<I: IntoIterator<Item = (N, Term)>>(entries: I) -> Self {
        let mut object = Self::default();
        for (name, term) in entries {
            object.set(name, term);
        }
        object
    }
}
