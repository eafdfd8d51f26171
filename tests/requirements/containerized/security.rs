use paymig::aws::{
    Cloudtrail, CloudwatchLogGroup, IamRole, IamRolePolicy, IamRolePolicyAttachment, KmsKey,
    LambdaFunction, LambdaPermission, S3Bucket, S3BucketLifecycleConfiguration, S3BucketPolicy,
    S3BucketPublicAccessBlock, S3BucketServerSideEncryptionConfiguration, S3BucketVersioning,
    S3Object, SecretsmanagerSecret, SecretsmanagerSecretRotation, SecretsmanagerSecretVersion,
    SsmParameter, Wafv2WebAcl, Wafv2WebAclAssociation, Wafv2WebAclLoggingConfiguration,
};
use paymig::tree::Argument as A;

use crate::mutation::{dropped, redirected, removed, weakened, weakened_in, widened_in};
use crate::queries::{
    balancers, buckets, configuration, functions, keys, monitoring, roles, secrets,
};
use crate::row::{Row, SERVING, query};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "001-SEC-1",
            "Secrets Manager holds the logins of databases and changes them every 30 days, by itself.",
        )
        .holds(query!(
            secrets::secrets_are_encrypted,
            [
                dropped(A::<SecretsmanagerSecret>::kms_key_id()),
                weakened(A::<SecretsmanagerSecret>::kms_key_id()),
                removed::<KmsKey>().within("key/secrets"),
                removed::<SecretsmanagerSecretVersion>(),
            ]
        ))
        .holds(query!(
            secrets::secrets_are_rotated,
            [
                removed::<SecretsmanagerSecretRotation>(),
                weakened_in(
                    A::<SecretsmanagerSecretRotation>::rotation_rules(),
                    "automatically_after_days"
                ),
                dropped(A::<SecretsmanagerSecretRotation>::rotation_lambda_arn()),
            ]
        ))
        .holds(query!(
            secrets::rotations_are_permitted,
            [
                removed::<LambdaPermission>().within("database/payments/rotation"),
                weakened(A::<LambdaPermission>::principal()).within("database/payments/rotation"),
                dropped(A::<LambdaPermission>::source_account())
                    .within("database/payments/rotation"),
            ]
        ))
        .tested(
            "tests/lambda/rotation/test_rotation_postgresql.py",
            "test_a_rotation_ends_though_it_was_killed_after_any_step",
        )
        .open("the secrets of users in the datacenter's database, which its operators write, are not rotated"),
        Row::new(
            "001-SEC-2",
            "A web ACL blocks injected SQL, and addresses that send more than 1000 requests a minute.",
        )
        .holds(query!(
            balancers::a_web_acl_stands_in_front,
            [
                removed::<Wafv2WebAclAssociation>(),
                removed::<Wafv2WebAcl>(),
                weakened(A::<Wafv2WebAcl>::rule()),
                weakened_in(A::<Wafv2WebAcl>::rule(), "managed_rule_group_statement"),
                weakened_in(A::<Wafv2WebAcl>::rule(), "vendor_name"),
                weakened_in(A::<Wafv2WebAcl>::rule(), "limit"),
                weakened_in(A::<Wafv2WebAcl>::rule(), "evaluation_window_sec"),
                weakened_in(A::<Wafv2WebAcl>::rule(), "aggregate_key_type"),
                weakened_in(A::<Wafv2WebAcl>::rule(), "action"),
                weakened_in(A::<Wafv2WebAcl>::rule(), "override_action"),
                removed::<Wafv2WebAclLoggingConfiguration>(),
                removed::<CloudwatchLogGroup>().within("waf"),
                weakened(A::<Wafv2WebAclLoggingConfiguration>::redacted_fields()),
            ]
        )),
        Row::new(
            "001-SEC-3",
            "Each program has a role of its own, which may do what is named to what is named.",
        )
        .holds(query!(
            roles::roles_may_do_what_is_named,
            [
                widened_in(A::<IamRolePolicy>::policy(), "Action"),
                widened_in(A::<IamRolePolicy>::policy(), "Resource"),
                weakened_in(A::<IamRolePolicy>::policy(), "Statement"),
                removed::<IamRole>().within("audit"),
            ]
        ))
        .holds(query!(
            roles::roles_are_for_one_service,
            [
                widened_in(A::<IamRole>::assume_role_policy(), "Service"),
                weakened(A::<IamRole>::assume_role_policy()),
            ]
        ))
        .holds(query!(
            roles::functions_share_no_role,
            [
                redirected(
                    A::<LambdaFunction>::role(),
                    "database/payments/rotation/role/role"
                )
                .within("function/payments"),
            ]
        ))
        .holds(query!(
            roles::every_role_may_do_something,
            [
                removed::<IamRolePolicy>(),
                removed::<IamRolePolicyAttachment>(),
                weakened(A::<IamRolePolicy>::policy()),
            ]
        )),
        Row::new(
            "001-SEC-4",
            "Keys change every year, and say who may use them.",
        )
        .holds(query!(
            keys::keys_rotate,
            [
                weakened(A::<KmsKey>::enable_key_rotation()),
                dropped(A::<KmsKey>::enable_key_rotation()),
            ]
        ))
        .holds(query!(
            keys::keys_name_who_may_use_them,
            [
                dropped(A::<KmsKey>::policy()),
                widened_in(A::<KmsKey>::policy(), "AWS"),
            ]
        ))
        .see("001-DB-2"),
        Row::new(
            "001-SEC-5",
            "Buckets are encrypted, closed, take TLS only, and keep every version for a year.",
        )
        .holds(query!(
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
                removed::<KmsKey>().within("key/objects"),
            ]
        ))
        .holds(query!(
            buckets::buckets_are_closed,
            [
                removed::<S3BucketPublicAccessBlock>(),
                weakened(A::<S3BucketPublicAccessBlock>::block_public_acls()),
                weakened(A::<S3BucketPublicAccessBlock>::block_public_policy()),
                weakened(A::<S3BucketPublicAccessBlock>::ignore_public_acls()),
                dropped(A::<S3BucketPublicAccessBlock>::restrict_public_buckets()),
            ]
        ))
        .holds(query!(
            buckets::buckets_take_tls_only,
            [
                removed::<S3BucketPolicy>(),
                weakened_in(A::<S3BucketPolicy>::policy(), "aws:SecureTransport"),
                weakened_in(A::<S3BucketPolicy>::policy(), "Effect"),
                weakened_in(A::<S3BucketPolicy>::policy(), "Principal"),
            ]
        ))
        .holds(query!(
            buckets::buckets_keep_versions,
            [
                removed::<S3BucketVersioning>(),
                weakened_in(A::<S3BucketVersioning>::versioning_configuration(), "status"),
            ]
        ))
        .holds(query!(
            buckets::what_is_of_record_is_kept_for_a_year,
            [
                weakened_in(A::<S3BucketLifecycleConfiguration>::rule(), "status").within("bucket"),
                weakened_in(A::<S3BucketLifecycleConfiguration>::rule(), "expiration").within("bucket"),
                weakened_in(A::<S3BucketLifecycleConfiguration>::rule(), "noncurrent_days").within("bucket"),
                removed::<S3BucketLifecycleConfiguration>().within("bucket"),
            ]
        ))
        .holds(query!(
            buckets::checkpoints_have_a_bucket,
            [removed::<S3Bucket>().within("bucket/checkpoints")]
        )),
        Row::new(
            "001-SEC-6",
            "Who called which API, and who touched which checkpoint, is recorded.",
        )
        .holds(query!(
            monitoring::calls_are_audited,
            [
                removed::<Cloudtrail>(),
                weakened(A::<Cloudtrail>::is_multi_region_trail()),
                weakened(A::<Cloudtrail>::include_global_service_events()),
                weakened(A::<Cloudtrail>::enable_log_file_validation()),
                dropped(A::<Cloudtrail>::kms_key_id()),
                weakened(A::<Cloudtrail>::s3_bucket_name()),
                dropped(A::<Cloudtrail>::cloud_watch_logs_group_arn()),
                weakened_in(A::<Cloudtrail>::event_selector(), "values"),
                removed::<CloudwatchLogGroup>().within("audit"),
            ]
        )),
        Row::new(
            "001-SEC-7",
            "Programs run what the document brings, or an image by its digest; their settings are encrypted and what they did is traced.",
        )
        .holds(query!(
            functions::functions_run_what_the_document_brings,
            [
                weakened(A::<LambdaFunction>::runtime()),
                weakened(A::<LambdaFunction>::s3_object_version()),
                dropped(A::<LambdaFunction>::source_code_hash()),
                removed::<S3Object>(),
                removed::<S3Bucket>().within("artifacts"),
            ]
        ))
        .holds(query!(
            functions::functions_are_sealed_and_traced,
            [
                dropped(A::<LambdaFunction>::kms_key_arn()),
                weakened_in(A::<LambdaFunction>::tracing_config(), "mode"),
                dropped(A::<LambdaFunction>::tracing_config()),
                weakened_in(A::<LambdaFunction>::logging_config(), "log_format"),
                weakened_in(A::<LambdaFunction>::logging_config(), "log_group"),
            ]
        ))
        .holds(query!(
            configuration::parameters_lie_below_their_environment,
            SERVING,
            [
                removed::<SsmParameter>().at_once(),
                weakened(A::<SsmParameter>::name()),
                weakened(A::<SsmParameter>::r#type()),
            ]
        ))
        .see("001-APP-1"),
    ]
}
