use paymig::aws::DmsReplicationSubnetGroup;
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{redirected, removed};
use crate::framework::requirement::{Requirement, query};
use crate::queries::replication;
use crate::shared;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "000-REP-1",
            "DMS loads all rows and then captures changes, and can do so in the other direction.",
        )
        .verified_by(shared::replication::rows_are_loaded_and_followed_both_ways())
        .verified_by(shared::replication::replication_stops_at_what_it_cannot_do())
        .verified_by(shared::replication::instances_log_into_a_group_of_the_stack())
        .same_as("000-DB-4"),
        Requirement::new(
            "000-REP-2",
            "Replication instances have private subnets of their own, in three zones.",
        )
        .verified_by(query!(
            replication::instances_have_subnets_of_their_own,
            [
                removed::<DmsReplicationSubnetGroup>(),
                redirected(
                    A::<DmsReplicationSubnetGroup>::subnet_ids(),
                    "network/migration/subnet/private-a"
                ),
            ]
        )),
        Requirement::new(
            "000-REP-3",
            "What replicates is encrypted, survives the loss of a zone, and logs in by secrets over TLS.",
        )
        .verified_by(shared::replication::instances_stand_in_two_zones())
        .verified_by(shared::replication::instances_are_sealed())
        .verified_by(shared::replication::endpoints_use_tls_and_secrets()),
        Requirement::new(
            "000-REP-4",
            "The replication instance reaches both databases, and nothing else but AWS.",
        )
        .verified_by(shared::replication::instances_reach_both_databases()),
        Requirement::new(
            "000-REP-5",
            "Lag of more than five seconds, and a task that failed, raise an alarm.",
        )
        .verified_by(shared::replication::lag_is_noticed())
        .verified_by(shared::replication::failures_are_notified()),
    ]
}
