//! The text that diagnostics point to, and the location of each value in it.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{KeyPath, KeySegment, Location};

/// A stack file and its `--set` arguments as one text, so that one offset identifies a location.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
    root: Node,
}

/// A line and a column, both from 1; columns count characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The file's name, or `--set`.
    pub file: String,
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// One file or argument.
#[derive(Clone, Debug)]
pub(super) struct SourceFile {
    pub(super) name: String,
    pub(super) text: String,
    start: usize,
}

/// The spans of a key and its value.
#[derive(Clone, Debug, Default)]
struct Node {
    key: Option<Range<usize>>,
    value: Range<usize>,
    children: Children,
}

#[derive(Clone, Debug, Default)]
enum Children {
    #[default]
    None,
    Table(BTreeMap<String, Node>),
    Array(Vec<Node>),
}

impl SourceMap {
    /// Appends a file or argument, and returns its offset in the whole text.
    pub(crate) fn push(&mut self, name: impl Into<String>, text: impl Into<String>) -> usize {
        // One byte between two files: the end of one is not the start of the next.
        let start = self
            .files
            .last()
            .map_or(0, |last| last.start + last.text.len() + 1);
        self.files.push(SourceFile {
            name: name.into(),
            text: text.into(),
            start,
        });
        start
    }

    /// Stores the location of each value of `table`.
    pub(crate) fn locate(&mut self, table: &DeTable<'_>) {
        self.root = Node::table(None, 0..0, table);
    }

    /// Returns the start of a location. If it does not exist, that of the closest table around it.
    pub fn position(&self, place: impl Into<Location>) -> Option<Position> {
        let span = self.span(&place.into())?;
        let (file, span) = self.file(&span)?;
        let before = file.text.get(..span.start)?;
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Some(Position {
            file: file.name.clone(),
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..)?.chars().count() + 1,
        })
    }

    /// Returns the bytes of a location: of the value, or of the key if the value is a table.
    pub(crate) fn span(&self, place: &Location) -> Option<Range<usize>> {
        match place {
            Location::Bytes(bytes) => Some(bytes.clone()),
            Location::KeyPath(path) => self.closest_match(path).span(),
        }
    }

    /// Returns the file that contains a span, and the span within that file.
    pub(super) fn file(&self, span: &Range<usize>) -> Option<(&SourceFile, Range<usize>)> {
        let file = self.files.iter().rfind(|file| file.start <= span.start)?;
        let floor = |offset: usize| {
            let mut offset = offset.saturating_sub(file.start).min(file.text.len());
            while !file.text.is_char_boundary(offset) {
                offset -= 1;
            }
            offset
        };
        Some((file, floor(span.start)..floor(span.end)))
    }

    /// Returns the keys of the table at a path, with their locations. Empty if it is not a table.
    pub(crate) fn keys(&self, path: &KeyPath) -> Vec<(&str, Location)> {
        match self.find(path).map(|node| &node.children) {
            Some(Children::Table(table)) => table
                .iter()
                .filter_map(|(key, node)| Some((key.as_str(), Location::Bytes(node.key.clone()?))))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Returns the part of a path that exists.
    pub(crate) fn existing(&self, path: &KeyPath) -> KeyPath {
        let mut node = &self.root;
        let known = path.segments().iter().take_while(|step| {
            let child = node.child(step);
            node = child.unwrap_or(node);
            child.is_some()
        });
        known.cloned().collect()
    }

    fn closest_match(&self, path: &KeyPath) -> &Node {
        self.find(&self.existing(path)).unwrap_or(&self.root)
    }

    fn find(&self, path: &KeyPath) -> Option<&Node> {
        path.segments()
            .iter()
            .try_fold(&self.root, |node, step| node.child(step))
    }
}

impl Node {
    fn table(key: Option<Range<usize>>, value: Range<usize>, table: &DeTable<'_>) -> Self {
        let children = table
            .iter()
            .map(|(key, value)| {
                let node = Self::new(Some(key.span()), value);
                (key.get_ref().to_string(), node)
            })
            .collect();
        Self {
            key,
            value,
            children: Children::Table(children),
        }
    }

    fn new(key: Option<Range<usize>>, value: &Spanned<DeValue<'_>>) -> Self {
        match value.get_ref() {
            DeValue::Table(table) => Self::table(key, value.span(), table),
            DeValue::Array(array) => Self {
                key,
                value: value.span(),
                children: Children::Array(array.iter().map(|item| Self::new(None, item)).collect()),
            },
            _ => Self {
                key,
                value: value.span(),
                children: Children::None,
            },
        }
    }

    fn child(&self, step: &KeySegment) -> Option<&Self> {
        match (&self.children, step) {
            (Children::Table(table), KeySegment::Key(key)) => table.get(key),
            (Children::Array(array), KeySegment::Index(index)) => array.get(*index),
            _ => None,
        }
    }

    fn span(&self) -> Option<Range<usize>> {
        match (&self.children, &self.key) {
            (Children::Table(_), Some(key)) => Some(key.clone()),
            (Children::Table(_), None) => None,
            _ => Some(self.value.clone()),
        }
    }
}
