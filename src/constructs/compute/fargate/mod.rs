//! Containers on ECS Fargate: a cluster in each network of a service, and in it an ECS service for each
//! version.
//!
//! A task that stops loses no request: its target drains before SIGTERM, and no task stops before its replacement is
//! healthy.

mod cluster;
mod failures;
mod roles;
mod scaling;
mod service;
mod target_group;
mod task;

pub use cluster::{EcsCluster, EcsClusterDeps, EcsClusterProps};
pub use failures::notify_deployment_failures;
pub use service::{EcsService, EcsServiceDeps, EcsServiceProps};
pub use target_group::ServiceTargetGroup;
