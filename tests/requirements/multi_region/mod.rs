//! What the stack `multi-region` was asked for.

#![expect(clippy::too_many_lines, reason = "the rows of a subject are one list")]

mod asked;
mod buckets;
mod compute;
mod database;
mod environments;
mod monitoring;
mod network;
mod security;
mod traffic;

use crate::row::{Row, Seed, Subject};

pub(crate) fn seed() -> Seed {
    let subject = |title: &'static str, rows: fn() -> Vec<Row>| Subject {
        title,
        rows: rows(),
    };
    Seed {
        number: "002",
        stack: "multi-region",
        subjects: vec![
            subject("Environments and states", environments::rows),
            subject("Networks", network::rows),
            subject("Databases", database::rows),
            subject("Compute", compute::rows),
            subject("Buckets", buckets::rows),
            subject("Security", security::rows),
            subject("Traffic", traffic::rows),
            subject("Watching", monitoring::rows),
            subject("As a whole", asked::rows),
        ],
    }
}
