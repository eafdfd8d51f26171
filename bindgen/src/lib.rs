//! Generates `src/aws`, the typed resources of paymig, from the AWS provider's schema.
//!
//! ```text
//! resources.toml ─┐
//! the provider ───┴─ `schema` ─► fixtures/provider/schema.json ─ `bindings` ─► src/aws/**
//! ```
//!
//! The first step needs Terraform and the provider, the second only the files. Between them the
//! [`fixup`]s put right what the provider's schema says and the bindings should not.

pub mod catalog;
pub mod emit;
pub mod fixup;
pub mod fold;
pub mod list;
pub mod project;
pub mod schema;
pub mod terraform;
pub mod types;

mod label;
mod object;
mod rust;
mod table;
