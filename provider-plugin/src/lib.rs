//! Requests plans of single resources from a running Terraform provider, without Terraform and without a state.
//!
//! ```text
//! configuration ─► Value ─► Client::plan (Terraform's plugin protocol 5) ─► Plan: no change, update, replacement
//! ```
//!
//! A provider that Terraform starts with `-debug` listens on a socket. What Terraform itself computes between a
//! configuration and the request is in [`proposed_state`].

mod client;
mod plan;
mod proposed_state;
mod protocol;
mod schema;
mod value;

pub use client::Client;
pub use plan::{Action, Plan};
pub use proposed_state::proposed_state;
pub use schema::{Attribute, Block, NestedBlock, Nesting, Type};
pub use value::Value;
