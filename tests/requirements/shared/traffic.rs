//! Shared evidence about traffic between the two sides.

use std::collections::BTreeSet;

use paymig::aws::{Lb, S3Bucket, S3BucketLifecycleConfiguration, data};
use paymig::config::{Phase, Protection};
use paymig::terraform::tree::Argument as A;
use serde_json::{Map, Value};

use crate::deployments::deployments;
use crate::framework::mutation::{dropped, removed};
use crate::framework::requirement::{Query, query};
use crate::queries::traffic;

pub(crate) fn requests_are_logged() -> Query {
    query!(
        traffic::requests_are_logged,
        [
            dropped(A::<Lb>::access_logs()).within("balancer"),
            removed::<S3Bucket>().within("balancer"),
            removed::<S3BucketLifecycleConfiguration>().within("balancer"),
            removed::<data::ElbServiceAccount>(),
        ]
    )
}

/// The file of the test that compares the traffic steps.
pub(crate) const FILE: &str = "tests/requirements/shared/traffic.rs";

/// The arguments that a traffic step may change: the weights of both sides, the parameter with the weight, the conditions
/// under which it may be applied, whether the alarms of a side act, and the weights that a dashboard shows.
const MOVED_BY_A_STEP: &[(&str, &str)] = &[
    ("aws_cloudwatch_dashboard", "dashboard_body"),
    ("aws_cloudwatch_metric_alarm", "actions_enabled"),
    ("aws_lb_listener_rule", "action"),
    ("aws_route53_record", "lifecycle"),
    ("aws_route53_record", "weighted_routing_policy"),
    ("aws_ssm_parameter", "insecure_value"),
    ("aws_ssm_parameter", "lifecycle"),
];

#[test]
fn traffic_step_of_every_stack_changes_weights_only() {
    let mut compared = 0;
    for deployment in deployments() {
        let mut stages = deployment.stages();
        stages.retain(|stage| {
            stage.phase == Some(Phase::Migration) && stage.protection == Protection::Destroyable
        });
        for pair in stages.windows(2) {
            let [before, after] = pair else { continue };
            let [before, after] =
                [before, after].map(|stage| deployment.configuration(&stage.system.tree));
            let changed = changed_arguments(&before, &after);
            let others: Vec<_> = changed
                .iter()
                .filter(|(type_name, argument)| {
                    !MOVED_BY_A_STEP.contains(&(type_name.as_str(), argument.as_str()))
                })
                .collect();
            assert!(others.is_empty(), "{}: {others:?}", deployment.id());
            assert!(!changed.is_empty(), "{}: no change", deployment.id());
            compared += 1;
        }
    }
    assert!(compared > 5, "{compared} steps");
}

/// The type and the name of each argument of a resource that differs.
fn changed_arguments(
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> BTreeSet<(String, String)> {
    let empty = Map::new();
    let of = |value: &Value| value.as_object().cloned().unwrap_or_default();
    let [before, after] =
        [before, after].map(|all| of(all.get("resource").unwrap_or(&Value::Null)));
    let mut changed = BTreeSet::new();
    for type_name in before.keys().chain(after.keys()) {
        let [old, new] =
            [&before, &after].map(|all| of(all.get(type_name).unwrap_or(&Value::Null)));
        for name in old.keys().chain(new.keys()) {
            let [old, new] =
                [&old, &new].map(|all| all.get(name).and_then(Value::as_object).unwrap_or(&empty));
            let arguments = old.keys().chain(new.keys());
            let differing = arguments.filter(|argument| old.get(*argument) != new.get(*argument));
            changed.extend(differing.map(|argument| (type_name.clone(), argument.clone())));
        }
    }
    changed
}
