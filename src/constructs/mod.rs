//! Constructs, grouped by service as in `aws-cdk-lib`. A construct takes typed configuration and the handles
//! of the components it uses, adds resources to a tree, and returns handles of its own. No construct depends
//! on a stack's name, a phase or the file system.
//!
//! The folders are layers, listed in `docs/architecture.md`.

pub mod account;
pub mod compute;
pub mod core;
pub mod data;
pub mod dns;
pub mod ingress;
pub mod migration;
pub mod network;
pub mod observability;
pub mod replication;
pub mod security;
