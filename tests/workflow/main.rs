//! The migration's state machines: as text, before a validator that is not ours, and run.

mod definitions;
mod machines;
mod scripted;
#[path = "../support/mod.rs"]
mod support;
mod validator;
