//! Beginnings of messages that name a key and its value.

use crate::diagnostic::{KeyPath, KeySegment};

/// Returns "`key` is `value`", or "`key` contains `value`" for the entry of an array.
pub(super) fn key_and_value(at: &KeyPath, value: &str) -> String {
    match at.segments() {
        [.., KeySegment::Key(key)] => format!("`{key}` is `{value}`"),
        [.., KeySegment::Key(key), KeySegment::Index(_)] => format!("`{key}` contains `{value}`"),
        _ => format!("`{at}` is `{value}`"),
    }
}
