//! What a stack file says: one type for each section.
//!
//! Whatever has a rule of its own is a [`quantity`](crate::quantity); what holds between sections is
//! checked by [`load`], so that code that has a [`Stack`] asks no questions.

mod account;
mod check;
mod compute;
mod database;
mod entry;
mod environment;
mod existing;
mod explain;
mod load;
mod named;
mod needs;
mod network;
mod overlay;
mod references;
mod replication;
mod schema;
mod selection;
mod source;
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
pub use load::{Survey, load, survey};
use named::section;
pub use named::{Named, Ref, Section};
pub use needs::Need;
pub use network::*;
pub use replication::*;
pub use schema::schema;
pub use selection::{Loaded, Selection, Stage, Target};
pub use source::{DEFAULT, EMBEDDED, Source};
pub use stack::*;
pub use storage::*;
pub use traffic::*;
pub use transit::*;
pub use watch::*;
