use paymig::aws::{
    DbSubnetGroup, KmsKey, RdsCluster, RdsClusterInstance, RdsClusterParameterGroup,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, redirected, removed, weakened};
use crate::framework::requirement::{Requirement, SERVING, query};
use crate::queries::{aurora, database};
use crate::shared;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "001-DB-1",
            "Aurora PostgreSQL 14, as in the datacenter, stands in several zones: a reader takes over from the writer.",
        )
        .verified_by(query!(
            aurora::databases_are_postgresql_14,
            [
                removed::<RdsCluster>(),
                weakened(A::<RdsCluster>::engine()),
                weakened(A::<RdsCluster>::engine_version()),
                removed::<RdsClusterParameterGroup>(),
                weakened(A::<RdsClusterParameterGroup>::family()),
            ]
        ))
        .verified_by(query!(
            aurora::a_reader_takes_over,
            SERVING,
            [
                removed::<RdsClusterInstance>(),
                dropped(A::<RdsClusterInstance>::cluster_identifier()),
            ]
        ))
        .verified_by(shared::database::a_writer_at_least())
        .verified_by(query!(
            aurora::databases_stand_in_private_subnets,
            [
                removed::<DbSubnetGroup>(),
                weakened(A::<DbSubnetGroup>::subnet_ids()),
                redirected(
                    A::<DbSubnetGroup>::subnet_ids(),
                    "network/main/subnet/public-a"
                ),
            ]
        ))
        .verified_by(shared::database::instances_are_private())
        .tested(
            "tests/terraform/configurations.rs",
            "phase_change_replaces_no_stateful_resource",
        ),
        Requirement::new(
            "001-DB-2",
            "Its storage is encrypted with a key of the system.",
        )
        .verified_by(query!(
            database::databases_are_encrypted,
            [
                weakened(A::<RdsCluster>::storage_encrypted()),
                dropped(A::<RdsCluster>::storage_encrypted()),
                dropped(A::<RdsCluster>::kms_key_id()),
                dropped(A::<RdsClusterInstance>::performance_insights_kms_key_id()),
                removed::<KmsKey>().within("key/database"),
            ]
        )),
        Requirement::new(
            "001-DB-3",
            "Whoever connects uses TLS, and the certificates are renewed.",
        )
        .verified_by(shared::database::databases_take_tls_only())
        .verified_by(query!(
            aurora::certificates_are_renewed,
            [
                weakened(A::<RdsClusterInstance>::ca_cert_identifier()),
                dropped(A::<RdsClusterInstance>::ca_cert_identifier()),
            ]
        ))
        .tested(
            "tests/lambda/common/test_connections.py",
            "test_unknown_certificate_authority_is_rejected",
        )
        .tested(
            "tests/lambda/database/test_rds_root_certificates.py",
            "test_file_has_the_self_signed_roots_of_its_region_valid_beyond_2060",
        )
        .tested(
            "tests/diagnostics/sections.rs",
            "database_in_region_without_rds_roots_is_rejected",
        )
        .same_as("001-REP-3"),
        Requirement::new(
            "001-DB-4",
            "Passwords are made by Secrets Manager, and are in no state.",
        )
        .verified_by(shared::database::passwords_are_in_no_state()),
        Requirement::new(
            "001-DB-5",
            "Its changes can be captured, so that replication can turn around.",
        )
        .verified_by(shared::database::databases_tell_their_changes()),
        Requirement::new(
            "001-DB-6",
            "It is watched inside, logs who came and no card data, and can be restored.",
        )
        .verified_by(shared::database::instances_report_what_they_do())
        .verified_by(shared::database::databases_log_who_came_but_no_values())
        .verified_by(shared::database::databases_are_backed_up()),
    ]
}
