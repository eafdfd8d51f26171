//! Values with their Terraform type: `let id: Value<String> = vpc.id();`
//!
//! A literal and a reference have the same type, so an argument accepts either. A value that must not reach state or
//! plan is an [`Ephemeral`]: only write-only arguments, ephemeral resources and provider arguments accept it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::marker::PhantomData;

use super::node_id::NodeId;
use super::term::{Expr, Object, Operator, Term};

/// A literal or an expression of Terraform type `T`.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Value<T> {
    term: Term,
    of: PhantomData<fn() -> T>,
}

/// A value that exists only while Terraform runs: no plan and no state contains it.
///
/// Terraform 1.10 and later enforce this. Here it is a type error already.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Ephemeral<T> {
    term: Term,
    of: PhantomData<fn() -> T>,
}

/// Terraform's `number`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {}

/// Terraform's `list(T)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct List<T>(PhantomData<T>);

/// Terraform's `set(T)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Set<T>(PhantomData<T>);

/// Terraform's `map(T)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Map<T>(PhantomData<T>);

/// A value whose type the provider leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Any {}

impl<T> Value<T> {
    /// Returns the encoded form.
    pub fn into_term(self) -> Term {
        self.term
    }

    /// Borrows the encoded form.
    pub fn term(&self) -> &Term {
        &self.term
    }

    /// `self == other`.
    pub fn equals(self, other: impl Into<Self>) -> Value<bool> {
        Value::of(Expr::Binary(Operator::Equal, self.term, other.into().term))
    }

    /// `self != other`.
    pub fn differs(self, other: impl Into<Self>) -> Value<bool> {
        Value::of(Expr::Binary(
            Operator::NotEqual,
            self.term,
            other.into().term,
        ))
    }

    pub(crate) fn of(expr: Expr) -> Self {
        Self::from_term(expr.into())
    }

    pub(crate) fn from_term(term: Term) -> Self {
        Self {
            term,
            of: PhantomData,
        }
    }

    /// A field of an object. For the generated bindings, which guarantee that it exists.
    pub(crate) fn field<F>(self, name: &'static str) -> Value<F> {
        Value::of(Expr::Key(self.term, Cow::Borrowed(name)))
    }

    /// An attribute of a node. For the generated bindings, which guarantee that it exists.
    pub(crate) fn attribute(node: NodeId, name: &'static str) -> Self {
        Self::of(Expr::attribute(node, name))
    }
}

impl<T> Ephemeral<T> {
    /// Returns the encoded form.
    pub fn into_term(self) -> Term {
        self.term
    }

    /// An attribute of an ephemeral node. For the generated bindings.
    pub(crate) fn attribute(node: NodeId, name: &'static str) -> Self {
        Self::from_term(Expr::attribute(node, name).into())
    }

    fn from_term(term: Term) -> Self {
        Self {
            term,
            of: PhantomData,
        }
    }
}

impl<T> From<Value<T>> for Ephemeral<T> {
    fn from(value: Value<T>) -> Self {
        Self::from_term(value.term)
    }
}

impl<T: Typed> From<Ephemeral<T>> for Ephemeral<Any> {
    fn from(value: Ephemeral<T>) -> Self {
        Self::from_term(value.term)
    }
}

impl<T> From<&Self> for Value<T> {
    fn from(value: &Self) -> Self {
        Self::from_term(value.term.clone())
    }
}

// ---- text

impl Value<String> {
    /// Concatenates texts: `Value::concat(["arn:", …])`.
    pub fn concat(parts: impl IntoIterator<Item = Self>) -> Self {
        Self::of(Expr::Template(
            parts.into_iter().map(Self::into_term).collect(),
        ))
    }

    /// `terraform.workspace`: the selected workspace.
    pub fn workspace() -> Self {
        Self::of(Expr::Workspace)
    }

    /// `replace(self, from, to)`. `from` is a text, not a regular expression between slashes.
    pub fn replace(self, from: String, to: String) -> Self {
        let terms = vec![self.term, Term::Text(from.into()), Term::Text(to.into())];
        Self::of(Expr::Call("replace", terms))
    }

    /// `base64encode(self)`.
    pub fn to_base64(self) -> Self {
        Self::of(Expr::Call("base64encode", vec![self.term]))
    }

