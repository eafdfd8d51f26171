//! State machines of the migration: their text, an independent validator, and executions.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
mod definitions;
mod machines;
mod scripted;
#[path = "../support/mod.rs"]
mod support;
mod validator;
