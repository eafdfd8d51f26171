use paymig::aws::{
    CloudwatchLogGroup, DbSubnetGroup, RdsCluster, RdsClusterInstance, RdsClusterParameterGroup,
    data, ephemeral,
};
use paymig::terraform::tree::Argument as A;

use crate::asked;
use crate::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::queries::{existing, single_database, single_network};
use crate::row::{Row, SERVING, query};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new("003-DB-1", "Aurora MySQL takes the place of the dedicated database servers.")
            .holds(query!(
                single_database::one_aurora_mysql,
                [
                    removed::<RdsCluster>(),
                    weakened(A::<RdsCluster>::engine()),
                    dropped(A::<RdsCluster>::master_username()),
                ]
            ))
            .holds(asked::database::a_writer_at_least()),
        Row::new(
            "003-DB-2",
            "One writer and two readers, which take over when a zone is lost.",
        )
        .holds(query!(
            single_database::a_writer_and_two_readers,
            SERVING,
            [
                removed::<RdsClusterInstance>(),
                dropped(A::<RdsClusterInstance>::cluster_identifier()),
                removed::<DbSubnetGroup>(),
            ]
        ))
        .holds(query!(
            single_network::databases_stand_in_private_subnets,
            [
                weakened(A::<DbSubnetGroup>::subnet_ids()),
                redirected(A::<DbSubnetGroup>::subnet_ids(), "network/main/subnet/public-a"),
            ]
        ))
        .departs("in phase `legacy`, before rows are replicated, the database is a pilot light: its writer alone"),
        Row::new("003-DB-3", "The database is encrypted at rest with a key of the system.").holds(
            asked::database::databases_are_encrypted(),
        ),
        Row::new("003-DB-4", "Nobody speaks to the database in clear.").holds(asked::database::databases_take_tls_only()),
        Row::new("003-DB-5", "Nobody reaches the database from outside.").holds(asked::database::instances_are_private()),
        Row::new(
            "003-DB-6",
            "The database's log tells who came and what they might do, and no card data.",
        )
        .holds(query!(
            single_database::mysql_logs_who_came_but_no_values,
            [
                weakened(A::<RdsCluster>::enabled_cloudwatch_logs_exports()),
                removed::<CloudwatchLogGroup>().within("database/payments/primary/logs"),
                weakened_in(A::<RdsClusterParameterGroup>::parameter(), "value"),
            ]
        ))
        .holds(asked::database::instances_report_what_they_do()),
        Row::new("003-DB-7", "A database can be restored.").holds(asked::database::databases_are_backed_up()),
        Row::new(
            "003-DB-8",
            "Its password is that of a secret which exists, and is in no state.",
        )
        .holds(query!(
            existing::passwords_are_read_from_what_exists,
            [
                removed::<ephemeral::SecretsmanagerSecretVersion>(),
                removed::<data::SecretsmanagerSecret>().within("database/payments/master"),
            ]
        )),
    ]
}
