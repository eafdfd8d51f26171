//! Queries, by what they ask about. None knows a stack: what a row asks of one holds of all.

pub(crate) mod api;
pub(crate) mod aurora;
pub(crate) mod balancers;
pub(crate) mod buckets;
pub(crate) mod budget;
pub(crate) mod checks;
pub(crate) mod configuration;
pub(crate) mod database;
pub(crate) mod functions;
pub(crate) mod keys;
pub(crate) mod life;
pub(crate) mod loads;
pub(crate) mod monitoring;
pub(crate) mod names;
pub(crate) mod naming;
pub(crate) mod network;
pub(crate) mod reach;
pub(crate) mod replication;
pub(crate) mod roles;
pub(crate) mod secrets;
pub(crate) mod services;
pub(crate) mod traffic;
pub(crate) mod transit;
pub(crate) mod workflow;
