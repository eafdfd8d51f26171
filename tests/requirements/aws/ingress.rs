//! Load balancers and their targets.

use paymig::aws::{
    AutoscalingGroup, EcsService, LambdaAlias, LambdaFunction, LbTargetGroup,
    LbTargetGroupAttachment,
};
use paymig::config::Phase;
use paymig::terraform::tree::{Argument as A, View};

use crate::framework::case::{Case, Item, Known, Verdict};
use crate::framework::mutation::{redirected, weakened_in};
use crate::framework::requirement::{Requirement, SERVING, query};

pub(crate) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "AWS-IN-1",
            "A load balancer checks the liveness of tasks and instances, not their database: ECS and EC2 Auto Scaling \
             replace every unhealthy target (ECS API, `ServiceDefinition`; EC2 Auto Scaling user guide, \"Health \
             checks for instances\"), and no replacement ends a fence or a failover. It checks whether all other targets reach the writer.",
        )
        .verified_by(query!(
            replaced_targets_are_checked_for_liveness,
            SERVING,
            [weakened_in(A::<LbTargetGroup>::health_check(), "path")]
        )),
        Requirement::new(
            "AWS-IN-2",
            "No function is a target of a load balancer in phase `legacy`: health checks invoke targets (Elastic Load \
             Balancing, \"Use Lambda functions as targets\"), and payment code does not run yet.",
        )
        .verified_by(query!(
            functions_are_no_targets,
            &[Phase::Legacy],
            [
                redirected(
                    A::<LbTargetGroupAttachment>::target_id(),
                    "function/payments/function"
                )
                .within("api"),
            ]
        )),
    ]
}

fn replaced_targets_are_checked_for_liveness(case: Case<'_>) -> Verdict {
    case.any::<LbTargetGroup>()
        .must("check liveness if its targets are replaced", |group| {
            let path = if is_replaced(group) {
                "/alive"
            } else {
                "/health"
            };
            group
                .health_check()
                .is_some_and(|check| check.path().is(path))
        })
        .verdict()
}

fn functions_are_no_targets(case: Case<'_>) -> Verdict {
    case.any::<LbTargetGroupAttachment>()
        .must("register no function", |attachment| {
            let target = || attachment.target_id();
            attachment.to::<LambdaAlias, _>(target()).is_empty()
                && attachment.to::<LambdaFunction, _>(target()).is_empty()
        })
        .verdict()
}

/// Whether a service or a group replaces the unhealthy targets of a target group.
fn is_replaced(group: &Item<'_, LbTargetGroup>) -> bool {
    let services = group.case.items::<EcsService>();
    let served = services.iter().any(|service| {
        service.load_balancer().iter().any(|it| {
            it.target_group_arn()
                .is_some_and(|arn| arn.refers_to(group.node.node_id()))
        })
    });
    let groups = group.from::<AutoscalingGroup, _>(View::<AutoscalingGroup>::target_group_arns);
    served || !groups.is_empty()
}
