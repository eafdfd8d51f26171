use paymig::aws::{
    Cloudtrail, CloudwatchLogGroup, IamRole, IamRolePolicy, IamRolePolicyAttachment, KmsKey,
    LambdaFunction, LambdaPermission, SecretsmanagerSecret, SecretsmanagerSecretRotation,
    SecretsmanagerSecretVersion, SsmParameter,
};
use paymig::tree::Argument as A;

use crate::mutation::{dropped, redirected, removed, weakened, weakened_in, widened_in};
use crate::queries::{configuration, keys, monitoring, roles, secrets};
use crate::row::{Row, SERVING, query};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "004-SEC-1",
            "Database credentials are kept in Secrets Manager, encrypted.",
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
        .see("004-DB-7"),
        Row::new(
            "004-SEC-2",
            "A function rotates them by itself, within thirty days.",
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
        .tested(
            "tests/lambda/rotation/test_rotation_postgresql.py",
            "test_the_master_gets_another_password",
        ),
        Row::new(
            "004-SEC-3",
            "Configuration is in Parameter Store, below a path of each environment, and each program reads it there.",
        )
        .holds(query!(
            configuration::parameters_lie_below_their_environment,
            [
                removed::<SsmParameter>().at_once(),
                weakened(A::<SsmParameter>::name()),
                weakened(A::<SsmParameter>::r#type()),
            ]
        ))
        .holds(query!(
            configuration::programs_read_their_configuration,
            SERVING,
            [
                weakened_in(A::<LambdaFunction>::environment(), "PARAMETERS").within("function"),
                weakened_in(A::<IamRolePolicy>::policy(), "Action").within("function"),
            ]
        ))
        .tested("tests/lambda/pipeline/test_fraud_rules.py", "test_thresholds_are_read"),
        Row::new(
            "004-SEC-4",
            "Data at rest is encrypted with customer-managed keys, which rotate and say who may use them.",
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
        .see("004-DB-3")
        .see("004-TAB-4")
        .see("004-BKT-4")
        .see("004-MON-9"),
        Row::new("004-SEC-5", "Data in transit is encrypted.")
            .see("004-DB-4")
            .see("004-API-2")
            .see("004-API-4")
            .see("004-BKT-4")
            .see("004-MON-7"),
        Row::new(
            "004-SEC-6",
            "Each part has a role of its own that may do what it needs, to what it needs it for.",
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
            [redirected(
                A::<LambdaFunction>::role(),
                "database/payments/rotation/role/role"
            )
            .within("function")]
        ))
        .holds(query!(
            roles::every_role_may_do_something,
            [
                removed::<IamRolePolicy>(),
                removed::<IamRolePolicyAttachment>(),
                weakened(A::<IamRolePolicy>::policy()),
            ]
        ))
        .tested("tests/engine/storage.rs", "code_may_use_items_and_removes_none"),
        Row::new(
            "004-SEC-7",
            "Who called which API, and who touched which record, is in the audit logs and cannot be changed unseen.",
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
    ]
}
