//! Alarms of an ECS service.

use super::alarm::{Alarm, AlarmActions, AlarmHandle, Comparison, Statistic, TreatMissingData};
use crate::constructs::core::Context;
use crate::terraform::tree::{Scope, Value};

/// Adds the alarms of a service that runs at least `min_tasks` tasks.
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
            "ECS service CPU above 85 %",
            ECS,
            "CPUUtilization",
            Comparison::Above,
            BUSY_PERCENT,
        ),
        alarm(
            "memory",
            "ECS service memory above 85 %",
            ECS,
            "MemoryUtilization",
            Comparison::Above,
            BUSY_PERCENT,
        ),
        alarm(
            "running",
            "Fewer running tasks than the minimum",
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
/// Of the reservation of the tasks.
const BUSY_PERCENT: f64 = 85.0;
