//! What the stack `blue-green` was asked for.

#![expect(clippy::too_many_lines, reason = "the rows of a subject are one list")]

mod compute;
mod data;
mod deployment;
mod monitoring;
mod network;
mod requests;
mod security;
mod whole;

use crate::row::{Row, Seed, Subject};

pub(crate) fn seed() -> Seed {
    let subject = |title: &'static str, rows: fn() -> Vec<Row>| Subject {
        title,
        rows: rows(),
    };
    Seed {
        number: "004",
        stack: "blue-green",
        subjects: vec![
            subject("Network", network::rows),
            subject("Databases, tables and buckets", data::rows),
            subject("Functions", compute::rows),
            subject("Requests and releases", requests::rows),
            subject("Watching", monitoring::rows),
            subject("Security and configuration", security::rows),
            subject("Deployment", deployment::rows),
            subject("As a whole", whole::rows),
        ],
    }
}
