//! Alarms of tasks.

use super::alarm::{Alarm, AlarmActions, AlarmHandle, Comparison, Statistic, TreatMissingData};
use crate::constructs::core::Context;
use crate::terraform::tree::{Scope, Value};

/// The alarms of one version of a service.
pub fn add_ecs_service_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    dimensions: &[(&'static str, Value<String>)],
    min_tasks: u16,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    let alarm = |id, description, namespace: &'static str, metric, comparison, threshold| Alarm {
        id,
        description,
        namespace: namespace.into(),
        metric,
        dimensions: dimensions.to_vec(),
        statistic: Statistic::Average,
        comparison,
        threshold,
        period_seconds: 60,
        periods: 5,
        treat_missing_data: TreatMissingData::Missing,
        subject,
    };
    [
        alarm(
            "cpu",
            "Tasks compute at their limit, and scaling does not help",
            ECS,
            "CPUUtilization",
            Comparison::Above,
            BUSY,
        ),
        alarm(
            "memory",
            "Tasks are short of memory: ECS ends those that take more than they have",
            ECS,
            "MemoryUtilization",
            Comparison::Above,
            BUSY,
        ),
        alarm(
            "running",
            "Fewer tasks run than the least that there should be",
            "ECS/ContainerInsights",
            "RunningTaskCount",
            Comparison::Below,
            min_tasks.into(),
        ),
    ]
    .map(|alarm| alarm.add(scope, context, actions))
    .into()
}

const ECS: &str = "AWS/ECS";
/// Percent of what a task has.
const BUSY: f64 = 85.0;
