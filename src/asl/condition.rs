//! Conditions of a `Choice` state.

use super::path::Path;
use super::payload::text;
use crate::terraform::tree::{Object, Term};

/// A data-test expression over the state's input.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Condition {
    /// `StringEquals`.
    StringEquals(Path, &'static str),
    /// `NumericGreaterThanEquals`.
    NumericGreaterThanEquals(Path, u32),
    /// `IsPresent`.
    IsPresent(Path),
    /// `And`.
    And(Vec<Self>),
    /// `Not`.
    Not(Box<Self>),
}

impl Condition {
    /// Joins both conditions with `And`.
    pub fn and(self, other: Self) -> Self {
        Self::And(vec![self, other])
    }

    pub(super) fn into_object(self) -> Object {
        match self {
            Self::StringEquals(path, expected) => comparison(&path, "StringEquals", text(expected)),
            Self::NumericGreaterThanEquals(path, min) => {
                comparison(&path, "NumericGreaterThanEquals", Term::Integer(min.into()))
            }
            Self::IsPresent(path) => comparison(&path, "IsPresent", Term::Bool(true)),
            Self::And(conditions) => {
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

/// Comparisons of the value at a path.
impl Path {
    /// True if the value is the string `expected`.
    pub fn equals(&self, expected: &'static str) -> Condition {
        Condition::StringEquals(self.clone(), expected)
    }

    /// True if the value is a number and `min` or more.
    pub fn is_at_least(&self, min: u32) -> Condition {
        Condition::NumericGreaterThanEquals(self.clone(), min)
    }

    /// True if the path exists.
    pub fn is_present(&self) -> Condition {
        Condition::IsPresent(self.clone())
    }
}

fn comparison(path: &Path, operator: &'static str, expected: Term) -> Object {
    Object::from_iter([("Variable", text(path.to_string())), (operator, expected)])
}
