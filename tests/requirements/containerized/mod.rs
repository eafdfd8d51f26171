//! Requirements of the stack `containerized`.

#![expect(
    clippy::too_many_lines,
    reason = "the requirements of a subject are one list"
)]

mod application;
mod automation;
mod database;
mod monitoring;
mod network;
mod replication;
mod security;
mod traffic;
mod whole;

use crate::framework::requirement::{Coverage, StackRequirements, Subject};

/// Applied, planned again and destroyed.
const SYSTEMS: &str = "tests/terraform/systems.rs";
const LIFE: &str = "containers_behind_one_load_balancer_move_through_their_phases";

pub(crate) fn requirements() -> StackRequirements {
    StackRequirements {
        number: "001",
        coverage: Coverage::Stack("containerized"),
        subjects: vec![
            Subject::new("Network", network::requirements()),
            Subject::new("Database", database::requirements()),
            Subject::new("Application", application::requirements()),
            Subject::new("Replication", replication::requirements()),
            Subject::new("Traffic", traffic::requirements()),
            Subject::new("Monitoring", monitoring::requirements()),
            Subject::new("Security", security::requirements()),
            Subject::new("Automation and validation", automation::requirements()),
            Subject::new("Overall", whole::requirements()),
        ],
    }
}
