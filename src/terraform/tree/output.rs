//! Terraform outputs.

use std::borrow::Cow;

use super::term::Term;

/// An output of the configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    pub(super) description: Cow<'static, str>,
    pub(super) value: Term,
}

impl Output {
    /// Its description.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Its value.
    pub fn value(&self) -> &Term {
        &self.value
    }
}
