//! `paymig` turns a short typed description of a payment-system migration into Terraform JSON.
//!
//! ```text
//! stacks/*.toml ─► config ─► system ─► constructs ─► tree of typed resources ─► synth ─► Terraform JSON
//! ```

pub mod asl;
pub mod aws;
pub mod config;
pub mod constructs;
pub mod diagnostic;
pub mod lifecycle;
pub mod names;
pub mod programs;
pub mod quantity;
pub mod synth;
pub mod system;
pub mod terraform;
pub mod tree;
