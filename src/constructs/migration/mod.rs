//! The migration: workflow, runtime state, DNS failback, custom resource.

pub mod custom_resource;
pub mod dns_failback;
pub mod migration_state;
pub mod workflow;
