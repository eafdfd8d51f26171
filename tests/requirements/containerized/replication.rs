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
            "DMS copies the datacenter's PostgreSQL without an end: all rows, then every change; and it can do so in the other direction.",
        )
        .verified_by(shared::replication::rows_are_loaded_and_followed_both_ways())
        .verified_by(shared::replication::instances_reach_both_databases())
        .tested("tests/terraform/replication.rs", "replication_is_created_and_destroyed_as_a_whole")
        .tested("tests/terraform/replication.rs", "phase_and_traffic_change_no_replication_task"),
        Requirement::new(
            "001-REP-2",
            "500 GB of rows cross: loaded by several at once, into tables that stay as they are, with every column whole; what fails stops the task.",
        )
        .verified_by(shared::replication::replication_stops_at_what_it_cannot_do())
        .verified_by(query!(
            full_load::loads_are_for_many_rows,
            MIGRATING,
            [
                weakened(A::<DmsReplicationTask>::replication_task_settings())
                    .within("replication/payments/task/full-load"),
                weakened(A::<DmsReplicationInstance>::allocated_storage()),
            ]
        ))
        .verified_by(shared::replication::instances_log_into_a_group_of_the_stack())
        .tested(
            "tests/lambda/validation/test_validation_million.py",
            "test_validation_under_writes_finds_exactly_the_inserted_differences",
        ),
        Requirement::new(
            "001-REP-3",
            "What replicates is out of reach and encrypted, and logs in by secrets over TLS, verified on both sides.",
        )
        .deviates("the replication instance stands in one zone, for the budget: a zone that fails makes it wait, and loses nothing; `--set replication.payments.zones=multi` gives it two")
        .verified_by(shared::replication::instances_are_sealed())
        .verified_by(shared::replication::endpoints_use_tls_and_secrets())
        .tested(
            "tests/terraform/replication.rs",
            "account_without_the_dms_roles_fails_at_plan",
        ),
        Requirement::new(
            "001-REP-4",
            "Lag and a task that failed raise an alarm.",
        )
        .verified_by(shared::replication::lag_is_noticed())
        .verified_by(shared::replication::failures_are_notified()),
    ]
}
