use paymig::aws::KmsKey;
use paymig::aws::{
    CloudwatchLogGroup, RdsCluster, RdsClusterInstance, RdsClusterParameterGroup, RdsGlobalCluster,
};
use paymig::terraform::tree::Argument as A;

use crate::asked;
use crate::mutation::{dropped, removed, weakened, weakened_in};
use crate::queries::database;
use crate::row::{Row, query};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "000-DB-1",
            "Aurora PostgreSQL takes writes in us-east-1 and is read in us-east-2.",
        )
        .holds(asked::database::aurora_postgresql_in_both_regions())
        .holds(asked::database::readers_in_both_regions())
        .holds(query!(
            database::a_writer_at_least,
            [removed::<RdsClusterInstance>()
                .within("database/payments/primary")
                .at_once()]
        ))
        .tested(
            "tests/terraform/systems.rs",
            "an_orchestrated_migration_lives_and_leaves",
        )
        .tested(
            "tests/terraform/documents.rs",
            "a_phase_replaces_nothing_that_keeps_data",
        ),
        Row::new(
            "000-DB-2",
            "Databases are encrypted at rest, with keys of the system.",
        )
        .holds(query!(
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
        Row::new("000-DB-3", "Databases are encrypted in transit.")
            .holds(asked::database::databases_take_tls_only()),
        Row::new(
            "000-DB-4",
            "Changes can be captured on either side, so that replication can turn around.",
        )
        .holds(asked::database::databases_tell_their_changes()),
        Row::new("000-DB-5", "Nobody reaches a database from outside.")
            .holds(asked::database::instances_are_private()),
        Row::new(
            "000-DB-6",
            "The database's log tells who came and what they might do, and no card data.",
        )
        .holds(query!(
            database::databases_log_who_came_but_no_values,
            [
                weakened(A::<RdsCluster>::enabled_cloudwatch_logs_exports()),
                removed::<CloudwatchLogGroup>().within("database/payments/primary/logs"),
                removed::<CloudwatchLogGroup>().within("database/payments/replica/logs"),
                weakened_in(A::<RdsClusterParameterGroup>::parameter(), "value"),
            ]
        )),
        Row::new(
            "000-DB-7",
            "Passwords come from Secrets Manager and are in no state.",
        )
        .holds(asked::database::passwords_are_in_no_state()),
        Row::new(
            "000-DB-10",
            "Instances report what they do, for who looks for the cause of a delay.",
        )
        .holds(asked::database::instances_report_what_they_do()),
        Row::new("000-DB-8", "A database can be restored.")
            .holds(asked::database::databases_are_backed_up()),
        Row::new(
            "000-DB-9",
            "DMS loads all rows and then captures changes, without a gap.",
        )
        .see("000-REP-1"),
    ]
}
