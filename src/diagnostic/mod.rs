//! What is wrong with a stack file or with a command line, and where.
//!
//! A diagnostic points at a [`Route`], the keys from the root of the stack file; a route becomes a
//! line and a column only when [`Diagnostics`] are rendered. Only the reader of the text itself, which
//! meets what has no route, points at bytes.

mod document;
mod nearest;
mod render;
mod route;

pub use document::{Document, Position};
pub use nearest::nearest;
pub use render::{Diagnostics, Ink};
pub use route::{Place, Route, Step};

/// How bad a [`Diagnostic`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
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
    pub level: Level,
    /// What is wrong, the value given, the values allowed; lower case, no full stop.
    pub message: String,
    /// Where, when a place in the stack file (or in a `--set` argument) is to blame.
    pub at: Option<Place>,
    /// A few words under the caret.
    pub label: Option<String>,
    /// Other places that take part, each with a few words.
    pub related: Vec<(Place, String)>,
    /// What would be right.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// An error with this message.
    pub fn error(message: impl Into<String>) -> Self {
        Self {
            level: Level::Error,
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
            level: Level::Warning,
            ..Self::error(message)
        }
    }

    /// The place to blame.
    pub fn at(mut self, place: impl Into<Place>) -> Self {
        self.at = Some(place.into());
        self
    }

    /// A few words under the caret.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Another place that takes part.
    pub fn related(mut self, place: impl Into<Place>, label: impl Into<String>) -> Self {
        self.related.push((place.into(), label.into()));
        self
    }

    /// What would be right.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}
