//! Requirements of the stack `multi-region`.

#![expect(
    clippy::too_many_lines,
    reason = "the requirements of a subject are one list"
)]

mod buckets;
mod compute;
mod database;
mod environments;
mod monitoring;
mod network;
mod security;
mod traffic;
mod whole;

use crate::framework::requirement::{Coverage, StackRequirements, Subject};

pub(crate) fn requirements() -> StackRequirements {
    StackRequirements {
        number: "002",
        coverage: Coverage::Stack("multi-region"),
        subjects: vec![
            Subject::new("Environments and states", environments::requirements()),
            Subject::new("Networks", network::requirements()),
            Subject::new("Databases", database::requirements()),
            Subject::new("Compute", compute::requirements()),
            Subject::new("Buckets", buckets::requirements()),
            Subject::new("Security", security::requirements()),
            Subject::new("Traffic", traffic::requirements()),
            Subject::new("Monitoring", monitoring::requirements()),
            Subject::new("Overall", whole::requirements()),
        ],
    }
}
