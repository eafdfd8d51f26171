//! `paymig` turns a short typed description of a payment-system migration into Terraform JSON.
//!
//! ```text
//! stacks/*.toml ─► config ─► compose ─► constructs ─► tree of typed resources ─► synth ─► Terraform JSON
//! ```

pub mod asl;
pub mod aws;
pub mod claims;
pub mod compose;
pub mod config;
pub mod constructs;
pub mod diagnostic;
pub mod diff;
pub mod guard;
pub mod lambda_packages;
pub mod naming;
pub mod newtypes;
pub mod retention;
pub mod side_by_side;
pub mod terraform;
pub mod transitions;
