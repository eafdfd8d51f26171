//! Diagnostics as a person reads them: file, line, column, caret, and what would be right.

use std::fmt;
use std::sync::Arc;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level as Title, Renderer, Snippet};

use super::{Diagnostic, Document, Level, Position};

/// Diagnostics with the text they point into.
#[derive(Clone, Debug)]
#[must_use]
pub struct Diagnostics {
    document: Arc<Document>,
    list: Vec<Diagnostic>,
}

/// Whether rendered text has colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Text only.
    Plain,
    /// ANSI colours.
    Colour,
}

impl Diagnostics {
    /// Diagnostics about a stack file.
    pub fn new(document: Arc<Document>, list: Vec<Diagnostic>) -> Self {
        Self { document, list }
    }

    /// One by one, in the order they were found.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// Where a diagnostic points, when it points into the stack file or a `--set` argument.
    pub fn position(&self, diagnostic: &Diagnostic) -> Option<Position> {
        self.document.position(diagnostic.at.clone()?)
    }

    /// All of them as text, one after the other.
    pub fn render(&self, ink: Ink) -> String {
        let renderer = match ink {
            Ink::Plain => Renderer::plain(),
            Ink::Colour => Renderer::styled(),
        };
        let texts: Vec<String> = self
            .list
            .iter()
            .map(|diagnostic| renderer.render(&self.report(diagnostic)))
            .collect();
        texts.join("\n\n")
    }

    fn report<'a>(&'a self, diagnostic: &'a Diagnostic) -> Vec<Group<'a>> {
        let title = match diagnostic.level {
            Level::Error => Title::ERROR,
            Level::Warning => Title::WARNING,
        };
        let mut group = Group::with_title(title.primary_title(diagnostic.message.as_str()));
        if let Some(snippet) = self.primary(diagnostic) {
            group = group.element(snippet);
        }
        for help in &diagnostic.help {
            group = group.element(Title::HELP.message(help.as_str()));
        }
        vec![group]
    }

    /// The text around a diagnostic, with carets under what it is about.
    fn primary<'a>(&'a self, diagnostic: &'a Diagnostic) -> Option<Snippet<'a, Annotation<'a>>> {
        let span = self.document.span(diagnostic.at.as_ref()?)?;
        let (piece, span) = self.document.piece(&span)?;
        let caret = AnnotationKind::Primary
            .span(span)
            .label(diagnostic.label.as_deref());
        let related = diagnostic.related.iter().filter_map(|(place, label)| {
            let (other, span) = self.document.piece(&self.document.span(place)?)?;
            // A related place in another file or argument has no room in this snippet.
            std::ptr::eq(other, piece)
                .then(|| AnnotationKind::Context.span(span).label(label.as_str()))
        });
        Some(
            Snippet::source(piece.text.as_str())
                .path(piece.name.as_str())
                .annotation(caret)
                .annotations(related),
        )
    }
}

impl From<Diagnostic> for Diagnostics {
    /// About the command line rather than a stack file.
    fn from(diagnostic: Diagnostic) -> Self {
        Self::new(Arc::default(), vec![diagnostic])
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Ink::Plain))
    }
}

impl std::error::Error for Diagnostics {}
