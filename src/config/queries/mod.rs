//! Computations over the whole stack.

mod call_graph;
mod dns_name;
mod images;
mod ledgers;
mod object_lifecycle;
mod prerequisite;
mod prerequisites;
mod public_names;
mod quotas;
mod rollback_time;
mod serving;
mod traffic_weight;

pub use call_graph::alias;
pub use dns_name::ZonePosition;
pub use images::ImageRun;
pub use object_lifecycle::ObjectLifecycle;
pub use prerequisite::Prerequisite;
pub use public_names::{PublicNameKind, PublicNameUse};
pub use rollback_time::{DnsDelay, RollbackPart, RollbackPath, RollbackTime};
pub(super) use traffic_weight::WrittenWeight;
