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
            "Aurora PostgreSQL 14, as in the datacenter, spans several Availability Zones: it fails over from the writer to a reader.",
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
            aurora::clusters_have_a_failover_target,
            SERVING,
            [
                removed::<RdsClusterInstance>(),
                dropped(A::<RdsClusterInstance>::cluster_identifier()),
            ]
        ))
        .verified_by(shared::database::clusters_have_an_instance())
        .verified_by(query!(
            aurora::databases_are_in_private_subnets,
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
        .tested("tests/terraform/systems.rs", "containers_behind_one_load_balancer_move_through_their_phases"),
        Requirement::new(
            "001-DB-2",
            "Its storage is encrypted with a customer-managed key.",
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
            "All connections use TLS, and the server certificates are renewed automatically.",
        )
        .verified_by(shared::database::databases_accept_tls_only())
        .verified_by(query!(
            aurora::server_certificates_are_renewed,
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
            "Secrets Manager generates passwords, which are not in the Terraform state.",
        )
        .verified_by(shared::database::passwords_are_not_in_the_state()),
        Requirement::new(
            "001-DB-5",
            "It records changes for CDC, so that replication can be reversed.",
        )
        .verified_by(shared::database::databases_record_changes_for_cdc()),
        Requirement::new(
            "001-DB-6",
            "It publishes instance metrics, logs connections and no card data, and can be restored.",
        )
        .verified_by(shared::database::instances_publish_performance_data())
        .verified_by(shared::database::databases_log_connections_but_no_data())
        .verified_by(shared::database::databases_are_backed_up()),
    ]
}
