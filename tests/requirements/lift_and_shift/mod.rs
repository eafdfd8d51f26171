//! What the stack `lift-and-shift` was asked for.

#![expect(clippy::too_many_lines, reason = "the rows of a subject are one list")]

mod compute;
mod database;
mod deployment;
mod migration;
mod monitoring;
mod network;
mod security;
mod whole;

use crate::row::{Row, Seed, Subject};

pub(crate) fn seed() -> Seed {
    let subject = |title: &'static str, rows: fn() -> Vec<Row>| Subject {
        title,
        rows: rows(),
    };
    Seed {
        number: "003",
        stack: "lift-and-shift",
        subjects: vec![
            subject("Environments and deployment", deployment::rows),
            subject("Network", network::rows),
            subject("Database", database::rows),
            subject("Instances and load balancer", compute::rows),
            subject("Replication and traffic", migration::rows),
            subject("Watching", monitoring::rows),
            subject("Security", security::rows),
            subject("As a whole", whole::rows),
        ],
    }
}
