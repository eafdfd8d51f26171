//! Alarms of an Auto Scaling group, and notifications of its failed operations.

use super::alarm::{Alarm, AlarmActions, AlarmHandle, Comparison, Statistic, TreatMissingData};
use crate::config::MinMax;
use crate::constructs::core::Context;
use crate::constructs::observability::event_notification::EventNotification;
use crate::constructs::observability::metric_filters;
use crate::terraform::tree::{Object, Scope, Term, Value};

/// Adds the alarms of the group `name`.
pub fn add_auto_scaling_group_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    name: &Value<String>,
    size: &MinMax,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    let alarm = |id, description, namespace: Value<String>, metric, statistic| Alarm {
        id,
        description,
        namespace,
        metric,
        dimensions: vec![(GROUP, name.clone())],
        statistic,
        comparison: Comparison::Above,
        threshold: 0.0,
        period_seconds: 60,
        periods: 5,
        treat_missing_data: TreatMissingData::Missing,
        subject,
    };
    let agent = || metric_filters::namespace(context).into();
    [
        Alarm {
            comparison: Comparison::Below,
            threshold: size.min.into(),
            periods: 3,
            ..alarm(
                "below-minimum",
                "Fewer instances in service than the minimum",
                SCALING.into(),
                "GroupInServiceInstances",
                Statistic::Minimum,
            )
        },
        Alarm {
            comparison: Comparison::AtLeast,
            threshold: size.max.into(),
            periods: 15,
            ..alarm(
                "at-maximum",
                "The group is at its maximum size and cannot scale out",
                SCALING.into(),
                "GroupDesiredCapacity",
                Statistic::Maximum,
            )
        },
        Alarm {
            threshold: BUSY_PERCENT,
            ..alarm(
                "cpu",
                "Instance CPU above 85 %",
                EC2.into(),
                "CPUUtilization",
                Statistic::Average,
            )
        },
        Alarm {
            periods: 2,
            ..alarm(
                "status-check",
                "An EC2 status check failed",
                EC2.into(),
                "StatusCheckFailed",
                Statistic::Maximum,
            )
        },
        Alarm {
            threshold: BUSY_PERCENT,
            ..alarm(
                "disk",
                "Instance disk usage above 85 %",
                agent(),
                "disk_used_percent",
                Statistic::Maximum,
            )
        },
        Alarm {
            threshold: BUSY_PERCENT,
            ..alarm(
                "memory",
                "Instance memory usage above 85 %",
                agent(),
                "mem_used_percent",
                Statistic::Maximum,
            )
        },
    ]
    .map(|alarm| alarm.add(scope, context, actions))
    .into()
}

/// Notifies `topic` of failed operations of `group`. The policies of the topic and its key must allow
/// `events.amazonaws.com`.
///
/// Source: EC2 Auto Scaling user guide, "Use EventBridge to handle Auto Scaling events".
pub fn notify_auto_scaling_failures(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    key: &str,
    group: &Value<String>,
    topic: &Value<String>,
) {
    let mut scope = scope.child("failures");
    let kinds = [
        "EC2 Instance Launch Unsuccessful",
        "EC2 Instance Terminate Unsuccessful",
        "EC2 Auto Scaling Instance Refresh Failed",
    ];
    let list = |terms: Vec<Term>| Term::List(terms);
    let kinds = kinds.map(|kind| Term::Text(kind.into()));
    let name = list(vec![group.clone().into_term()]);
    let pattern = Object::from_iter([
        ("source", list(vec![Term::Text("aws.autoscaling".into())])),
        ("detail-type", list(kinds.into())),
        ("detail", Term::Object(Object::from_iter([(GROUP, name)]))),
    ]);
    let notification = EventNotification {
        name: context.names.keyed("asg-failures", [key]),
        description: "EC2 Auto Scaling failed to launch, terminate or refresh instances",
        pattern,
    };
    notification.send_to(&mut scope, topic);
}

/// Dimension of the metrics, and key of the group in events.
const GROUP: &str = "AutoScalingGroupName";
const SCALING: &str = "AWS/AutoScaling";
const EC2: &str = "AWS/EC2";
/// Above the target of the scaling policy.
const BUSY_PERCENT: f64 = 85.0;
