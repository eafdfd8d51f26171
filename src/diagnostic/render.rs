//! Rendering of diagnostics: file, line, column, caret and help.

use std::fmt;
use std::sync::Arc;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level as Title, Renderer, Snippet};

use super::{Diagnostic, Position, Severity, SourceMap};

/// Diagnostics with the text that they point to.
#[derive(Clone, Debug)]
#[must_use]
pub struct Diagnostics {
    source_map: Arc<SourceMap>,
    list: Vec<Diagnostic>,
}

/// The style of rendered text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Text without colors.
    Plain,
    /// ANSI colors.
    Color,
}

impl Diagnostics {
    /// Diagnostics in a stack file.
    pub fn new(source_map: Arc<SourceMap>, list: Vec<Diagnostic>) -> Self {
        Self { source_map, list }
    }

    /// Iterates over the diagnostics in the order of detection.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// Returns the position of a diagnostic in the stack file or in a `--set` argument.
    pub fn position(&self, diagnostic: &Diagnostic) -> Option<Position> {
        self.source_map.position(diagnostic.at.clone()?)
    }

    /// Renders all diagnostics.
    pub fn render(&self, style: Style) -> String {
        let renderer = match style {
            Style::Plain => Renderer::plain(),
            Style::Color => Renderer::styled(),
        };
        let texts: Vec<String> = self
            .list
            .iter()
            .map(|diagnostic| renderer.render(&self.report(diagnostic)))
            .collect();
        texts.join("\n\n")
    }

    fn report<'a>(&'a self, diagnostic: &'a Diagnostic) -> Vec<Group<'a>> {
        let title = match diagnostic.severity {
            Severity::Error => Title::ERROR,
            Severity::Warning => Title::WARNING,
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

    /// Returns the lines around a diagnostic, with carets.
    fn primary<'a>(&'a self, diagnostic: &'a Diagnostic) -> Option<Snippet<'a, Annotation<'a>>> {
        let span = self.source_map.span(diagnostic.at.as_ref()?)?;
        let (file, span) = self.source_map.file(&span)?;
        let caret = AnnotationKind::Primary
            .span(span)
            .label(diagnostic.label.as_deref());
        let related = diagnostic.related.iter().filter_map(|(place, label)| {
            let (other, span) = self.source_map.file(&self.source_map.span(place)?)?;
            // A snippet shows one file or argument.
            std::ptr::eq(other, file)
                .then(|| AnnotationKind::Context.span(span).label(label.as_str()))
        });
        Some(
            Snippet::source(file.text.as_str())
                .path(file.name.as_str())
                .annotation(caret)
                .annotations(related),
        )
    }
}

impl From<Diagnostic> for Diagnostics {
    /// A diagnostic without a stack file, such as one of the command line.
    fn from(diagnostic: Diagnostic) -> Self {
        Self::new(Arc::default(), vec![diagnostic])
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Style::Plain))
    }
}

impl std::error::Error for Diagnostics {}
