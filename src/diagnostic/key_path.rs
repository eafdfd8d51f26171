//! Key paths: locations in a stack file.

use std::fmt;
use std::ops::Range;

/// The keys from the root of a stack file to a value: `network.production.zones`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyPath(Vec<KeySegment>);

/// One segment of a [`KeyPath`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeySegment {
    /// A key of a table.
    Key(String),
    /// A position in an array, from 0.
    Index(usize),
}

/// The location of a diagnostic.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Location {
    /// A value of the stack file, by its key path.
    KeyPath(KeyPath),
    /// Bytes of the [`SourceMap`](super::SourceMap).
    Bytes(Range<usize>),
}

impl KeyPath {
    /// The path of the whole file.
    pub fn root() -> Self {
        Self::default()
    }

    /// Appends a key.
    #[must_use]
    pub fn key(&self, key: impl Into<String>) -> Self {
        self.with(KeySegment::Key(key.into()))
    }

    /// Appends a position in an array, from 0.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.with(KeySegment::Index(index))
    }

    /// Returns the segments, from the root.
    pub fn segments(&self) -> &[KeySegment] {
        &self.0
    }

    fn with(&self, segment: KeySegment) -> Self {
        let mut segments = self.0.clone();
        segments.push(segment);
        Self(segments)
    }
}

impl FromIterator<KeySegment> for KeyPath {
    fn from_iter<I: IntoIterator<Item = KeySegment>>(segments: I) -> Self {
        Self(segments.into_iter().collect())
    }
}

impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.0.iter().enumerate() {
            match segment {
                KeySegment::Key(key) if position == 0 => f.write_str(key)?,
                KeySegment::Key(key) => write!(f, ".{key}")?,
                KeySegment::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

impl From<&KeyPath> for Location {
    fn from(path: &KeyPath) -> Self {
        Self::KeyPath(path.clone())
    }
}

impl From<KeyPath> for Location {
    fn from(path: KeyPath) -> Self {
        Self::KeyPath(path)
    }
}

impl From<Range<usize>> for Location {
    fn from(bytes: Range<usize>) -> Self {
        Self::Bytes(bytes)
    }
}
