//! Alarms of tasks.

use super::{Alarm, Comparison, Missing, Raised, Statistic, Told};
use crate::constructs::compute::fargate::Tasks;
use crate::constructs::core::Context;
use crate::terraform::tree::Scope;

/// The alarms of one version of a service.
pub fn tasks(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    tasks: &Tasks,
    told: &Told,
) -> Vec<Raised> {
    let subject = format!("tasks-{}", tasks.token);
    let alarm = |id, description, namespace: &'static str, metric, when, threshold| Alarm {
        id,
        description,
        namespace: namespace.into(),
        metric,
        dimensions: tasks.dimensions().into(),
        statistic: Statistic::Average,
        when,
        threshold,
        period: 60,
        periods: 5,
        missing: Missing::Unknown,
        subject: &subject,
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
            tasks.least.into(),
        ),
    ]
    .map(|alarm| alarm.add(scope, context, told))
    .into()
}

const ECS: &str = "AWS/ECS";
/// Percent of what a task has.
const BUSY: f64 = 85.0;
