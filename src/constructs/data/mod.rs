//! Databases, tables, buckets and parameters.

pub mod bucket;
pub mod bucket_replica;
pub mod data_bucket;
pub mod database;
pub mod parameters;
pub mod table;
