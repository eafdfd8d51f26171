//! What the stack `containerized` was asked for.

#![expect(clippy::too_many_lines, reason = "the rows of a subject are one list")]

mod application;
mod automation;
mod database;
mod monitoring;
mod network;
mod replication;
mod security;
mod traffic;
mod whole;

use crate::row::{Row, Seed, Subject};

/// Applied, planned again and destroyed.
const SYSTEMS: &str = "tests/terraform/systems.rs";
const LIFE: &str = "containers_behind_one_balancer_live_and_leave";

pub(crate) fn seed() -> Seed {
    let subject = |title: &'static str, rows: fn() -> Vec<Row>| Subject {
        title,
        rows: rows(),
    };
    Seed {
        number: "001",
        stack: "containerized",
        subjects: vec![
            subject("Network", network::rows),
            subject("Database", database::rows),
            subject("Application", application::rows),
            subject("Replication", replication::rows),
            subject("Traffic", traffic::rows),
            subject("Watching", monitoring::rows),
            subject("Security", security::rows),
            subject("Automation and validation", automation::rows),
            subject("As a whole", whole::rows),
        ],
    }
}
