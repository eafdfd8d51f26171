use paymig::aws::{DmsReplicationInstance, DmsReplicationTask};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::weakened;
use crate::framework::requirement::{MIGRATING, Requirement, query};
use crate::queries::full_load;
use crate::shared;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "001-REP-1",
            "DMS replicates the datacenter's PostgreSQL continuously: all rows, then every change. It can replicate in reverse.",
        )
        .verified_by(shared::replication::rows_are_loaded_and_replicated_both_ways())
        .verified_by(shared::replication::instances_reach_both_databases())
        .tested("tests/terraform/replication.rs", "replication_is_created_and_destroyed_as_a_whole")
        .tested("tests/terraform/replication.rs", "phase_and_traffic_change_no_replication_task"),
        Requirement::new(
            "001-REP-2",
            "500 GB of rows are loaded in parallel, into existing tables, without truncated columns. An error stops the task.",
        )
        .verified_by(shared::replication::replication_stops_at_errors())
        .verified_by(query!(
            full_load::full_loads_are_parallel_and_have_storage,
            MIGRATING,
            [
                weakened(A::<DmsReplicationTask>::replication_task_settings())
                    .within("replication/payments/task/full-load"),
                weakened(A::<DmsReplicationInstance>::allocated_storage()),
            ]
        ))
        .verified_by(shared::replication::instances_log_to_a_log_group_of_the_stack())
        .tested(
            "tests/lambda/validation/test_validation_million.py",
            "test_validation_under_writes_finds_exactly_the_inserted_differences",
        ),
        Requirement::new(
            "001-REP-3",
            "Replication is private and encrypted, and logs in with credentials of Secrets Manager, over TLS verified on both sides.",
        )
        .deviates("docs/deviations.md#single-replication-instance","the replication instance is in one Availability Zone, for the budget: the loss of the zone interrupts replication and loses no change; `--set replication.payments.multi_az=true` adds a standby")
        .verified_by(shared::replication::instances_are_private_and_encrypted())
        .verified_by(shared::replication::endpoints_use_tls_and_secrets())
        .tested(
            "tests/terraform/replication.rs",
            "account_without_the_dms_roles_fails_at_plan",
        ),
        Requirement::new(
            "001-REP-4",
            "Replication lag and a failed task cause an alarm.",
        )
        .verified_by(shared::replication::replication_lag_has_an_alarm())
        .verified_by(shared::replication::failures_are_notified()),
    ]
}
