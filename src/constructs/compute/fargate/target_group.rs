//! A target group of an ECS service.

use crate::aws;
use crate::terraform::tree::Handle;

/// A target group, its load balancer and the rule that forwards to it.
#[derive(Clone, Copy, Debug)]
pub struct ServiceTargetGroup {
    /// The load balancer.
    pub load_balancer: Handle<aws::Lb>,
    /// The target group.
    pub group: Handle<aws::LbTargetGroup>,
    /// The rule. ECS rejects a target group without a load balancer (ECS developer guide, "Service load balancing
    /// considerations").
    pub rule: Handle<aws::LbListenerRule>,
}
