//! Load balancers, REST APIs and web ACLs.

pub mod api;
pub mod balancer;
pub mod waf;
