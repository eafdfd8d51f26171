use paymig::aws::{
    CloudwatchLogGroup, S3BucketPolicy, SsmParameter, Wafv2WebAcl, Wafv2WebAclAssociation,
    Wafv2WebAclLoggingConfiguration,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{removed, weakened, weakened_in};
use crate::framework::requirement::{Requirement, SERVING, query};
use crate::queries::{balancers, buckets, configuration};
use crate::shared;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "001-SEC-1",
            "Secrets Manager stores the database credentials and rotates them automatically, every 30 days.",
        )
        .verified_by(shared::secrets::secrets_are_encrypted())
        .verified_by(shared::secrets::secrets_are_rotated())
        .verified_by(shared::secrets::rotations_reach_source_databases())
        .verified_by(shared::secrets::rotations_are_permitted())
        .tested(
            "tests/lambda/rotation/test_rotation_postgresql.py",
            "test_rotation_killed_after_any_step_completes",
        )
        .tested(
            "tests/lambda/rotation/test_rotation_postgresql.py",
            "test_source_user_without_privileges_gets_a_new_password",
        )
        .deviates("docs/deviations.md#application-user-of-the-source","the secret of the application user of the datacenter's database is not rotated: the old system logs in as this user, with a password in its own configuration"),
        Requirement::new(
            "001-SEC-2",
            "A web ACL blocks SQL injection, and addresses that send more than 1000 requests a minute.",
        )
        .verified_by(query!(
            balancers::load_balancers_are_protected_by_a_web_acl,
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
        Requirement::new(
            "001-SEC-3",
            "Each program has a role of its own, whose policy names actions and resources.",
        )
        .verified_by(shared::roles::role_policies_name_actions_and_resources())
        .verified_by(shared::roles::roles_are_for_one_service())
        .verified_by(shared::roles::roles_have_no_broad_managed_policy())
        .verified_by(shared::roles::functions_share_no_role())
        .verified_by(shared::roles::every_role_has_a_policy()),
        Requirement::new(
            "001-SEC-4",
            "Keys rotate every year, and their policies name their users.",
        )
        .verified_by(shared::keys::keys_rotate())
        .verified_by(shared::keys::key_policies_name_their_users())
        .same_as("001-DB-2"),
        Requirement::new(
            "001-SEC-5",
            "Buckets are encrypted, block public access, accept TLS only, and keep every version for a year.",
        )
        .verified_by(shared::buckets::buckets_are_encrypted())
        .verified_by(shared::buckets::buckets_block_public_access())
        .verified_by(query!(
            buckets::buckets_deny_connections_without_tls,
            [
                removed::<S3BucketPolicy>(),
                weakened_in(A::<S3BucketPolicy>::policy(), "aws:SecureTransport"),
                weakened_in(A::<S3BucketPolicy>::policy(), "Effect"),
                weakened_in(A::<S3BucketPolicy>::policy(), "Principal"),
            ]
        ))
        .verified_by(shared::buckets::buckets_keep_versions())
        .verified_by(shared::buckets::records_are_kept_for_a_year())
        .verified_by(shared::buckets::checkpoint_bucket_exists()),
        Requirement::new(
            "001-SEC-6",
            "API calls and access to checkpoints are recorded with the caller.",
        )
        .verified_by(shared::monitoring::api_calls_are_audited()),
        Requirement::new(
            "001-SEC-7",
            "Programs run the code of the Terraform configuration, or an image by its digest. Their environment variables are encrypted, and calls are traced.",
        )
        .verified_by(shared::functions::functions_run_the_code_of_the_configuration())
        .verified_by(shared::functions::functions_are_encrypted_and_traced())
        .verified_by(query!(
            configuration::parameters_are_under_the_path_of_their_environment,
            SERVING,
            [
                removed::<SsmParameter>().at_once(),
                weakened(A::<SsmParameter>::name()),
                weakened(A::<SsmParameter>::r#type()),
            ]
        ))
        .same_as("001-APP-1"),
    ]
}
