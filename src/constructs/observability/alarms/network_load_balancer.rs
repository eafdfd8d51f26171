//! Alarms of a network load balancer whose target is an application load balancer.

use super::alarm::{Alarm, AlarmActions, AlarmHandle};
use crate::constructs::core::Context;
use crate::terraform::tree::{Scope, Value};

/// Adds the alarms of the load balancer; `suffix` and `group` are ARN suffixes.
///
/// The counts of healthy targets exclude application load balancers (Network Load Balancers user guide, "CloudWatch
/// metrics"). Connections that are routed although no target is healthy show the same fault.
pub fn add_network_load_balancer_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    (suffix, group): (&Value<String>, &Value<String>),
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    let unhealthy = Alarm::on_any_occurrence(
        "unhealthy-routing",
        "The network load balancer routed connections without a healthy target",
        (NETWORK_ELB, "UnhealthyRoutingFlowCount"),
        vec![
            ("LoadBalancer", suffix.clone()),
            ("TargetGroup", group.clone()),
        ],
        subject,
    );
    let ports = Alarm::on_any_occurrence(
        "port-allocation",
        "The network load balancer has no ports left and dropped connections",
        (NETWORK_ELB, "PortAllocationErrorCount"),
        vec![("LoadBalancer", suffix.clone())],
        subject,
    );
    [unhealthy, ports]
        .map(|alarm| alarm.add(scope, context, actions))
        .into()
}

const NETWORK_ELB: &str = "AWS/NetworkELB";
