//! What a stack file says: one type for each section.
//!
//! Whatever has a rule of its own is a [`quantity`](crate::quantity); what holds between sections is
//! checked by [`load`], so that code that has a [`Stack`] asks no questions.

mod account;
mod compute;
mod database;
mod entry;
mod environment;
mod existing;
mod named;
mod network;
mod replication;
mod stack;
mod storage;
mod traffic;
mod transit;
mod watch;

pub use account::*;
pub use compute::*;
pub use database::*;
pub use entry::*;
pub use environment::*;
pub use existing::*;
use named::section;
pub use named::{Named, Ref, Section};
pub use network::*;
pub use replication::*;
pub use stack::*;
pub use storage::*;
pub use traffic::*;
pub use transit::*;
pub use watch::*;
