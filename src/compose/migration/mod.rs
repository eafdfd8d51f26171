//! TODO
pub(crate) mod dns_failback;
pub(crate) mod functions;
pub(crate) mod runbook;
pub(crate) mod workflow;
