use paymig::aws::{
    Cloudtrail, CloudwatchLogGroup, IamRolePolicy, KmsKey, LambdaFunction, LambdaPermission,
    SecretsmanagerSecret, SecretsmanagerSecretVersion,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, redirected, removed, weakened, weakened_in, widened_in};
use crate::framework::requirement::{Requirement, query};
use crate::queries::{monitoring, roles, secrets};
use crate::shared;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "002-SEC-1",
            "Policies of roles name actions and resources.",
        )
        .verified_by(query!(
            roles::role_policies_name_actions_and_resources,
            [
                widened_in(A::<IamRolePolicy>::policy(), "Action"),
                widened_in(A::<IamRolePolicy>::policy(), "Resource"),
                weakened_in(A::<IamRolePolicy>::policy(), "Statement"),
            ]
        ))
        .verified_by(query!(
            roles::every_role_has_a_policy,
            [
                removed::<IamRolePolicy>(),
                weakened(A::<IamRolePolicy>::policy()),
            ]
        )),
        Requirement::new(
            "002-SEC-2",
            "Each service, ECS, Lambda and the others, has a role of its own.",
        )
        .verified_by(shared::roles::roles_are_for_one_service())
        .verified_by(shared::roles::roles_have_no_broad_managed_policy())
        .verified_by(query!(
            roles::functions_share_no_role,
            [redirected(
                A::<LambdaFunction>::role(),
                "database/payments/rotation/role/role"
            )
            .within("runbook")]
        ))
        .same_as("002-CMP-7"),
        Requirement::new(
            "002-SEC-3",
            "Everything is encrypted with customer-managed keys, which rotate, and whose policies name their users.",
        )
        .verified_by(shared::keys::keys_rotate())
        .verified_by(shared::keys::key_policies_name_their_users())
        .same_as("002-DB-3")
        .same_as("002-BKT-3")
        .same_as("002-CMP-1")
        .same_as("002-MON-5"),
        Requirement::new(
            "002-SEC-4",
            "Data in transit is encrypted on every connection.",
        )
        .same_as("002-DB-4")
        .same_as("002-DB-8")
        .same_as("002-BKT-3")
        .same_as("002-TRF-4")
        .same_as("002-CMP-2"),
        Requirement::new(
            "002-SEC-5",
            "Credentials are in Secrets Manager, encrypted, and rotate automatically.",
        )
        .verified_by(query!(
            secrets::secrets_are_encrypted,
            [
                dropped(A::<SecretsmanagerSecret>::kms_key_id()),
                removed::<KmsKey>().within("key/secrets-use1"),
                removed::<SecretsmanagerSecretVersion>(),
            ]
        ))
        .verified_by(shared::secrets::secrets_are_rotated())
        .verified_by(shared::secrets::rotations_reach_source_databases())
        .verified_by(query!(
            secrets::rotations_are_permitted,
            [
                removed::<LambdaPermission>(),
                weakened(A::<LambdaPermission>::principal()),
            ]
        )),
        Requirement::new(
            "002-SEC-6",
            "API calls and access to objects are recorded with the caller. A change to the records is detected.",
        )
        .verified_by(query!(
            monitoring::api_calls_are_audited,
            [
                removed::<Cloudtrail>(),
                weakened(A::<Cloudtrail>::is_multi_region_trail()),
                weakened(A::<Cloudtrail>::enable_log_file_validation()),
                dropped(A::<Cloudtrail>::kms_key_id()),
                weakened(A::<Cloudtrail>::s3_bucket_name()),
                weakened_in(A::<Cloudtrail>::event_selector(), "values"),
                removed::<CloudwatchLogGroup>().within("audit"),
            ]
        )),
        Requirement::new(
            "002-SEC-7",
            "Every phase complies with PCI DSS: segmentation, encryption, least privilege, an audit trail, logs for a year.",
        )
        .same_as("002-NET-5")
        .same_as("002-SEC-1")
        .same_as("002-SEC-3")
        .same_as("002-SEC-6")
        .same_as("002-MON-5"),
    ]
}
