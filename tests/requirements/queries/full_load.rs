//! Full load: parallelism, and storage for changes.

use paymig::aws;

use super::replication::settings;
use crate::framework::case::{Amount, Case, Known, Verdict};

/// Storage for changes during the full load, in GB: a fifth of the data (500 GB).
const CHANGES: i64 = 100;

/// Several tables are loaded in parallel, with values of any length.
pub(crate) fn full_loads_are_parallel_and_have_storage(case: Case<'_>) -> Verdict {
    let tasks = case
        .every::<aws::DmsReplicationTask>()
        .that("that loads rows", |task| {
            task.migration_type().is("full-load-and-cdc")
        })
        .must("load several tables in parallel", |task| {
            let at_once = &settings(task)["FullLoadSettings"]["MaxFullLoadSubTasks"];
            at_once.as_i64().is_some_and(|at_once| at_once >= 8)
        })
        .must("load values of any length", |task| {
            settings(task)["TargetMetadata"]["FullLobMode"] == true
        })
        .must("validate the rows", |task| {
            settings(task)["ValidationSettings"]["EnableValidation"] == true
        })
        .verdict();
    let instances = case
        .every::<aws::DmsReplicationInstance>()
        .must("have storage for the changes of a long load", |instance| {
            instance.allocated_storage().at_least(CHANGES)
        })
        .verdict();
    tasks.and(instances)
}
