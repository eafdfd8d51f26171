//! The first copy of all rows: how many at once, and what it keeps meanwhile.

use paymig::aws;

use super::replication::settings;
use crate::framework::case::{Amount, Case, Known, Verdict};

/// Changes that wait while rows are copied, in GB: a fifth of what is there (500 GB).
const CHANGES: i64 = 100;

/// Several tables are copied at once, with values of any length.
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
