//! What paymig writes, in the hands of the real Terraform: it validates, applies, plans again without a change,
//! does what is asked of it when it moves, and is destroyed to nothing.
//!
//! One program, so that what waits for Terraform runs side by side, with a local AWS each.

mod dns;
mod documents;
mod edge;
mod generated;
mod grafts;
mod harness;
mod images;
mod instances;
mod pipeline;
mod replication;
mod storage;
#[path = "../support/mod.rs"]
mod support;
mod systems;
