//! What may not change unseen: configurations, the addresses of what lasts, and what a change would replace.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod addresses;
mod archives;
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

/// Whether what differs is to be accepted: `make bless`.
fn blessing() -> bool {
    std::env::var_os("PAYMIG_BLESS").is_some()
}
