//! Errors and warnings in a stack file or a command line, with their location.
//!
//! A diagnostic points to a [`KeyPath`], the keys from the root of the stack file. A path becomes a line and a column
//! only when [`Diagnostics`] are rendered. Only the parser, which finds errors without a path, points to bytes.

mod closest_match;
mod key_path;
mod render;
mod source_map;

pub use closest_match::closest_match;
pub use key_path::{KeyPath, KeySegment, Location};
pub use render::{Diagnostics, Style};
pub use source_map::{Position, SourceMap};

/// The severity of a [`Diagnostic`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// No output is written, and the command exits with 2.
    Error,
    /// The output is written.
    Warning,
}

/// One error or warning, in the terms of the stack file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Diagnostic {
    /// The severity.
    pub severity: Severity,
    /// The key, its value and the rule. Starts in lowercase, without a full stop.
    pub message: String,
    /// The location in the stack file or in a `--set` argument, if there is one.
    pub at: Option<Location>,
    /// The text under the caret.
    pub label: Option<String>,
    /// Related locations, each with a label.
    pub related: Vec<(Location, String)>,
    /// The text to write instead.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// Creates an error.
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

    /// Creates a warning.
    pub fn warning(message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(message)
        }
    }

    /// Sets the location.
    pub fn at(mut self, place: impl Into<Location>) -> Self {
        self.at = Some(place.into());
        self
    }

    /// Sets the text under the caret.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Adds a related location.
    pub fn related(mut self, place: impl Into<Location>, label: impl Into<String>) -> Self {
        self.related.push((place.into(), label.into()));
        self
    }

    /// Adds help.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}
