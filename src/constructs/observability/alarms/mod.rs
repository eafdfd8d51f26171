//! CloudWatch alarms: one file for each AWS service or resource, with the metrics it publishes and the thresholds.

mod alarm;
mod api;
mod auto_scaling_group;
mod bucket;
mod database;
mod ecs_service;
mod event_rule;
mod expression;
mod failed_requests;
mod function;
mod health_check;
mod load_balancer;
mod network_load_balancer;
mod replication_instance;
mod replication_task;
mod request_limits;
mod state_machine;
mod table;
mod transactions;
mod vpn_connection;
mod web_acl;

pub use alarm::{AlarmActions, AlarmHandle};
pub use api::add_api_alarms;
pub use auto_scaling_group::{add_auto_scaling_group_alarms, notify_auto_scaling_failures};
pub use bucket::{add_bucket_replication_alarms, add_bucket_replication_failed_alarm};
pub use database::{
    MonitoredCluster, add_database_alarms, add_secondary_cluster_alarms, add_secondary_load_alarms,
};
pub use ecs_service::add_ecs_service_alarms;
pub use event_rule::add_event_rule_alarm;
pub use function::{
    add_authorizer_alarms, add_function_alarms, add_payment_function_alarms, add_rotation_alarms,
};
pub use health_check::{add_health_check_alarm, add_no_healthy_targets_alarm};
pub use load_balancer::{
    MonitoredTargetGroup, TargetAlarms, add_load_balancer_alarms, add_request_alarms,
    add_target_group_alarm,
};
pub use network_load_balancer::add_network_load_balancer_alarms;
pub use replication_instance::add_replication_instance_alarms;
pub use replication_task::add_replication_task_alarms;
pub use request_limits::RequestLimits;
pub use state_machine::add_state_machine_alarms;
pub use table::{add_table_alarms, add_table_replication_latency_alarm, add_user_errors_alarm};
pub use transactions::add_failed_transactions_alarm;
pub use vpn_connection::add_vpn_connection_alarms;
pub use web_acl::add_web_acl_alarm;
