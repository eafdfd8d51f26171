//! What is wrong with a stack file or with a command line, and where.
//!
//! A diagnostic points at a [`KeyPath`], the keys from the root of the stack file; a path becomes a
//! line and a column only when [`Diagnostics`] are rendered. Only the reader of the text itself, which
//! meets what has no path, points at bytes.

mod closest_match;
mod key_path;
mod render;
mod source_map;

pub use closest_match::closest_match;
pub use key_path::{KeyPath, KeySegment, Location};
pub use render::{Diagnostics, Style};
pub use source_map::{Position, SourceMap};

/// How bad a [`Diagnostic`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is written; the command exits 2.
    Error,
    /// The output is written; the reader should know.
    Warning,
}

/// One thing that is wrong, said in the words of the person who wrote the stack file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, the value given, the values allowed; lower case, no full stop.
    pub message: String,
    /// Where, when a place in the stack file (or in a `--set` argument) is to blame.
    pub at: Option<Location>,
    /// A few words under the caret.
    pub label: Option<String>,
    /// Other places that take part, each with a few words.
    pub related: Vec<(Location, String)>,
    /// What would be right.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// An error with this message.
    pub fn error(message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            message: message.into(),
            at: None,
            label: None,
            related: Vec::new(),
            help: Vec::new(),
        }
    }

    /// A warning with this message.
    pub fn warning(message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(message)
        }
    }

    /// The place to blame.
    pub fn at(mut self, place: impl Into<Location>) -> Self {
        self.at = Some(place.into());
        self
    }

    /// A few words under the caret.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Another place that takes part.
    pub fn related(mut self, place: impl Into<Location>, label: impl Into<String>) -> Self {
        self.related.push((place.into(), label.into()));
        self
    }

    /// What would be right.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}
