//! Requirements of the stack `orchestrated`.

#![expect(
    clippy::too_many_lines,
    reason = "the requirements of a subject are one list"
)]

mod api;
mod database;
mod deployment;
mod monitoring;
mod network;
mod orchestration;
mod replication;
mod security;
mod whole;

use crate::framework::requirement::{Coverage, StackRequirements, Subject};

pub(crate) fn requirements() -> StackRequirements {
    StackRequirements {
        number: "000",
        coverage: Coverage::Stack("orchestrated"),
        subjects: vec![
            Subject::new("Networks", network::requirements()),
            Subject::new("Databases", database::requirements()),
            Subject::new("Replication", replication::requirements()),
            Subject::new(
                "Orchestration and checkpoints",
                orchestration::requirements(),
            ),
            Subject::new("Requests", api::requirements()),
            Subject::new("Monitoring", monitoring::requirements()),
            Subject::new("Security and configuration", security::requirements()),
            Subject::new("Deployment", deployment::requirements()),
            Subject::new("Overall", whole::requirements()),
        ],
    }
}
