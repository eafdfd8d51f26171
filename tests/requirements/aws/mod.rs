//! What AWS requires of every stack: rules that neither Terraform nor the provider enforces.
//!
//! Each rule names its source. A rule applies where a document has the resources of which it is.

mod alarms;
mod database;
mod functions;
mod ingress;
mod network;
mod replication;
mod storage;

use crate::framework::requirement::{Coverage, StackRequirements, Subject};

pub(crate) fn requirements() -> StackRequirements {
    StackRequirements {
        number: "AWS",
        coverage: Coverage::EveryStack,
        subjects: vec![
            Subject::new("Alarms", alarms::requirements()),
            Subject::new("Databases", database::requirements()),
            Subject::new("Functions", functions::requirements()),
            Subject::new("Load balancers", ingress::requirements()),
            Subject::new("Networks", network::requirements()),
            Subject::new("Replication", replication::requirements()),
            Subject::new("Storage", storage::requirements()),
        ],
    }
}
