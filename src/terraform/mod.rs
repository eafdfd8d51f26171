//! Terraform without any cloud: the construct tree, its synthesis to JSON, and what is built into Terraform.

pub mod builtin;
pub mod synth;
pub mod tree;
