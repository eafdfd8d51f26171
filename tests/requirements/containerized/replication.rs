use paymig::aws::{DmsReplicationInstance, DmsReplicationTask};
use paymig::terraform::tree::Argument as A;

use crate::asked;
use crate::mutation::weakened;
use crate::queries::loads;
use crate::row::{MIGRATING, Row, query};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "001-REP-1",
            "DMS copies the datacenter's PostgreSQL without an end: all rows, then every change; and it can do so in the other direction.",
        )
        .holds(asked::replication::rows_are_loaded_and_followed_both_ways())
        .holds(asked::replication::instances_reach_both_databases())
        .tested("tests/terraform/replication.rs", "replication_comes_and_goes_as_a_whole")
        .tested("tests/terraform/replication.rs", "neither_phase_nor_traffic_touches_a_task"),
        Row::new(
            "001-REP-2",
            "500 GB of rows cross: loaded by several at once, into tables that stay as they are, with every column whole; what fails stops the task.",
        )
        .holds(asked::replication::replication_stops_at_what_it_cannot_do())
        .holds(query!(
            loads::loads_are_for_many_rows,
            MIGRATING,
            [
                weakened(A::<DmsReplicationTask>::replication_task_settings())
                    .within("replication/payments/task/load"),
                weakened(A::<DmsReplicationInstance>::allocated_storage()),
            ]
        ))
        .holds(asked::replication::instances_log_into_a_group_of_the_stack())
        .tested(
            "tests/lambda/validation/test_validation_million.py",
            "test_under_writes_every_kind_of_difference_is_found_and_nothing_else",
        ),
        Row::new(
            "001-REP-3",
            "What replicates is out of reach and encrypted, and logs in by secrets over TLS, verified on both sides.",
        )
        .departs("the replication instance stands in one zone, for the budget: a zone that fails makes it wait, and loses nothing; `--set replication.payments.zones=multi` gives it two")
        .holds(asked::replication::instances_are_sealed())
        .holds(asked::replication::endpoints_use_tls_and_secrets())
        .tested(
            "tests/terraform/replication.rs",
            "an_account_without_the_roles_of_dms_fails_at_plan",
        ),
        Row::new(
            "001-REP-4",
            "Lag and a task that failed raise an alarm.",
        )
        .holds(asked::replication::lag_is_noticed())
        .holds(asked::replication::failures_are_told()),
    ]
}
