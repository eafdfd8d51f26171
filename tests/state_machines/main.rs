//! The migration's state machines: as text, before a validator that is not ours, and run.
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
