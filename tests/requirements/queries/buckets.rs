//! Buckets: encryption, access, versions and retention.

use paymig::aws;
use paymig::terraform::tree::View;

use crate::framework::case::{Amount, Case, Item, Known, Verdict};
use crate::framework::policy::statements;

type Bucket<'t> = Item<'t, aws::S3Bucket>;

pub(crate) fn buckets_keep_versions(case: Case<'_>) -> Verdict {
    case.every::<aws::S3Bucket>()
        .must("keep every version", |bucket| {
            let versioning =
                bucket.from::<aws::S3BucketVersioning, _>(View::<aws::S3BucketVersioning>::bucket);
            versioning.iter().any(|versioning| {
                let configuration = versioning.versioning_configuration();
                configuration.is_some_and(|configuration| configuration.status().is("Enabled"))
            })
        })
        .verdict()
}

/// Customer-managed keys, except for access logs of load balancers, for which AWS supports none.
pub(crate) fn buckets_are_encrypted(case: Case<'_>) -> Verdict {
    case.every::<aws::S3Bucket>()
        .must("be encrypted with a key of its own region", |bucket| {
            type Encryption = aws::S3BucketServerSideEncryptionConfiguration;
            let encryption = bucket.from::<Encryption, _>(View::<Encryption>::bucket);
            encryption.iter().any(|encryption| {
                let rules = encryption.rule();
                let defaults = rules
                    .iter()
                    .filter_map(View::apply_server_side_encryption_by_default);
                defaults.into_iter().any(|default| {
                    let own = encryption.uses_own::<aws::KmsKey, _>(default.kms_master_key_id());
                    default.sse_algorithm().is("aws:kms") && own
                        || default.sse_algorithm().is("AES256") && takes_access_logs(bucket)
                })
            })
        })
        .verdict()
}

pub(crate) fn buckets_block_public_access(case: Case<'_>) -> Verdict {
    case.every::<aws::S3Bucket>()
        .must("block public access", |bucket| {
            type Block = aws::S3BucketPublicAccessBlock;
            let blocks = bucket.from::<Block, _>(View::<Block>::bucket);
            blocks.iter().any(|block| {
                block.block_public_acls().is(true)
                    && block.block_public_policy().is(true)
                    && block.ignore_public_acls().is(true)
                    && block.restrict_public_buckets().is(true)
            })
        })
        .verdict()
}

/// PCI DSS 4.2.1.
pub(crate) fn buckets_deny_connections_without_tls(case: Case<'_>) -> Verdict {
    case.every::<aws::S3Bucket>()
        .must("deny connections without TLS", |bucket| {
            let policies =
                bucket.from::<aws::S3BucketPolicy, _>(View::<aws::S3BucketPolicy>::bucket);
            policies.iter().any(|policy| {
                let statements = statements(policy.policy());
                statements.iter().any(|statement| {
                    statement.denies_plain_text() && statement.actions() == ["s3:*"]
                })
            })
        })
        .verdict()
}

/// PCI DSS 10.5.1: at least a year, and not permanently.
pub(crate) fn records_are_kept_for_a_year(case: Case<'_>) -> Verdict {
    type Lifecycle = aws::S3BucketLifecycleConfiguration;
    case.every::<aws::S3Bucket>()
        .that("that the stack file names", |bucket| {
            bucket.path().starts_with("bucket/")
        })
        .must("keep objects and their versions for a year", |bucket| {
            let lifecycles = bucket.from::<Lifecycle, _>(View::<Lifecycle>::bucket);
            let [lifecycle] = &lifecycles[..] else {
                return false;
            };
            let rules = lifecycle.rule();
            !rules.is_empty()
                && rules.iter().all(|rule| {
                    let current = rule.expiration();
                    let earlier = rule.noncurrent_version_expiration();
                    rule.status().is("Enabled")
                        && current.iter().any(|it| it.days().at_least(365))
                        && earlier.iter().any(|it| it.noncurrent_days().at_least(365))
                })
        })
        .verdict()
}

/// The bucket of the migration's checkpoints.
pub(crate) fn checkpoint_bucket_exists(case: Case<'_>) -> Verdict {
    case.every::<aws::S3Bucket>()
        .some("for checkpoints", |bucket| {
            bucket.path() == "bucket/checkpoints/bucket"
        })
        .verdict()
}

/// Whether a load balancer writes access logs to the bucket.
fn takes_access_logs(bucket: &Bucket<'_>) -> bool {
    let balancers = bucket.case.items::<aws::Lb>();
    balancers.iter().any(|balancer| {
        let logs = balancer.access_logs();
        let named = logs.and_then(|logs| logs.bucket());
        named.is_some_and(|named| named.refers_to(bucket.node.node_id()))
    })
}