    /// `sha1(self)`: a short text that changes with `self`.
    pub fn sha1(self) -> Self {
        Self::of(Expr::Call("sha1", vec![self.term]))
    }

    /// `split(separator, self)`.
    pub fn split(self, separator: &'static str) -> Value<List<String>> {
        Value::of(Expr::Call(
            "split",
            vec![Term::Text(separator.into()), self.term],
        ))
    }
}

impl<T> Value<Map<T>> {
    /// `zipmap([…], […])`: a map whose keys are known only at apply.
    pub fn zip(entries: impl IntoIterator<Item = (Value<String>, Value<T>)>) -> Self {
        let (keys, values) = entries
            .into_iter()
            .map(|(key, value)| (key.term, value.term))
            .unzip();
        Self::of(Expr::Call(
            "zipmap",
            vec![Term::List(keys), Term::List(values)],
        ))
    }
}

impl Ephemeral<String> {
    /// `jsondecode(self)["key"]`: one text of a secret that is a JSON object.
    pub fn json_key(self, key: &'static str) -> Self {
        let decoded = Expr::Call("jsondecode", vec![self.term]);
        Self::from_term(Expr::Key(decoded.into(), Cow::Borrowed(key)).into())
    }
}

impl Ephemeral<Any> {
    /// An object with ephemeral fields.
    pub fn object<T>(entries: impl IntoIterator<Item = (&'static str, Ephemeral<T>)>) -> Self {
        let entries = entries.into_iter();
        let object = entries.map(|(key, value)| (key, value.term)).collect();
        Self::from_term(Term::Object(object))
    }

    /// `jsonencode(self)`.
    pub fn to_json(self) -> Ephemeral<String> {
        Ephemeral::from_term(Expr::Call("jsonencode", vec![self.term]).into())
    }
}

impl Value<Any> {
    /// The value as text, for types that Terraform converts automatically.
    pub fn to_text(self) -> Value<String> {
        Value::from_term(self.term)
    }

    /// A field of an object: `self.key`.
    pub fn key(self, key: &'static str) -> Self {
        Self::of(Expr::Key(self.term, Cow::Borrowed(key)))
    }

    /// `jsonencode(self)`, the form of policies and definitions in AWS.
    pub fn to_json(self) -> Value<String> {
        Value::of(Expr::Call("jsonencode", vec![self.term]))
    }
}

impl<T> From<Value<T>> for Value<Any>
where
    T: Typed,
{
    fn from(value: Value<T>) -> Self {
        Self::from_term(value.term)
    }
}

/// A known Terraform type: every type except [`Any`].
pub trait Typed {}
impl Typed for String {}
impl Typed for bool {}
impl Typed for Number {}
impl<T> Typed for List<T> {}
impl<T> Typed for Set<T> {}
impl<T> Typed for Map<T> {}

impl From<Object> for Value<Any> {
    fn from(object: Object) -> Self {
        Self::from_term(Term::Object(object))
    }
}

impl From<Vec<Object>> for Value<Any> {
    fn from(objects: Vec<Object>) -> Self {
        Self::from_term(Term::List(objects.into_iter().map(Term::Object).collect()))
    }
}

// ---- booleans

impl Value<bool> {
    /// `self && other`.
    pub fn and(self, other: impl Into<Self>) -> Self {
        Self::of(Expr::Binary(Operator::And, self.term, other.into().term))
    }

    /// `self || other`.
    pub fn or(self, other: impl Into<Self>) -> Self {
        Self::of(Expr::Binary(Operator::Or, self.term, other.into().term))
    }
}

impl std::ops::Not for Value<bool> {
    type Output = Self;

    fn not(self) -> Self {
        Self::of(Expr::Not(self.term))
    }
}

// ---- collections

impl<T> Value<List<T>> {
    /// The element at `index`, from 0.
    pub fn at(self, index: usize) -> Value<T> {
        Value::of(Expr::Index(self.term, index))
    }

    /// `length(self)`.
    pub fn length(self) -> Value<Number> {
        Value::of(Expr::Call("length", vec![self.term]))
    }
}

impl<T> Value<Set<T>> {
    /// `one(self)`: the only element. Terraform fails unless there is exactly one.
    pub fn one(self) -> Value<T> {
        Value::of(Expr::Call("one", vec![self.term]))
    }

