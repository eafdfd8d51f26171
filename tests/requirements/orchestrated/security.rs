use paymig::aws::{
    Cloudtrail, CloudwatchLogGroup, IamRole, IamRolePolicy, IamRolePolicyAttachment, KmsKey,
    LambdaFunction, LambdaPermission, S3Bucket, S3Object, SecretsmanagerSecret,
    SecretsmanagerSecretRotation, SecretsmanagerSecretVersion, SsmParameter,
};
use paymig::tree::Argument as A;

use crate::mutation::{dropped, redirected, removed, weakened, weakened_in, widened_in};
use crate::queries::{configuration, functions, keys, monitoring, roles, secrets};
use crate::row::{Row, query};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "000-SEC-1",
            "Credentials are kept in Secrets Manager, encrypted.",
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
        .see("000-DB-7"),
        Row::new(
            "000-SEC-2",
            "Every secret is rotated at least every 30 days, by itself.",
        )
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
        .open("the secrets of DMS's users, and those of users in the datacenter's database, which its operators write, are not rotated"),
        Row::new(
            "000-SEC-3",
            "Data at rest is encrypted with keys that rotate and say who may use them.",
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
        .see("000-DB-2")
        .see("000-ORC-5")
        .see("000-MON-5"),
        Row::new("000-SEC-4", "Data in transit is encrypted.")
            .see("000-DB-3")
            .see("000-NET-4")
            .see("000-ORC-5")
            .see("000-MON-3"),
        Row::new(
            "000-SEC-5",
            "Each service has a role of its own that may do what it needs, to what it needs it for.",
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
            "000-SEC-6",
            "Who called which API, and who touched which checkpoint, is recorded and cannot be changed unseen.",
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
            "000-CFG-1",
            "Values that differ between environments are in Parameter Store, below a path of each environment.",
        )
        .holds(query!(
            configuration::parameters_lie_below_their_environment,
            [
                removed::<SsmParameter>().at_once(),
                weakened(A::<SsmParameter>::name()),
                weakened(A::<SsmParameter>::r#type()),
            ]
        )),
        Row::new(
            "000-CFG-2",
            "Database credentials are in Secrets Manager and rotate by a policy.",
        )
        .see("000-SEC-1")
        .see("000-SEC-2"),
        Row::new(
            "000-FUN-1",
            "Functions run Python from `lambda/`, in the version that the document brings.",
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
        .departs("`lambda/` stands at the top, not in `lib/`: there is no `lib`"),
        Row::new(
            "000-FUN-2",
            "Functions keep their settings encrypted, are traced, and log in JSON.",
        )
        .holds(query!(
            functions::functions_are_sealed_and_traced,
            [
                dropped(A::<LambdaFunction>::kms_key_arn()),
                weakened_in(A::<LambdaFunction>::tracing_config(), "mode"),
                dropped(A::<LambdaFunction>::tracing_config()),
                weakened_in(A::<LambdaFunction>::logging_config(), "log_format"),
                weakened_in(A::<LambdaFunction>::logging_config(), "log_group"),
            ]
        )),
    ]
}
