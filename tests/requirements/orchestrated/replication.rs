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
            "DMS loads all rows (full load), then captures changes (CDC), and can replicate in reverse.",
        )
        .verified_by(shared::replication::rows_are_loaded_and_replicated_both_ways())
        .verified_by(shared::replication::replication_stops_at_errors())
        .verified_by(shared::replication::instances_log_to_a_log_group_of_the_stack())
        .same_as("000-DB-4"),
        Requirement::new(
            "000-REP-2",
            "Replication instances have private subnets of their own, in three Availability Zones.",
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
            "Replication is encrypted, survives the loss of an Availability Zone, and logs in over TLS with credentials of Secrets Manager.",
        )
        .verified_by(shared::replication::instances_are_multi_az())
        .verified_by(shared::replication::instances_are_private_and_encrypted())
        .verified_by(shared::replication::endpoints_use_tls_and_secrets()),
        Requirement::new(
            "000-REP-4",
            "The replication instance reaches both databases and the APIs of AWS, and nothing else.",
        )
        .verified_by(shared::replication::instances_reach_both_databases()),
        Requirement::new(
            "000-REP-5",
            "Replication lag above five seconds and a failed task cause an alarm.",
        )
        .verified_by(shared::replication::replication_lag_has_an_alarm())
        .verified_by(shared::replication::failures_are_notified()),
    ]
}
