//! Synthesized configurations through real Terraform: validated, applied, planned again without a change, moved between
//! phases and traffic steps, and destroyed.
//!
//! It is one test program, so that the tests that wait for Terraform run concurrently, each with a local AWS of its own.

#[path = "../support/agreement.rs"]
mod agreement;
mod configurations;
mod diff_agreement;
mod dns;
mod estate;
mod guard;
mod harness;
mod images;
mod ingress;
mod instances;
mod ledgers;
mod phases;
mod pipeline;
mod property_tests;
mod rehearsals;
mod replication;
mod section_portability;
mod side_by_side;
#[path = "../support/stack_sections.rs"]
mod stack_sections;
mod state;
mod storage;
#[path = "../support/mod.rs"]
mod support;
mod systems;
mod writer;
