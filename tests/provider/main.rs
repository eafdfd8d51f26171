//! Plans of single resources by the AWS provider itself, without Terraform and without an account.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "../support/agreement.rs"]
mod agreement;
#[path = "../support/deployments.rs"]
#[expect(dead_code, reason = "every integration test uses another part")]
mod deployments;
#[path = "../support/mod.rs"]
mod support;

mod effects;
mod evaluation;
mod examples;
mod mutations;
mod paths;
mod planner;
mod probes;
mod provider;
mod stack_changes;
#[path = "../support/stack_sections.rs"]
#[expect(dead_code, reason = "every integration test uses another part")]
mod stack_sections;
mod stubs;
mod walks;
