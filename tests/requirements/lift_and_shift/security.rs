use paymig::aws::{
    KmsKey, LambdaFunction, S3Bucket, S3Object, SecretsmanagerSecret, SecretsmanagerSecretVersion,
    VpcSecurityGroupEgressRule, data, ephemeral,
};
use paymig::terraform::tree::Argument as A;

use crate::asked;
use crate::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::queries::{existing, functions, network, roles, secrets};
use crate::row::{MIGRATING, Row, query};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "003-SEC-1",
            "Everything that keeps data is encrypted at rest, with keys that rotate and say who may use them.",
        )
        .holds(asked::keys::keys_rotate())
        .holds(asked::keys::keys_name_who_may_use_them())
        .holds(asked::buckets::buckets_are_encrypted())
        .see("003-DB-3")
        .see("003-APP-5")
        .see("003-REP-1")
        .see("003-MON-8"),
        Row::new("003-SEC-2", "What travels is encrypted by TLS.")
            .holds(asked::buckets::buckets_take_tls_only())
            .see("003-APP-3")
            .see("003-APP-4")
            .see("003-DB-4")
            .see("003-REP-2")
            .see("003-MON-6"),
        Row::new(
            "003-SEC-3",
            "Each part has a role of its own that may do what it needs, to what it needs it for.",
        )
        .holds(asked::roles::roles_may_do_what_is_named())
        .holds(asked::roles::roles_are_for_one_service())
        .holds(query!(
            roles::functions_share_no_role,
            MIGRATING,
            [redirected(A::<LambdaFunction>::role(), "dns-failback/role/role").within("runbook")]
        ))
        .holds(asked::roles::every_role_may_do_something())
        .tested(
            "tests/terraform/instances.rs",
            "payment_code_reads_the_secrets_of_its_own_user_only",
        ),
        Row::new("003-SEC-4", "Logins are those of secrets that exist: none is made.")
            .holds(query!(
                existing::no_login_is_made,
                [
                    removed::<data::SecretsmanagerSecret>().at_once(),
                    removed::<ephemeral::SecretsmanagerRandomPassword>(),
                    weakened_in(A::<LambdaFunction>::environment(), "HASH_KEY_SECRET").at_once(),
                ]
            ))
            .holds(query!(
                secrets::secrets_are_encrypted,
                MIGRATING,
                [
                    dropped(A::<SecretsmanagerSecret>::kms_key_id()),
                    removed::<KmsKey>().within("key/secrets"),
                    removed::<SecretsmanagerSecretVersion>(),
                ]
            ))
            .see("003-DB-8")
            .see("003-REP-2")
            .departs("one secret is made while the databases are compared: the key that values are hashed with, which is no login and which nobody else may know"),
        Row::new(
            "003-SEC-5",
            "Who called which API, and who touched which checkpoint, is recorded and kept for a year.",
        )
        .holds(asked::monitoring::calls_are_audited())
        .holds(asked::archive::audit_has_a_bucket())
        .holds(asked::buckets::what_is_of_record_is_kept_for_a_year())
        .holds(asked::buckets::buckets_keep_versions())
        .holds(asked::buckets::buckets_are_closed()),
        Row::new(
            "003-SEC-6",
            "Functions keep their settings encrypted, are traced, log in JSON, and run what the document brings.",
        )
        .holds(query!(
            functions::functions_are_sealed_and_traced,
            MIGRATING,
            [
                dropped(A::<LambdaFunction>::kms_key_arn()),
                weakened_in(A::<LambdaFunction>::tracing_config(), "mode"),
                weakened_in(A::<LambdaFunction>::logging_config(), "log_format"),
                weakened_in(A::<LambdaFunction>::logging_config(), "log_group"),
            ]
        ))
        .holds(query!(
            functions::functions_run_what_the_document_brings,
            MIGRATING,
            [
                weakened(A::<LambdaFunction>::runtime()),
                dropped(A::<LambdaFunction>::source_code_hash()),
                removed::<S3Object>(),
                removed::<S3Bucket>().within("artifacts"),
            ]
        ))
        .holds(query!(
            network::functions_reach_the_apis_of_aws,
            MIGRATING,
            [removed::<VpcSecurityGroupEgressRule>().within("runbook/migration/cutover/https")]
        )),
    ]
}
