use paymig::aws::{
    CloudwatchEventRule, CloudwatchEventTarget, CloudwatchLogGroup, CloudwatchMetricAlarm,
    DbSubnetGroup, DmsCertificate, DmsEndpoint, DmsReplicationInstance, DmsReplicationSubnetGroup,
    DmsReplicationTask, EcsTaskDefinition, IamRole, KmsKey, LambdaFunction, RdsCluster,
    RdsClusterInstance, RdsClusterParameterGroup, RdsGlobalCluster, SecretsmanagerSecret,
    SecretsmanagerSecretVersion, SecurityGroup, VpcSecurityGroupEgressRule,
    VpcSecurityGroupIngressRule, data,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::framework::requirement::{MIGRATING, Requirement, SERVING, query};
use crate::queries::{database, existing_system, region_change, replication};
use crate::shared;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "002-DB-1",
            "An Aurora PostgreSQL global database has its writer in us-east-1 and readers in us-east-2.",
        )
        .verified_by(shared::database::aurora_postgresql_in_both_regions())
        .verified_by(shared::database::readers_in_both_regions())
        .verified_by(query!(
            database::clusters_have_an_instance,
            [removed::<RdsClusterInstance>()
                .within("database/payments/primary")
                .at_once()]
        ))
        .tested(
            "tests/terraform/systems.rs",
            "two_regions_with_an_existing_vpc_move_through_their_phases",
        ),
        Requirement::new(
            "002-DB-2",
            "It is backed up automatically, and can be restored to any second of the last five weeks.",
        )
        .verified_by(shared::database::databases_are_backed_up()),
        Requirement::new(
            "002-DB-3",
            "It is encrypted at rest with customer-managed keys, one in each region.",
        )
        .verified_by(query!(
            database::databases_are_encrypted,
            [
                weakened(A::<RdsCluster>::storage_encrypted()),
                dropped(A::<RdsCluster>::kms_key_id()),
                weakened(A::<RdsGlobalCluster>::storage_encrypted()),
                dropped(A::<RdsClusterInstance>::performance_insights_kms_key_id()),
                removed::<KmsKey>().within("key/database"),
            ]
        )),
        Requirement::new("002-DB-4", "It rejects connections without TLS.").verified_by(shared::database::databases_accept_tls_only()),
        Requirement::new(
            "002-DB-5",
            "It is in private subnets. Security group rules name each client, including those in the other region and in the old network.",
        )
        .verified_by(query!(
            database::instances_are_private,
            [
                weakened(A::<RdsClusterInstance>::publicly_accessible()),
                dropped(A::<RdsCluster>::vpc_security_group_ids()),
                removed::<SecurityGroup>().within("database/payments/primary"),
                removed::<SecurityGroup>().within("database/payments/secondary"),
                removed::<DbSubnetGroup>(),
            ]
        ))
        .verified_by(query!(
            existing_system::target_database_allows_other_networks,
            MIGRATING,
            [
                removed::<VpcSecurityGroupIngressRule>()
                    .within("database/payments/ingress/secondary"),
                removed::<VpcSecurityGroupIngressRule>()
                    .within("database/payments/ingress/legacy"),
            ]
        )),
        Requirement::new(
            "002-DB-6",
            "Its passwords are generated, stored in Secrets Manager, and not in the Terraform state.",
        )
        .verified_by(shared::database::passwords_are_not_in_the_state()),
        Requirement::new(
            "002-DB-7",
            "Its logs record connections and no card data. Instances publish metrics.",
        )
        .verified_by(query!(
            database::databases_log_connections_but_no_data,
            [
                weakened(A::<RdsCluster>::enabled_cloudwatch_logs_exports()),
                removed::<CloudwatchLogGroup>().within("database/payments/primary/logs"),
                removed::<CloudwatchLogGroup>().within("database/payments/secondary/logs"),
                weakened_in(A::<RdsClusterParameterGroup>::parameter(), "value"),
            ]
        ))
        .verified_by(shared::database::instances_publish_performance_data()),
        Requirement::new(
            "002-DB-8",
            "The rows of the old database are loaded and replicated while it serves. Reverse replication keeps a rollback possible.",
        )
        .verified_by(query!(
            replication::rows_are_loaded_and_replicated_both_ways,
            MIGRATING,
            [
                removed::<DmsReplicationTask>(),
                removed::<DmsReplicationInstance>(),
                removed::<DmsEndpoint>(),
                weakened(A::<DmsReplicationTask>::migration_type()),
            ]
        ))
        .verified_by(shared::database::databases_record_changes_for_cdc())
        .verified_by(shared::replication::replication_stops_at_errors())
        .verified_by(query!(
            replication::instances_log_to_a_log_group_of_the_stack,
            MIGRATING,
            [removed::<CloudwatchLogGroup>().within("replication/payments/log-group")]
        ))
        .verified_by(query!(
            replication::instances_have_subnets_of_their_own,
            [
                removed::<DmsReplicationSubnetGroup>(),
                redirected(
                    A::<DmsReplicationSubnetGroup>::subnet_ids(),
                    "network/primary/subnet/private-a"
                ),
            ]
        ))
        .verified_by(query!(
            replication::instances_are_private_and_encrypted,
            MIGRATING,
            [
                weakened(A::<DmsReplicationInstance>::publicly_accessible()),
                dropped(A::<DmsReplicationInstance>::kms_key_arn()),
                removed::<SecurityGroup>().within("replication"),
                removed::<data::IamRoles>(),
            ]
        ))
        .verified_by(shared::replication::instances_are_multi_az())
        .verified_by(query!(
            replication::endpoints_use_tls_and_secrets,
            MIGRATING,
            [
                weakened(A::<DmsEndpoint>::ssl_mode()),
                removed::<DmsCertificate>(),
                dropped(A::<DmsEndpoint>::secrets_manager_arn()),
                removed::<IamRole>().within("replication"),
                removed::<SecretsmanagerSecretVersion>().within("replication/payments/source-user"),
                removed::<SecretsmanagerSecretVersion>().within("replication/payments/target-user"),
            ]
        ))
        .verified_by(query!(
            existing_system::replication_instance_reaches_both_databases,
            MIGRATING,
            [
                removed::<VpcSecurityGroupEgressRule>()
                    .within("replication/payments/security-group"),
                removed::<VpcSecurityGroupIngressRule>()
                    .within("replication/payments/security-group"),
            ]
        )),
        Requirement::new(
            "002-DB-9",
            "Replication lag and a failed task cause an alarm.",
        )
        .verified_by(query!(
            replication::replication_lag_has_an_alarm,
            MIGRATING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/replication"),
                weakened(A::<CloudwatchMetricAlarm>::threshold()).within("alarms/replication"),
                weakened(A::<CloudwatchMetricAlarm>::metric_name()).within("alarms/replication"),
            ]
        ))
        .verified_by(query!(
            replication::failures_are_notified,
            MIGRATING,
            [
                removed::<CloudwatchEventRule>().within("replication"),
                removed::<CloudwatchEventTarget>().within("replication"),
            ]
        )),
        Requirement::new(
            "002-DB-10",
            "Payments and rotations continue after the database changes its region.",
        )
        .verified_by(query!(
            region_change::tasks_have_the_hosts_of_both_clusters,
            SERVING,
            [weakened_in(A::<EcsTaskDefinition>::container_definitions(), "value")]
        ))
        .verified_by(query!(
            region_change::secrets_of_tasks_have_replicas,
            SERVING,
            [
                dropped(A::<SecretsmanagerSecret>::replica())
                    .within("database/payments/application"),
                removed::<KmsKey>().within("key/secrets-use2"),
            ]
        ))
        .verified_by(query!(
            region_change::clusters_accept_clients_of_both_regions,
            SERVING,
            [
                removed::<VpcSecurityGroupIngressRule>()
                    .within("database/payments/ingress")
                    .at_once(),
                removed::<VpcSecurityGroupIngressRule>()
                    .within("database/payments/ingress/primary-secondary"),
                removed::<VpcSecurityGroupIngressRule>()
                    .within("service/payments/secondary/ingress/payments-secondary"),
            ]
        ))
        .verified_by(query!(
            region_change::rotation_reaches_both_clusters,
            [
                weakened_in(A::<LambdaFunction>::environment(), "DATABASES"),
                removed::<VpcSecurityGroupEgressRule>()
                    .within("database/payments/rotation/egress/database"),
            ]
        ))
        .tested(
            "tests/lambda/database/test_global_database.py",
            "test_payments_continue_after_a_change_of_the_region",
        )
        .tested(
            "tests/lambda/database/test_global_database.py",
            "test_rotation_continues_after_a_change_of_the_region",
        )
        .tested(
            "tests/terraform/systems.rs",
            "two_regions_with_an_existing_vpc_move_through_their_phases",
        ),
    ]
}
