//! Compatibility: snapshots of configurations, addresses of retained resources, and replacements.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod addresses;
mod archives;
mod cloudwatch_metrics;
#[path = "../support/deployments.rs"]
mod deployments;
mod lambda_contract;
mod renaming;
mod replacement;
mod snapshots;
#[path = "../support/stack_sections.rs"]
mod stack_sections;
#[path = "../support/term_json.rs"]
mod term_json;

/// Whether differences are accepted: `make bless`.
fn blessing() -> bool {
    std::env::var_os("PAYMIG_BLESS").is_some()
}
