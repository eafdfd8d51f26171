use paymig::aws::{
    CloudwatchLogGroup, S3BucketPolicy, SsmParameter, Wafv2WebAcl, Wafv2WebAclAssociation,
    Wafv2WebAclLoggingConfiguration,
};
use paymig::terraform::tree::Argument as A;

use crate::asked;
use crate::mutation::{removed, weakened, weakened_in};
use crate::queries::{balancers, buckets, configuration};
use crate::row::{Row, SERVING, query};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "001-SEC-1",
            "Secrets Manager holds the logins of databases and changes them every 30 days, by itself.",
        )
        .holds(asked::secrets::secrets_are_encrypted())
        .holds(asked::secrets::secrets_are_rotated())
        .holds(asked::secrets::sources_are_reached_by_what_rotates_their_users())
        .holds(asked::secrets::rotations_are_permitted())
        .tested(
            "tests/lambda/rotation/test_rotation_postgresql.py",
            "test_a_rotation_ends_though_it_was_killed_after_any_step",
        )
        .tested(
            "tests/lambda/rotation/test_rotation_postgresql.py",
            "test_a_source_s_user_without_rights_gets_another_password",
        )
        .departs("the application's user of the datacenter's database is not rotated: the old system logs in as the same user, by a password of its own configuration"),
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
        .holds(asked::roles::roles_may_do_what_is_named())
        .holds(asked::roles::roles_are_for_one_service())
        .holds(asked::roles::functions_share_no_role())
        .holds(asked::roles::every_role_may_do_something()),
        Row::new(
            "001-SEC-4",
            "Keys change every year, and say who may use them.",
        )
        .holds(asked::keys::keys_rotate())
        .holds(asked::keys::keys_name_who_may_use_them())
        .see("001-DB-2"),
        Row::new(
            "001-SEC-5",
            "Buckets are encrypted, closed, take TLS only, and keep every version for a year.",
        )
        .holds(asked::buckets::buckets_are_encrypted())
        .holds(asked::buckets::buckets_are_closed())
        .holds(query!(
            buckets::buckets_take_tls_only,
            [
                removed::<S3BucketPolicy>(),
                weakened_in(A::<S3BucketPolicy>::policy(), "aws:SecureTransport"),
                weakened_in(A::<S3BucketPolicy>::policy(), "Effect"),
                weakened_in(A::<S3BucketPolicy>::policy(), "Principal"),
            ]
        ))
        .holds(asked::buckets::buckets_keep_versions())
        .holds(asked::buckets::what_is_of_record_is_kept_for_a_year())
        .holds(asked::buckets::checkpoints_have_a_bucket()),
        Row::new(
            "001-SEC-6",
            "Who called which API, and who touched which checkpoint, is recorded.",
        )
        .holds(asked::monitoring::calls_are_audited()),
        Row::new(
            "001-SEC-7",
            "Programs run what the document brings, or an image by its digest; their settings are encrypted and what they did is traced.",
        )
        .holds(asked::functions::functions_run_what_the_document_brings())
        .holds(asked::functions::functions_are_sealed_and_traced())
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
