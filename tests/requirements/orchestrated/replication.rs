use paymig::aws::DmsReplicationSubnetGroup;
use paymig::terraform::tree::Argument as A;

use crate::asked;
use crate::mutation::{redirected, removed};
use crate::queries::replication;
use crate::row::{Row, query};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "000-REP-1",
            "DMS loads all rows and then captures changes, and can do so in the other direction.",
        )
        .holds(asked::replication::rows_are_loaded_and_followed_both_ways())
        .holds(asked::replication::replication_stops_at_what_it_cannot_do())
        .holds(asked::replication::instances_log_into_a_group_of_the_stack())
        .see("000-DB-4"),
        Row::new(
            "000-REP-2",
            "Replication instances have private subnets of their own, in three zones.",
        )
        .holds(query!(
            replication::instances_have_subnets_of_their_own,
            [
                removed::<DmsReplicationSubnetGroup>(),
                redirected(
                    A::<DmsReplicationSubnetGroup>::subnet_ids(),
                    "network/migration/subnet/private-a"
                ),
            ]
        )),
        Row::new(
            "000-REP-3",
            "What replicates is encrypted, survives the loss of a zone, and logs in by secrets over TLS.",
        )
        .holds(asked::replication::instances_stand_in_two_zones())
        .holds(asked::replication::instances_are_sealed())
        .holds(asked::replication::endpoints_use_tls_and_secrets()),
        Row::new(
            "000-REP-4",
            "The replication instance reaches both databases, and nothing else but AWS.",
        )
        .holds(asked::replication::instances_reach_both_databases()),
        Row::new(
            "000-REP-5",
            "Lag of more than five seconds, and a task that failed, raise an alarm.",
        )
        .holds(asked::replication::lag_is_noticed())
        .holds(asked::replication::failures_are_told()),
    ]
}
