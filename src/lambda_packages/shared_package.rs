//! Python packages that several programs share.

/// A package of `lambda/` that is no program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SharedPackage {
    /// Settings, errors, the log, AWS clients.
    Common,
    /// Readers of table rows, for comparisons.
    Reading,
}

impl SharedPackage {
    /// Its folder in `lambda/`.
    pub(super) fn folder(self) -> &'static str {
        match self {
            Self::Common => "common",
            Self::Reading => "reading",
        }
    }
}
