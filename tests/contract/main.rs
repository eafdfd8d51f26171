//! What may not change unseen: documents, addresses, names, and what Terraform leaves alone.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod addresses;
mod estates;
mod snapshots;

/// Whether what differs is to be accepted: `make bless`.
fn blessing() -> bool {
    std::env::var_os("PAYMIG_BLESS").is_some()
}
