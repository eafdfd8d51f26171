//! What paymig writes, in the hands of the real Terraform: it validates, applies, plans again without a change,
//! does what is asked of it when it moves, and is destroyed to nothing.
//!
//! One program, so that what waits for Terraform runs side by side, with a local AWS each.

mod dns;
mod documents;
mod harness;
mod images;
mod ingress;
mod instances;
mod pipeline;
mod property_tests;
mod replication;
mod section_portability;
#[path = "../support/stack_sections.rs"]
mod stack_sections;
mod storage;
#[path = "../support/mod.rs"]
mod support;
mod systems;
