//! What was asked for, and what shows that it is there: `docs/requirements.md`, and its proof.
//!
//! A row (`row`) says a requirement and names what proves it: queries of the composed trees
//! (`queries`), which hold in every environment at every stage that they speak of, or tests of the
//! real engine. A query is believed because it objects: its row names mutations (`mutation`), and
//! each of them, made in a copy of the tree, must be found. So a check that cannot fail fails.
//!
//! Rows stand in one folder for each stack, one file for each subject.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
#![expect(
    clippy::items_after_statements,
    reason = "a long type gets its short name where it is used"
)]

mod asked;
mod blue_green;
mod case;
mod containerized;
mod document;
#[path = "../compatibility/estates.rs"]
mod estates;
mod lift_and_shift;
mod multi_region;
mod mutation;
mod orchestrated;
mod policy;
mod proof;
mod queries;
mod row;

use row::Seed;

/// Everything that was asked for.
fn seeds() -> Vec<Seed> {
    vec![
        orchestrated::seed(),
        containerized::seed(),
        multi_region::seed(),
        lift_and_shift::seed(),
        blue_green::seed(),
    ]
}
