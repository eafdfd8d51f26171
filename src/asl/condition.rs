//! What a choice is made by.

use super::path::Path;
use super::payload::text;
use crate::terraform::tree::{Object, Term};

/// A comparison of a field of the input, or several.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Condition {
    /// The text there is this one.
    Text(Path, &'static str),
    /// The number there is this one or more.
    AtLeast(Path, u32),
    /// Anything is there.
    Present(Path),
    /// All of them hold.
    All(Vec<Self>),
    /// The other does not hold.
    Not(Box<Self>),
}

impl Condition {
    /// Both hold.
    pub fn and(self, other: Self) -> Self {
        Self::All(vec![self, other])
    }

    pub(super) fn into_object(self) -> Object {
        match self {
            Self::Text(path, wanted) => compared(&path, "StringEquals", text(wanted)),
            Self::AtLeast(path, least) => compared(
                &path,
                "NumericGreaterThanEquals",
                Term::Integer(least.into()),
            ),
            Self::Present(path) => compared(&path, "IsPresent", Term::Bool(true)),
            Self::All(conditions) => {
                let conditions = conditions.into_iter();
                let conditions = conditions.map(|condition| Term::Object(condition.into_object()));
                Object::from_iter([("And", Term::List(conditions.collect()))])
            }
            Self::Not(condition) => {
                Object::from_iter([("Not", Term::Object(condition.into_object()))])
            }
        }
    }
}

impl std::ops::Not for Condition {
    type Output = Self;

    fn not(self) -> Self {
        Self::Not(Box::new(self))
    }
}

fn compared(path: &Path, operator: &'static str, wanted: Term) -> Object {
    Object::from_iter([("Variable", text(path.to_string())), (operator, wanted)])
}
