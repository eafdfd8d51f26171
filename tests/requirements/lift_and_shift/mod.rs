//! Requirements of the stack `lift-and-shift`.

#![expect(
    clippy::too_many_lines,
    reason = "the requirements of a subject are one list"
)]

mod compute;
mod database;
mod deployment;
mod migration;
mod monitoring;
mod network;
mod security;
mod whole;

use crate::framework::requirement::{Coverage, StackRequirements, Subject};

pub(crate) fn requirements() -> StackRequirements {
    StackRequirements {
        number: "003",
        coverage: Coverage::Stack("lift-and-shift"),
        subjects: vec![
            Subject::new("Environments and deployment", deployment::requirements()),
            Subject::new("Network", network::requirements()),
            Subject::new("Database", database::requirements()),
            Subject::new("Instances and load balancer", compute::requirements()),
            Subject::new("Replication and traffic", migration::requirements()),
            Subject::new("Monitoring", monitoring::requirements()),
            Subject::new("Security", security::requirements()),
            Subject::new("Overall", whole::requirements()),
        ],
    }
}
