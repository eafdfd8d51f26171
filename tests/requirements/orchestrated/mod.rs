//! What the stack `orchestrated` was asked for.

#![expect(clippy::too_many_lines, reason = "the rows of a subject are one list")]

mod api;
mod database;
mod deployment;
mod monitoring;
mod network;
mod orchestration;
mod replication;
mod security;
mod whole;

use crate::row::{Row, Seed, Subject};

pub(crate) fn seed() -> Seed {
    let subject = |title: &'static str, rows: fn() -> Vec<Row>| Subject {
        title,
        rows: rows(),
    };
    Seed {
        number: "000",
        stack: "orchestrated",
        subjects: vec![
            subject("Networks", network::rows),
            subject("Databases", database::rows),
            subject("Replication", replication::rows),
            subject("Orchestration and what it keeps", orchestration::rows),
            subject("Requests", api::rows),
            subject("Watching", monitoring::rows),
            subject("Security and configuration", security::rows),
            subject("Deployment", deployment::rows),
            subject("As a whole", whole::rows),
        ],
    }
}
