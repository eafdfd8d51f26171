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
const LIFE: &str = "function_pipeline_applies_and_is_destroyed";

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "004-DB-1",
            "Aurora PostgreSQL keeps what is transactional, backed up by itself and encrypted.",
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
        .verified_by(shared::database::a_writer_at_least())
        .tested(SYSTEMS, LIFE),
        Requirement::new(
            "004-DB-2",
            "Two readers beside the writer share the load, and take over when a zone is lost.",
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
        .deviates("in phase `legacy`, before the datacenter's requests move, the database is a pilot light: its writer alone"),
        Requirement::new(
            "004-DB-3",
            "The database is encrypted with a customer-managed key.",
        )
        .verified_by(shared::database::databases_are_encrypted()),
        Requirement::new("004-DB-4", "Nobody speaks to the database in clear.").verified_by(shared::database::databases_take_tls_only()),
        Requirement::new("004-DB-5", "Nobody reaches the database from outside.").verified_by(shared::database::instances_are_private()),
        Requirement::new(
            "004-DB-6",
            "The database's log tells who came and what they might do, and no card data.",
        )
        .verified_by(shared::database::databases_log_who_came_but_no_values())
        .verified_by(shared::database::instances_report_what_they_do()),
        Requirement::new(
            "004-DB-7",
            "Passwords come from Secrets Manager and are in no state.",
        )
        .verified_by(shared::database::passwords_are_in_no_state()),
        Requirement::new(
            "004-TAB-1",
            "Transactions are recorded in DynamoDB, each once, by its id.",
        )
        .verified_by(query!(
            transactions::records_are_kept_by_their_id,
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
            "Global secondary indexes find transactions by customer and by status, in the order of time.",
        )
        .verified_by(query!(
            transactions::records_are_found_by_more_than_their_id,
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
            transactions::tables_can_be_restored,
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
        Requirement::new("004-BKT-1", "Audit logs have a bucket.").verified_by(shared::archive::audit_has_a_bucket())
        .same_as("004-SEC-7"),
        Requirement::new("004-BKT-2", "Every bucket keeps every version.").verified_by(shared::buckets::buckets_keep_versions()),
        Requirement::new(
            "004-BKT-3",
            "Audit logs are at hand for ninety days, then in Glacier, and kept for a year at least.",
        )
        .verified_by(query!(
            archive::records_age_into_glacier,
            [
                removed::<S3BucketLifecycleConfiguration>().within("bucket"),
                weakened_in(A::<S3BucketLifecycleConfiguration>::rule(), "status").within("bucket"),
                weakened_in(A::<S3BucketLifecycleConfiguration>::rule(), "transition").within("bucket"),
                weakened_in(A::<S3BucketLifecycleConfiguration>::rule(), "storage_class").within("bucket"),
            ]
        ))
        .verified_by(shared::buckets::what_is_of_record_is_kept_for_a_year())
        .deviates("ninety days are what is kept at hand; PCI DSS 10.5.1 wants twelve months, so objects expire after 400 days"),
        Requirement::new(
            "004-BKT-4",
            "Buckets are encrypted, closed to the public, and refuse connections in clear.",
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
        .verified_by(shared::buckets::buckets_are_closed())
        .verified_by(shared::buckets::buckets_take_tls_only())
        .deviates("the access logs of the load balancer are under S3's own key: AWS delivers them into no other bucket"),
    ]
}
