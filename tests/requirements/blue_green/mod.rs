//! Requirements of the stack `blue-green`.

#![expect(
    clippy::too_many_lines,
    reason = "the requirements of a subject are one list"
)]

mod compute;
mod data;
mod deployment;
mod monitoring;
mod network;
mod requests;
mod security;
mod whole;

use crate::framework::requirement::{Coverage, StackRequirements, Subject};

pub(crate) fn requirements() -> StackRequirements {
    StackRequirements {
        number: "004",
        coverage: Coverage::Stack("blue-green"),
        subjects: vec![
            Subject::new("Network", network::requirements()),
            Subject::new("Databases, tables and buckets", data::requirements()),
            Subject::new("Functions", compute::requirements()),
            Subject::new("Requests and releases", requests::requirements()),
            Subject::new("Monitoring", monitoring::requirements()),
            Subject::new("Security and configuration", security::requirements()),
            Subject::new("Deployment", deployment::requirements()),
            Subject::new("Overall", whole::requirements()),
        ],
    }
}
