//! Physical names of resources, and the limits of AWS on them.
//!
//! [`Names`] builds a name by the stack file's pattern. Names are never truncated: two truncated names could be equal,
//! and a later change of the limit would replace their resources. [`check`] compares every name in a tree with the
//! limits of AWS. So a wrong name fails at synth, and not half an hour into an apply.

mod aws_limits;
mod check;
mod names;

pub use check::{UniqueName, check, longest_suffix, naming_argument, unique_names};
pub use names::{MAIN, Names};
