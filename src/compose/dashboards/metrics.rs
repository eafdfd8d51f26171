//! Metrics as the lines of a panel.

/// A metric, its statistic, and its label.
pub(super) type Line = (&'static str, &'static str, &'static str);