    /// `length(self)`.
    pub fn length(self) -> Value<Number> {
        Value::of(Expr::Call("length", vec![self.term]))
    }
}

impl Value<Number> {
    /// `self >= other`.
    pub fn at_least(self, other: impl Into<Self>) -> Value<bool> {
        Value::of(Expr::Binary(
            Operator::AtLeast,
            self.term,
            other.into().term,
        ))
    }
}

impl<T> Value<Map<T>> {
    /// The element under `key`.
    pub fn key(self, key: impl Into<Cow<'static, str>>) -> Value<T> {
        Value::of(Expr::Key(self.term, key.into()))
    }
}

/// Terraform converts a list where a set is expected.
impl<T> From<Value<List<T>>> for Value<Set<T>> {
    fn from(list: Value<List<T>>) -> Self {
        Self::from_term(list.term)
    }
}

impl<T, V: Into<Value<T>>> FromIterator<V> for Value<List<T>> {
    fn from_iter<I: IntoIterator<Item = V>>(items: I) -> Self {
        Self::from_term(terms(items))
    }
}

impl<T, V: Into<Value<T>>> FromIterator<V> for Value<Set<T>> {
    fn from_iter<I: IntoIterator<Item = V>>(items: I) -> Self {
        Self::from_term(terms(items))
    }
}

impl<T, K: Into<Cow<'static, str>>, V: Into<Value<T>>> FromIterator<(K, V)> for Value<Map<T>> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let object = entries
            .into_iter()
            .map(|(key, value)| (key, value.into().term))
            .collect();
        Self::from_term(Term::Object(object))
    }
}

impl<T, V: Into<Value<T>>, const N: usize> From<[V; N]> for Value<List<T>> {
    fn from(items: [V; N]) -> Self {
        items.into_iter().collect()
    }
}

impl<T, V: Into<Value<T>>, const N: usize> From<[V; N]> for Value<Set<T>> {
    fn from(items: [V; N]) -> Self {
        items.into_iter().collect()
    }
}

impl<T, V: Into<Value<T>>> From<Vec<V>> for Value<List<T>> {
    fn from(items: Vec<V>) -> Self {
        items.into_iter().collect()
    }
}

impl<T, V: Into<Value<T>>> From<Vec<V>> for Value<Set<T>> {
    fn from(items: Vec<V>) -> Self {
        items.into_iter().collect()
    }
}

impl<T, K: Into<Cow<'static, str>>, V: Into<Value<T>>, const N: usize> From<[(K, V); N]>
    for Value<Map<T>>
{
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<T, K: Into<Cow<'static, str>>, V: Into<Value<T>>> From<BTreeMap<K, V>> for Value<Map<T>> {
    fn from(entries: BTreeMap<K, V>) -> Self {
        entries.into_iter().collect()
    }
}

fn terms<T, V: Into<Value<T>>>(items: impl IntoIterator<Item = V>) -> Term {
    Term::List(items.into_iter().map(|item| item.into().term).collect())
}

// ---- literals

macro_rules! literals {
    ($($from:ty => $of:ty, $literal:ident => $term:expr;)*) => {$(
        impl From<$from> for Value<$of> {
            fn from($literal: $from) -> Self {
                Self::from_term($term)
            }
        }

        impl From<$from> for Ephemeral<$of> {
            fn from($literal: $from) -> Self {
                Self::from_term($term)
            }
        }
    )*};
}

literals! {
    &'static str => String, text => Term::Text(Cow::Borrowed(text));
    String => String, text => Term::Text(Cow::Owned(text));
    &String => String, text => Term::Text(Cow::Owned(text.clone()));
    bool => bool, truth => Term::Bool(truth);
    u8 => Number, number => Term::Integer(number.into());
    u16 => Number, number => Term::Integer(number.into());
    u32 => Number, number => Term::Integer(number.into());
    i32 => Number, number => Term::Integer(number.into());
    i64 => Number, number => Term::Integer(number);
    f64 => Number, number => Term::Float(number);
    &'static str => Any, text => Term::Text(Cow::Borrowed(text));
    String => Any, text => Term::Text(Cow::Owned(text));
}
