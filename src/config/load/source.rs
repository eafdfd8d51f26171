//! Sources of stack files: embedded in the binary, or a path.

use std::io;
use std::path::Path;

use crate::diagnostic::{Diagnostic, Diagnostics, closest_match};

/// The default stack.
pub const DEFAULT: &str = "orchestrated";

/// The embedded stack files: name and text.
pub const EMBEDDED: [(&str, &str); 5] = [
    (
        "orchestrated",
        include_str!("../../../stacks/orchestrated.toml"),
    ),
    (
        "containerized",
        include_str!("../../../stacks/containerized.toml"),
    ),
    (
        "multi-region",
        include_str!("../../../stacks/multi-region.toml"),
    ),
    (
        "lift-and-shift",
        include_str!("../../../stacks/lift-and-shift.toml"),
    ),
    (
        "blue-green",
        include_str!("../../../stacks/blue-green.toml"),
    ),
];

/// The text of a stack file, and its name in messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackSource {
    name: String,
    text: String,
}

impl StackSource {
    /// A stack file with this name and text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
        }
    }

    /// The embedded stack file of this name.
    pub fn embedded(name: &str) -> Option<Self> {
        EMBEDDED
            .iter()
            .find(|(embedded, _)| *embedded == name)
            .map(|(name, text)| Self::new(format!("stacks/{name}.toml"), *text))
    }

    /// Reads the file at `path`.
    pub fn read(path: &Path) -> io::Result<Self> {
        Ok(Self::new(
            path.display().to_string(),
            std::fs::read_to_string(path)?,
        ))
    }

    /// Finds the value of `--stack`: an embedded stack, or else a file.
    ///
    /// Fails if there is neither, and suggests the closest embedded name.
    pub fn find(name: &str) -> Result<Self, Diagnostics> {
        if let Some(source) = Self::embedded(name) {
            return Ok(source);
        }
        Self::read(Path::new(name)).map_err(|error| {
            if error.kind() != io::ErrorKind::NotFound {
                let unreadable = Diagnostic::error(format!(
                    "`--stack` is `{name}`, which cannot be read: {error}"
                ));
                return Diagnostics::from(
                    unreadable.help("write the path of a readable file in UTF-8"),
                );
            }
            let names = EMBEDDED.map(|(name, _)| name);
            let missing = Diagnostic::error(format!(
                "`--stack` is `{name}`, which is neither an embedded stack nor a file"
            ));
            Diagnostics::from(match closest_match(name, names) {
                Some(near) => missing.help(format!("did you mean `{near}`?")),
                None => missing.help(format!(
                    "write the path of a file, or one of {}",
                    names.join(", ")
                )),
            })
        })
    }

    /// What to call it in messages: its path.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }
}
