use paymig::aws::{
    CloudwatchLogGroup, DbSubnetGroup, RdsCluster, RdsClusterInstance, RdsClusterParameterGroup,
    data, ephemeral,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::framework::requirement::{Requirement, SERVING, query};
use crate::queries::{existing_resources, single_database, single_network};
use crate::shared;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new("003-DB-1", "Aurora MySQL replaces the dedicated database servers.")
            .verified_by(query!(
                single_database::one_aurora_mysql,
                [
                    removed::<RdsCluster>(),
                    weakened(A::<RdsCluster>::engine()),
                    dropped(A::<RdsCluster>::master_username()),
                ]
            ))
            .verified_by(shared::database::clusters_have_an_instance()),
        Requirement::new(
            "003-DB-2",
            "There is one writer and two readers, to which the cluster fails over when an Availability Zone is lost.",
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
            single_network::databases_are_in_private_subnets,
            [
                weakened(A::<DbSubnetGroup>::subnet_ids()),
                redirected(A::<DbSubnetGroup>::subnet_ids(), "network/main/subnet/public-a"),
            ]
        ))
        .deviates("docs/deviations.md#pilot-light","in phase `legacy`, before rows are replicated, the database is a pilot light with the writer only"),
        Requirement::new("003-DB-3", "The database is encrypted at rest with a customer-managed key.").verified_by(
            shared::database::databases_are_encrypted(),
        ),
        Requirement::new("003-DB-4", "The database rejects connections without TLS.").verified_by(shared::database::databases_accept_tls_only()),
        Requirement::new("003-DB-5", "The database cannot be reached from outside the network.").verified_by(shared::database::instances_are_private()),
        Requirement::new(
            "003-DB-6",
            "The database logs record connections and changes of privileges, and no card data.",
        )
        .verified_by(query!(
            single_database::mysql_logs_connections_but_no_data,
            [
                weakened(A::<RdsCluster>::enabled_cloudwatch_logs_exports()),
                removed::<CloudwatchLogGroup>().within("database/payments/primary/logs"),
                weakened_in(A::<RdsClusterParameterGroup>::parameter(), "value"),
            ]
        ))
        .verified_by(shared::database::instances_publish_performance_data()),
        Requirement::new("003-DB-7", "Databases are backed up and can be restored.").verified_by(shared::database::databases_are_backed_up()),
        Requirement::new(
            "003-DB-8",
            "Its password comes from an existing secret, and is not in the Terraform state.",
        )
        .verified_by(query!(
            existing_resources::passwords_come_from_existing_secrets,
            [
                removed::<ephemeral::SecretsmanagerSecretVersion>(),
                removed::<data::SecretsmanagerSecret>().within("database/payments/master"),
            ]
        )),
    ]
}
