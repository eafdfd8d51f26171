use paymig::aws::{
    KmsKey, LambdaFunction, S3Bucket, S3Object, SecretsmanagerSecret, SecretsmanagerSecretVersion,
    VpcSecurityGroupEgressRule, data, ephemeral,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::framework::requirement::{MIGRATING, Requirement, query};
use crate::queries::{existing, functions, network, roles, secrets};
use crate::shared;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "003-SEC-1",
            "Everything that keeps data is encrypted at rest, with keys that rotate and say who may use them.",
        )
        .verified_by(shared::keys::keys_rotate())
        .verified_by(shared::keys::keys_name_who_may_use_them())
        .verified_by(shared::buckets::buckets_are_encrypted())
        .same_as("003-DB-3")
        .same_as("003-APP-5")
        .same_as("003-REP-1")
        .same_as("003-MON-8"),
        Requirement::new("003-SEC-2", "What travels is encrypted by TLS.")
            .verified_by(shared::buckets::buckets_take_tls_only())
            .same_as("003-APP-3")
            .same_as("003-APP-4")
            .same_as("003-DB-4")
            .same_as("003-REP-2")
            .same_as("003-MON-6"),
        Requirement::new(
            "003-SEC-3",
            "Each part has a role of its own that may do what it needs, to what it needs it for.",
        )
        .verified_by(shared::roles::roles_may_do_what_is_named())
        .verified_by(shared::roles::roles_are_for_one_service())
        .verified_by(query!(
            roles::functions_share_no_role,
            MIGRATING,
            [redirected(A::<LambdaFunction>::role(), "dns-failback/role/role").within("runbook")]
        ))
        .verified_by(shared::roles::every_role_may_do_something())
        .tested(
            "tests/terraform/instances.rs",
            "payment_code_reads_the_application_secrets_only",
        ),
        Requirement::new("003-SEC-4", "Logins are those of secrets that exist: none is made.")
            .verified_by(query!(
                existing::no_login_is_made,
                [
                    removed::<data::SecretsmanagerSecret>().at_once(),
                    removed::<ephemeral::SecretsmanagerRandomPassword>(),
                    weakened_in(A::<LambdaFunction>::environment(), "HASH_KEY_SECRET").at_once(),
                ]
            ))
            .verified_by(query!(
                secrets::secrets_are_encrypted,
                MIGRATING,
                [
                    dropped(A::<SecretsmanagerSecret>::kms_key_id()),
                    removed::<KmsKey>().within("key/secrets"),
                    removed::<SecretsmanagerSecretVersion>(),
                ]
            ))
            .same_as("003-DB-8")
            .same_as("003-REP-2")
            .deviates("one secret is made while the databases are compared: the key that values are hashed with, which is no login and which nobody else may know"),
        Requirement::new(
            "003-SEC-5",
            "Who called which API, and who touched which checkpoint, is recorded and kept for a year.",
        )
        .verified_by(shared::monitoring::calls_are_audited())
        .verified_by(shared::archive::audit_has_a_bucket())
        .verified_by(shared::buckets::what_is_of_record_is_kept_for_a_year())
        .verified_by(shared::buckets::buckets_keep_versions())
        .verified_by(shared::buckets::buckets_are_closed()),
        Requirement::new(
            "003-SEC-6",
            "Functions keep their settings encrypted, are traced, log in JSON, and run what the document brings.",
        )
        .verified_by(query!(
            functions::functions_are_sealed_and_traced,
            MIGRATING,
            [
                dropped(A::<LambdaFunction>::kms_key_arn()),
                weakened_in(A::<LambdaFunction>::tracing_config(), "mode"),
                weakened_in(A::<LambdaFunction>::logging_config(), "log_format"),
                weakened_in(A::<LambdaFunction>::logging_config(), "log_group"),
            ]
        ))
        .verified_by(query!(
            functions::functions_run_what_the_document_brings,
            MIGRATING,
            [
                weakened(A::<LambdaFunction>::runtime()),
                dropped(A::<LambdaFunction>::source_code_hash()),
                removed::<S3Object>(),
                removed::<S3Bucket>().within("artifacts"),
            ]
        ))
        .verified_by(query!(
            network::functions_reach_the_apis_of_aws,
            MIGRATING,
            [removed::<VpcSecurityGroupEgressRule>().within("runbook/migration/cutover/https")]
        )),
    ]
}
