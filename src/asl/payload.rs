//! What states hand on: literals, references to resources, and fields of their input.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use super::path::Path;
use crate::terraform::tree::{Object, Term, Value};

/// A JSON value, known when it is written or when the state runs.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum Payload {
    /// A literal text, or a reference that Terraform resolves.
    Text(Value<String>),
    /// A whole number.
    Integer(i64),
    /// Named values.
    Object(BTreeMap<&'static str, Self>),
    /// What a path leads to.
    At(Path),
    /// A text with `{}` for each of the paths, in their order.
    Format(&'static str, Vec<Path>),
    /// The number that a path leads to, plus one.
    Successor(Path),
}

impl Payload {
    /// Named values.
    pub fn object<P: Into<Self>>(fields: impl IntoIterator<Item = (&'static str, P)>) -> Self {
        let fields = fields.into_iter();
        Self::Object(fields.map(|(name, value)| (name, value.into())).collect())
    }

    /// The same with one more named value; anything but an object stays what it is.
    pub fn with(mut self, name: &'static str, value: impl Into<Self>) -> Self {
        if let Self::Object(fields) = &mut self {
            fields.insert(name, value.into());
        }
        self
    }

    /// The field `name` of an object: one whose value is not known yet is marked by `.$`.
    pub(super) fn into_field(self, name: &'static str) -> (Cow<'static, str>, Term) {
        let name = match self {
            Self::Text(_) | Self::Integer(_) | Self::Object(_) => name.into(),
            Self::At(_) | Self::Format(..) | Self::Successor(_) => format!("{name}.$").into(),
        };
        (name, self.into_term())
    }

    pub(super) fn into_term(self) -> Term {
        match self {
            Self::Text(value) => value.into_term(),
            Self::Integer(number) => Term::Integer(number),
            Self::Object(fields) => {
                let fields = fields.into_iter();
                let fields = fields.map(|(name, value)| value.into_field(name));
                Term::Object(fields.collect::<Object>())
            }
            Self::At(path) => text(path.to_string()),
            Self::Format(template, paths) => text(format(template, &paths)),
            Self::Successor(path) => text(format!("States.MathAdd({path}, 1)")),
        }
    }
}

/// `States.Format('…', …)`: quotes and backslashes of the template are escaped, its braces are not.
fn format(template: &str, paths: &[Path]) -> String {
    let template = template.replace('\\', r"\\").replace('\'', r"\'");
    let mut call = format!("States.Format('{template}'");
    for path in paths {
        call.push_str(", ");
        call.push_str(&path.to_string());
    }
    call.push(')');
    call
}

/// A time as the language counts it: whole seconds, one at least.
pub(super) fn seconds(time: Duration) -> Term {
    Term::Integer(i64::try_from(time.as_secs().max(1)).unwrap_or(i64::MAX))
}

pub(super) fn text(text: impl Into<Cow<'static, str>>) -> Term {
    Term::Text(text.into())
}

impl From<Value<String>> for Payload {
    fn from(value: Value<String>) -> Self {
        Self::Text(value)
    }
}

impl From<&'static str> for Payload {
    fn from(text: &'static str) -> Self {
        Self::Text(text.into())
    }
}

impl From<u8> for Payload {
    fn from(number: u8) -> Self {
        Self::Integer(number.into())
    }
}

impl From<Path> for Payload {
    fn from(path: Path) -> Self {
        Self::At(path)
    }
}
