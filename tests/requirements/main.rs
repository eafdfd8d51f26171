//! The requirements of the embedded stacks and the evidence that they are met: `docs/requirements.md`.
//!
//! A requirement (`framework::requirement`) names its evidence. Evidence is a query of the composed trees
//! (`queries`), or a test, most of them through real Terraform. A query holds in every environment, at every stage
//! that it covers. It also lists mutations (`framework::mutation`): faults in copies of the tree, each of which the
//! query must detect. So a check that cannot fail fails.
//!
//! Each stack has a folder of requirements, with a file for each subject. `aws` has the requirements that AWS itself
//! makes: what it refuses or ignores although Terraform accepts it.

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

mod aws;
mod blue_green;
mod containerized;
#[path = "../support/deployments.rs"]
mod deployments;
mod framework;
mod lift_and_shift;
mod multi_region;
mod orchestrated;
mod queries;
mod shared;

use framework::requirement::StackRequirements;

/// The requirements of every embedded stack.
fn requirements() -> Vec<StackRequirements> {
    vec![
        orchestrated::requirements(),
        containerized::requirements(),
        multi_region::requirements(),
        lift_and_shift::requirements(),
        blue_green::requirements(),
        aws::requirements(),
    ]
}
