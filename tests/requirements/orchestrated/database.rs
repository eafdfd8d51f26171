use paymig::aws::KmsKey;
use paymig::aws::{
    CloudwatchLogGroup, RdsCluster, RdsClusterInstance, RdsClusterParameterGroup, RdsGlobalCluster,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, removed, weakened, weakened_in};
use crate::framework::requirement::{Requirement, query};
use crate::queries::database;
use crate::shared;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "000-DB-1",
            "Aurora PostgreSQL has its writer in us-east-1 and readers in us-east-2.",
        )
        .verified_by(shared::database::aurora_postgresql_in_both_regions())
        .verified_by(shared::database::readers_in_both_regions())
        .verified_by(query!(
            database::clusters_have_an_instance,
            [removed::<RdsClusterInstance>()
                .within("database/payments/primary")
                .at_once()]
        ))
        .tested("tests/terraform/systems.rs", "orchestrated_migration_moves_through_its_phases"),
        Requirement::new(
            "000-DB-2",
            "Databases are encrypted at rest with customer-managed keys.",
        )
        .verified_by(query!(
            database::databases_are_encrypted,
            [
                weakened(A::<RdsCluster>::storage_encrypted()),
                dropped(A::<RdsCluster>::storage_encrypted()),
                dropped(A::<RdsCluster>::kms_key_id()),
                weakened(A::<RdsGlobalCluster>::storage_encrypted()),
                dropped(A::<RdsClusterInstance>::performance_insights_kms_key_id()),
                removed::<KmsKey>().within("key/database"),
            ]
        )),
        Requirement::new("000-DB-3", "Databases are encrypted in transit.")
            .verified_by(shared::database::databases_accept_tls_only()),
        Requirement::new(
            "000-DB-4",
            "Both databases record changes for CDC, so that replication can be reversed.",
        )
        .verified_by(shared::database::databases_record_changes_for_cdc()),
        Requirement::new("000-DB-5", "Databases cannot be reached from outside the network.")
            .verified_by(shared::database::instances_are_private()),
        Requirement::new(
            "000-DB-6",
            "The database logs record connections and changes of privileges, and no card data.",
        )
        .verified_by(query!(
            database::databases_log_connections_but_no_data,
            [
                weakened(A::<RdsCluster>::enabled_cloudwatch_logs_exports()),
                removed::<CloudwatchLogGroup>().within("database/payments/primary/logs"),
                removed::<CloudwatchLogGroup>().within("database/payments/secondary/logs"),
                weakened_in(A::<RdsClusterParameterGroup>::parameter(), "value"),
            ]
        )),
        Requirement::new(
            "000-DB-7",
            "Passwords come from Secrets Manager and are not in the Terraform state.",
        )
        .verified_by(shared::database::passwords_are_not_in_the_state()),
        Requirement::new(
            "000-DB-10",
            "Database instances publish Enhanced Monitoring and Performance Insights data, to diagnose delays.",
        )
        .verified_by(shared::database::instances_publish_performance_data()),
        Requirement::new("000-DB-8", "Databases are backed up and can be restored.")
            .verified_by(shared::database::databases_are_backed_up()),
        Requirement::new(
            "000-DB-9",
            "DMS loads all rows (full load), then captures changes (CDC), without a gap.",
        )
        .same_as("000-REP-1"),
    ]
}
