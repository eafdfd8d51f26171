//! The base of all constructs: context, sections, IAM documents.

mod account;
mod context;
mod entry;
mod ignore_changes;
mod policy;
mod role;

pub use account::Account;
pub use context::Context;
pub use entry::{Built, Entry};
pub use ignore_changes::{IGNORED, Ignored, ignoring};
pub use policy::{Policy, Principal, Statement};
pub use role::Role;
