//! Terraform, independent of any cloud: the construct tree, its synthesis to JSON, and the built-in types.

pub mod builtin;
pub mod synth;
pub mod tree;
