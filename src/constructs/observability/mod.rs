//! Alarms, topics, dashboards, log groups and metric filters.

pub mod alarms;
pub mod dashboard;
pub mod event_notification;
pub mod log_group;
pub mod metric_filters;
pub mod topic;
pub mod transactions;
