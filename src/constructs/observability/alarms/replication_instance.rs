//! Alarms of a DMS replication instance.

use super::alarm::{Alarm, AlarmActions, AlarmHandle, Comparison, Statistic, TreatMissingData};
use crate::constructs::core::Context;
use crate::newtypes::Gibibytes;
use crate::terraform::tree::{Scope, Value};

/// Adds the alarms of the instance `id`. Its load is none: a full load uses all processors.
///
/// `AvailableMemory` counts what can be used without swapping; `FreeableMemory` does not (DMS user guide, "Monitoring
/// AWS DMS tasks").
pub fn add_replication_instance_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    id: &Value<String>,
    storage: Gibibytes,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    let alarm = |alarm_id, description, metric, threshold, periods| Alarm {
        id: alarm_id,
        description,
        namespace: "AWS/DMS".into(),
        metric,
        dimensions: vec![("ReplicationInstanceIdentifier", id.clone())],
        statistic: Statistic::Minimum,
        comparison: Comparison::Below,
        threshold,
        period_seconds: 300,
        periods,
        treat_missing_data: TreatMissingData::Missing,
        subject,
    };
    let storage_bytes = f64::from(storage.get()) * GIBIBYTE;
    [
        alarm(
            "storage",
            "DMS free storage below 20 % of the storage: tasks stop when it is full",
            "FreeStorageSpace",
            storage_bytes * MIN_FREE_STORAGE,
            1,
        ),
        alarm(
            "memory",
            "DMS available memory below 256 MiB: tasks swap or fail",
            "AvailableMemory",
            MIN_AVAILABLE_MEMORY,
            3,
        ),
    ]
    .map(|alarm| alarm.add(scope, context, actions))
    .into()
}

const GIBIBYTE: f64 = 1_073_741_824.0;
const MIN_FREE_STORAGE: f64 = 0.2;
/// Enough for the operating system of any class.
const MIN_AVAILABLE_MEMORY: f64 = 268_435_456.0;
