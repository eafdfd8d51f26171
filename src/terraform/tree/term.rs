//! Terms and expressions: the encoded form of a [`Value`](super::Value), without its type.
//!
//! An expression contains terms and a term contains expressions. `synth` alone turns them into text.

use std::borrow::Cow;

use super::node_id::NodeId;

/// A literal, an expression, or a composition of both.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// `null`, for JSON inside an argument. An argument itself is left out instead.
    Null,
    /// A literal `true` or `false`.
    Bool(bool),
    /// A literal whole number.
    Integer(i64),
    /// A literal number with a fraction.
    Float(f64),
    /// A literal text, in which template syntax has no meaning.
    Text(Cow<'static, str>),
    /// A list or a set.
    List(Vec<Self>),
    /// A map, an object or a nested block.
    Object(Object),
    /// A value that Terraform computes.
    Expr(Box<Expr>),
}

impl Term {
    /// Calls `visit` for each node that the term refers to, in order of appearance.
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

/// An expression that Terraform evaluates at plan or at apply.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// An attribute of a node: `aws_vpc.main.id`.
    Attribute(NodeId, &'static str),
    /// An attribute of the node that contains the expression: `self.output`.
    SelfAttribute(&'static str),
    /// The workspace that Terraform runs in: `terraform.workspace`.
    Workspace,
    /// An element of a list: `x[0]`.
    Index(Term, usize),
    /// An element of a map or object: `x["name"]`.
    Key(Term, Cow<'static, str>),
    /// A call of one of Terraform's functions.
    Call(&'static str, Vec<Term>),
    /// Two terms and the operator between them.
    Binary(Operator, Term, Term),
    /// `!x`.
    Not(Term),
    /// A concatenation of texts: `"a${b}c"`.
    Template(Vec<Term>),
}

/// An infix operator of Terraform's expression language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `>=`
    AtLeast,
    /// `&&`
    And,
    /// `||`
    Or,
}

impl Expr {
    /// Returns an attribute of `node`, which may be Terraform's `self`.
    pub(super) fn attribute(node: NodeId, name: &'static str) -> Self {
        if node == NodeId::SELF {
            Self::SelfAttribute(name)
        } else {
            Self::Attribute(node, name)
        }
    }

    /// Calls `visit` for each node that the expression refers to, in order of appearance.
    pub fn references(&self, visit: &mut dyn FnMut(NodeId)) {
        match self {
            Self::Attribute(node, _) => visit(*node),
            Self::SelfAttribute(_) | Self::Workspace => {}
            Self::Index(term, _) | Self::Key(term, _) | Self::Not(term) => term.references(visit),
            Self::Call(_, terms) | Self::Template(terms) => {
                for term in terms {
                    term.references(visit);
                }
            }
            Self::Binary(_, left, right) => {
                left.references(visit);
                right.references(visit);
            }
        }
    }
}

/// Terms with unique names, sorted by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object(Vec<(Cow<'static, str>, Term)>);

impl Object {
    /// Sets `name`, and replaces its former term.
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

    /// Appends to the list under `name`, which is created if there is none.
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

    /// Removes `name` and returns its term.
    pub fn remove(&mut self, name: &str) -> Option<Term> {
        let at = self.position(name).ok()?;
        Some(self.0.remove(at).1)
    }

    /// Returns the term under `name`, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Term> {
        let at = self.position(name).ok()?;
        self.0.get_mut(at).map(|(_, term)| term)
    }

    /// Keeps the entries for which `keep` returns true. `keep` may change the term.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &mut Term) -> bool) {
        self.0.retain_mut(|(name, term)| keep(name, term));
    }

    /// Returns the term under `name` if it was set.
    pub fn get(&self, name: &str) -> Option<&Term> {
        let at = self.position(name).ok()?;
        self.0.get(at).map(|(_, term)| term)
    }

    /// Iterates over names and terms, in the order of the names.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Term)> {
        self.0.iter().map(|(name, term)| (name.as_ref(), term))
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn position(&self, name: &str) -> Result<usize, usize> {
        self.0
            .binary_search_by(|(existing, _)| existing.as_ref().cmp(name))
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
