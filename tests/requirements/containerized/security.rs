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
            "Secrets Manager holds the logins of databases and changes them every 30 days, by itself.",
        )
        .verified_by(shared::secrets::secrets_are_encrypted())
        .verified_by(shared::secrets::secrets_are_rotated())
        .verified_by(shared::secrets::sources_are_reached_by_what_rotates_their_users())
        .verified_by(shared::secrets::rotations_are_permitted())
        .tested(
            "tests/lambda/rotation/test_rotation_postgresql.py",
            "test_rotation_killed_after_any_step_completes",
        )
        .tested(
            "tests/lambda/rotation/test_rotation_postgresql.py",
            "test_source_user_without_privileges_gets_a_new_password",
        )
        .deviates("the application's user of the datacenter's database is not rotated: the old system logs in as the same user, by a password of its own configuration"),
        Requirement::new(
            "001-SEC-2",
            "A web ACL blocks injected SQL, and addresses that send more than 1000 requests a minute.",
        )
        .verified_by(query!(
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
        Requirement::new(
            "001-SEC-3",
            "Each program has a role of its own, which may do what is named to what is named.",
        )
        .verified_by(shared::roles::roles_may_do_what_is_named())
        .verified_by(shared::roles::roles_are_for_one_service())
        .verified_by(shared::roles::functions_share_no_role())
        .verified_by(shared::roles::every_role_may_do_something()),
        Requirement::new(
            "001-SEC-4",
            "Keys change every year, and say who may use them.",
        )
        .verified_by(shared::keys::keys_rotate())
        .verified_by(shared::keys::keys_name_who_may_use_them())
        .same_as("001-DB-2"),
        Requirement::new(
            "001-SEC-5",
            "Buckets are encrypted, closed, take TLS only, and keep every version for a year.",
        )
        .verified_by(shared::buckets::buckets_are_encrypted())
        .verified_by(shared::buckets::buckets_are_closed())
        .verified_by(query!(
            buckets::buckets_take_tls_only,
            [
                removed::<S3BucketPolicy>(),
                weakened_in(A::<S3BucketPolicy>::policy(), "aws:SecureTransport"),
                weakened_in(A::<S3BucketPolicy>::policy(), "Effect"),
                weakened_in(A::<S3BucketPolicy>::policy(), "Principal"),
            ]
        ))
        .verified_by(shared::buckets::buckets_keep_versions())
        .verified_by(shared::buckets::what_is_of_record_is_kept_for_a_year())
        .verified_by(shared::buckets::checkpoints_have_a_bucket()),
        Requirement::new(
            "001-SEC-6",
            "Who called which API, and who touched which checkpoint, is recorded.",
        )
        .verified_by(shared::monitoring::calls_are_audited()),
        Requirement::new(
            "001-SEC-7",
            "Programs run what the document brings, or an image by its digest; their settings are encrypted and what they did is traced.",
        )
        .verified_by(shared::functions::functions_run_what_the_document_brings())
        .verified_by(shared::functions::functions_are_sealed_and_traced())
        .verified_by(query!(
            configuration::parameters_lie_below_their_environment,
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
