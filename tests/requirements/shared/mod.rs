//! Queries that several stacks share, with the faults that each must detect in all of them.

pub(crate) mod api;
pub(crate) mod archive;
pub(crate) mod buckets;
pub(crate) mod configuration;
pub(crate) mod database;
pub(crate) mod destroy;
pub(crate) mod functions;
pub(crate) mod keys;
pub(crate) mod monitoring;
pub(crate) mod naming;
pub(crate) mod network;
pub(crate) mod replication;
pub(crate) mod roles;
pub(crate) mod secrets;
pub(crate) mod single_network;
pub(crate) mod split_in_dns;
pub(crate) mod state;
pub(crate) mod traffic;
pub(crate) mod transit;
