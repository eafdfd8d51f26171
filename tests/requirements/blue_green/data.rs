use paymig::aws::{
    DbSubnetGroup, DynamodbTable, KmsKey, RdsCluster, RdsClusterInstance,
    S3BucketLifecycleConfiguration, S3BucketServerSideEncryptionConfiguration,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, removed, weakened, weakened_in};
use crate::framework::requirement::{Requirement, SERVING, query};
use crate::queries::{archive, buckets, single_database, transactions};
use crate::shared;

const SYSTEMS: &str = "tests/terraform/systems.rs";
const LIFE: &str = "function_pipeline_moves_through_its_phases";

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "004-DB-1",
            "Aurora PostgreSQL stores transactional data, is backed up automatically, and is encrypted.",
        )
        .verified_by(query!(
            single_database::one_aurora_postgresql,
            [
                removed::<RdsCluster>(),
                weakened(A::<RdsCluster>::engine()),
                dropped(A::<RdsCluster>::master_username()),
            ]
        ))
        .verified_by(shared::database::databases_are_backed_up())
        .verified_by(shared::database::clusters_have_an_instance())
        .tested(SYSTEMS, LIFE),
        Requirement::new(
            "004-DB-2",
            "Two readers share the load with the writer, and are failover targets when an Availability Zone is lost.",
        )
        .verified_by(query!(
            single_database::a_writer_and_two_readers,
            SERVING,
            [
                removed::<RdsClusterInstance>(),
                dropped(A::<RdsClusterInstance>::cluster_identifier()),
                weakened(A::<DbSubnetGroup>::subnet_ids()),
                removed::<DbSubnetGroup>(),
            ]
        ))
        .deviates("docs/deviations.md#pilot-light","in phase `legacy`, before requests shift from the datacenter, the database is a pilot light with the writer only"),
        Requirement::new(
            "004-DB-3",
            "The database is encrypted with a customer-managed key.",
        )
        .verified_by(shared::database::databases_are_encrypted()),
        Requirement::new("004-DB-4", "The database rejects connections without TLS.").verified_by(shared::database::databases_accept_tls_only()),
        Requirement::new("004-DB-5", "The database cannot be reached from outside the network.").verified_by(shared::database::instances_are_private()),
        Requirement::new(
            "004-DB-6",
            "The database logs record connections and changes of privileges, and no card data.",
        )
        .verified_by(shared::database::databases_log_connections_but_no_data())
        .verified_by(shared::database::instances_publish_performance_data()),
        Requirement::new(
            "004-DB-7",
            "Passwords come from Secrets Manager and are not in the Terraform state.",
        )
        .verified_by(shared::database::passwords_are_not_in_the_state()),
        Requirement::new(
            "004-TAB-1",
            "Each transaction is recorded in DynamoDB exactly once, by its id.",
        )
        .verified_by(query!(
            transactions::tables_are_keyed_by_transaction_id,
            [
                removed::<DynamodbTable>(),
                weakened(A::<DynamodbTable>::hash_key()),
                weakened(A::<DynamodbTable>::billing_mode()),
                weakened_in(A::<DynamodbTable>::attribute(), "type"),
            ]
        ))
        .tested(
            "tests/lambda/payments/test_pipeline.py",
            "test_concurrent_bookings_with_one_key_create_one_payment",
        )
        .tested("tests/terraform/storage.rs", "store_exists_in_every_phase"),
        Requirement::new(
            "004-TAB-2",
            "Global secondary indexes find transactions by customer and by status, ordered by time.",
        )
        .verified_by(query!(
            transactions::tables_have_secondary_indexes,
            [
                weakened(A::<DynamodbTable>::global_secondary_index()),
                weakened_in(A::<DynamodbTable>::global_secondary_index(), "hash_key"),
                weakened_in(A::<DynamodbTable>::global_secondary_index(), "range_key"),
                weakened_in(A::<DynamodbTable>::global_secondary_index(), "projection_type"),
                weakened(A::<DynamodbTable>::attribute()),
            ]
        )),
        Requirement::new(
            "004-TAB-3",
            "Tables can be restored to any second.",
        )
        .verified_by(query!(
            transactions::tables_have_point_in_time_recovery,
            [
                dropped(A::<DynamodbTable>::point_in_time_recovery()),
                weakened_in(A::<DynamodbTable>::point_in_time_recovery(), "enabled"),
            ]
        )),
        Requirement::new(
            "004-TAB-4",
            "Tables are encrypted with a customer-managed key.",
        )
        .verified_by(query!(
            transactions::tables_are_encrypted,
            [
                dropped(A::<DynamodbTable>::server_side_encryption()),
                weakened_in(A::<DynamodbTable>::server_side_encryption(), "enabled"),
                weakened_in(A::<DynamodbTable>::server_side_encryption(), "kms_key_arn"),
                removed::<KmsKey>().within("key/tables"),
            ]
        )),
        Requirement::new("004-BKT-1", "Audit logs have a bucket.").verified_by(shared::archive::audit_logs_have_a_bucket())
        .same_as("004-SEC-7"),
        Requirement::new("004-BKT-2", "Every bucket keeps every version.").verified_by(shared::buckets::buckets_keep_versions()),
        Requirement::new(
            "004-BKT-3",
            "Audit logs are immediately available for 90 days, then in Glacier, and kept for at least a year.",
        )
        .verified_by(query!(
            archive::audit_logs_move_to_glacier,
            [
                removed::<S3BucketLifecycleConfiguration>().within("bucket"),
                weakened_in(A::<S3BucketLifecycleConfiguration>::rule(), "status").within("bucket"),
                weakened_in(A::<S3BucketLifecycleConfiguration>::rule(), "transition").within("bucket"),
                weakened_in(A::<S3BucketLifecycleConfiguration>::rule(), "storage_class").within("bucket"),
            ]
        ))
        .verified_by(shared::buckets::records_are_kept_for_a_year())
        .deviates("docs/deviations.md#retention","90 days is the immediately available part; PCI DSS 10.5.1 requires twelve months, so objects expire after 400 days"),
        Requirement::new(
            "004-BKT-4",
            "Buckets are encrypted, block public access, and deny connections without TLS.",
        )
        .verified_by(query!(
            buckets::buckets_are_encrypted,
            [
                removed::<S3BucketServerSideEncryptionConfiguration>(),
                weakened_in(
                    A::<S3BucketServerSideEncryptionConfiguration>::rule(),
                    "sse_algorithm"
                ),
                weakened_in(
                    A::<S3BucketServerSideEncryptionConfiguration>::rule(),
                    "kms_master_key_id"
                ),
            ]
        ))
        .verified_by(shared::buckets::buckets_block_public_access())
        .verified_by(shared::buckets::buckets_deny_connections_without_tls())
        .deviates("docs/deviations.md#access-logs","the access logs of the load balancer use the key of S3: AWS delivers them with no other key"),
    ]
}
