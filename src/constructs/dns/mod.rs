//! Route 53: hosted zones, records and health checks.

pub mod child_zone;
pub mod health_check;
pub mod records;
pub mod zone;
