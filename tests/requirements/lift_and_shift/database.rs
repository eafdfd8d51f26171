use paymig::aws::{
    CloudwatchLogGroup, DbSubnetGroup, RdsCluster, RdsClusterInstance, RdsClusterParameterGroup,
    data, ephemeral,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::framework::requirement::{Requirement, SERVING, query};
use crate::queries::{existing, single_database, single_network};
use crate::shared;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new("003-DB-1", "Aurora MySQL takes the place of the dedicated database servers.")
            .verified_by(query!(
                single_database::one_aurora_mysql,
                [
                    removed::<RdsCluster>(),
                    weakened(A::<RdsCluster>::engine()),
                    dropped(A::<RdsCluster>::master_username()),
                ]
            ))
            .verified_by(shared::database::a_writer_at_least()),
        Requirement::new(
            "003-DB-2",
            "One writer and two readers, which take over when a zone is lost.",
        )
        .verified_by(query!(
            single_database::a_writer_and_two_readers,
            SERVING,
            [
                removed::<RdsClusterInstance>(),
                dropped(A::<RdsClusterInstance>::cluster_identifier()),
                removed::<DbSubnetGroup>(),
            ]
        ))
        .verified_by(query!(
            single_network::databases_stand_in_private_subnets,
            [
                weakened(A::<DbSubnetGroup>::subnet_ids()),
                redirected(A::<DbSubnetGroup>::subnet_ids(), "network/main/subnet/public-a"),
            ]
        ))
        .deviates("in phase `legacy`, before rows are replicated, the database is a pilot light: its writer alone"),
        Requirement::new("003-DB-3", "The database is encrypted at rest with a key of the system.").verified_by(
            shared::database::databases_are_encrypted(),
        ),
        Requirement::new("003-DB-4", "Nobody speaks to the database in clear.").verified_by(shared::database::databases_take_tls_only()),
        Requirement::new("003-DB-5", "Nobody reaches the database from outside.").verified_by(shared::database::instances_are_private()),
        Requirement::new(
            "003-DB-6",
            "The database's log tells who came and what they might do, and no card data.",
        )
        .verified_by(query!(
            single_database::mysql_logs_who_came_but_no_values,
            [
                weakened(A::<RdsCluster>::enabled_cloudwatch_logs_exports()),
                removed::<CloudwatchLogGroup>().within("database/payments/primary/logs"),
                weakened_in(A::<RdsClusterParameterGroup>::parameter(), "value"),
            ]
        ))
        .verified_by(shared::database::instances_report_what_they_do()),
        Requirement::new("003-DB-7", "A database can be restored.").verified_by(shared::database::databases_are_backed_up()),
        Requirement::new(
            "003-DB-8",
            "Its password is that of a secret which exists, and is in no state.",
        )
        .verified_by(query!(
            existing::passwords_are_read_from_what_exists,
            [
                removed::<ephemeral::SecretsmanagerSecretVersion>(),
                removed::<data::SecretsmanagerSecret>().within("database/payments/master"),
            ]
        )),
    ]
}
