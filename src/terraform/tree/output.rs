//! Outputs: what scripts read of an applied document.

use std::borrow::Cow;

use super::term::Term;

/// An output of the document.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    pub(super) description: Cow<'static, str>,
    pub(super) value: Term,
}

impl Output {
    /// What it is, for a person.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Its value.
    pub fn value(&self) -> &Term {
        &self.value
    }
}
