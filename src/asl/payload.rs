//! Payload templates: literals, references to resources, and fields of the input.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use super::path::Path;
use crate::terraform::tree::{Object, Term, Value};

/// A JSON value, resolved by Terraform or when the state runs.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum Payload {
    /// A literal string, or a reference that Terraform resolves.
    Text(Value<String>),
    /// An integer.
    Integer(i64),
    /// An object.
    Object(BTreeMap<&'static str, Self>),
    /// The value at a path.
    Path(Path),
    /// `States.Format`: a template with one `{}` for each path, in order.
    Format(&'static str, Vec<Path>),
    /// The number at a path, plus one.
    Increment(Path),
}

impl Payload {
    /// Creates an object from its fields.
    pub fn object<P: Into<Self>>(fields: impl IntoIterator<Item = (&'static str, P)>) -> Self {
        let fields = fields.into_iter();
        Self::Object(fields.map(|(name, value)| (name, value.into())).collect())
    }

    /// Adds a field to an object; any other payload stays unchanged.
    pub fn with(mut self, name: &'static str, value: impl Into<Self>) -> Self {
        if let Self::Object(fields) = &mut self {
            fields.insert(name, value.into());
        }
        self
    }

    /// The name and value of an object field. The suffix `.$` marks values that are resolved at run time.
    fn into_field(self, name: &'static str) -> (Cow<'static, str>, Term) {
        let name = match self {
            Self::Text(_) | Self::Integer(_) | Self::Object(_) => name.into(),
            Self::Path(_) | Self::Format(..) | Self::Increment(_) => format!("{name}.$").into(),
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
            Self::Path(path) => text(path.to_string()),
            Self::Format(template, paths) => text(format_call(template, &paths)),
            Self::Increment(path) => text(format!("States.MathAdd({path}, 1)")),
        }
    }
}

/// `States.Format('…', …)`: quotes and backslashes of the template are escaped, braces are not.
fn format_call(template: &str, paths: &[Path]) -> String {
    let template = template.replace('\\', r"\\").replace('\'', r"\'");
    let mut call = format!("States.Format('{template}'");
    for path in paths {
        call.push_str(", ");
        call.push_str(&path.to_string());
    }
    call.push(')');
    call
}

/// A duration in whole seconds, at least one.
pub(super) fn seconds(duration: Duration) -> Term {
    Term::Integer(i64::try_from(duration.as_secs().max(1)).unwrap_or(i64::MAX))
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
        Self::Path(path)
    }
}
