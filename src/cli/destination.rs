//! The value of `-o`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};

/// The destination of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// `-`
    StandardOutput,
    /// A file or folder.
    Path(PathBuf),
}

impl Destination {
    /// Parses the value of a flag.
    pub(super) fn parser() -> impl TypedValueParser<Value = Self> {
        OsStringValueParser::new().try_map(|value: OsString| match value.to_str() {
            Some("") => Err("is empty: name a path, or `-` for standard output"),
            Some("-") => Ok(Self::StandardOutput),
            _ => Ok(Self::Path(value.into())),
        })
    }
}
