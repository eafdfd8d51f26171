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
            "Aurora PostgreSQL takes writes in us-east-1 and is read in us-east-2.",
        )
        .verified_by(shared::database::aurora_postgresql_in_both_regions())
        .verified_by(shared::database::readers_in_both_regions())
        .verified_by(query!(
            database::a_writer_at_least,
            [removed::<RdsClusterInstance>()
                .within("database/payments/primary")
                .at_once()]
        ))
        .tested(
            "tests/terraform/systems.rs",
            "orchestrated_migration_applies_and_is_destroyed",
        )
        .tested(
            "tests/terraform/configurations.rs",
            "phase_change_replaces_no_stateful_resource",
        ),
        Requirement::new(
            "000-DB-2",
            "Databases are encrypted at rest, with keys of the system.",
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
            .verified_by(shared::database::databases_take_tls_only()),
        Requirement::new(
            "000-DB-4",
            "Changes can be captured on either side, so that replication can turn around.",
        )
        .verified_by(shared::database::databases_tell_their_changes()),
        Requirement::new("000-DB-5", "Nobody reaches a database from outside.")
            .verified_by(shared::database::instances_are_private()),
        Requirement::new(
            "000-DB-6",
            "The database's log tells who came and what they might do, and no card data.",
        )
        .verified_by(query!(
            database::databases_log_who_came_but_no_values,
            [
                weakened(A::<RdsCluster>::enabled_cloudwatch_logs_exports()),
                removed::<CloudwatchLogGroup>().within("database/payments/primary/logs"),
                removed::<CloudwatchLogGroup>().within("database/payments/secondary/logs"),
                weakened_in(A::<RdsClusterParameterGroup>::parameter(), "value"),
            ]
        )),
        Requirement::new(
            "000-DB-7",
            "Passwords come from Secrets Manager and are in no state.",
        )
        .verified_by(shared::database::passwords_are_in_no_state()),
        Requirement::new(
            "000-DB-10",
            "Instances report what they do, for who looks for the cause of a delay.",
        )
        .verified_by(shared::database::instances_report_what_they_do()),
        Requirement::new("000-DB-8", "A database can be restored.")
            .verified_by(shared::database::databases_are_backed_up()),
        Requirement::new(
            "000-DB-9",
            "DMS loads all rows and then captures changes, without a gap.",
        )
        .same_as("000-REP-1"),
    ]
}
