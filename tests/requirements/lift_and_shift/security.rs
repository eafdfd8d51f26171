use paymig::aws::{KmsKey, LambdaFunction, S3Bucket, S3Object, VpcSecurityGroupEgressRule, data};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::framework::requirement::{MIGRATING, Requirement, query};
use crate::queries::{existing_resources, functions, keys, network, roles};
use crate::shared;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "003-SEC-1",
            "All data is encrypted at rest, with keys that rotate, and whose policies name their users.",
        )
        .verified_by(shared::keys::keys_rotate())
        .verified_by(shared::keys::key_policies_name_their_users())
        .verified_by(shared::buckets::buckets_are_encrypted())
        .same_as("003-DB-3")
        .same_as("003-APP-5")
        .same_as("003-REP-1")
        .same_as("003-MON-8"),
        Requirement::new("003-SEC-2", "Data in transit is encrypted with TLS.")
            .verified_by(shared::buckets::buckets_deny_connections_without_tls())
            .same_as("003-APP-3")
            .same_as("003-APP-4")
            .same_as("003-DB-4")
            .same_as("003-REP-2")
            .same_as("003-MON-6"),
        Requirement::new(
            "003-SEC-3",
            "Each component has a role of its own, with only the actions and resources that it needs.",
        )
        .verified_by(shared::roles::role_policies_name_actions_and_resources())
        .verified_by(shared::roles::roles_are_for_one_service())
        .verified_by(shared::roles::roles_have_no_broad_managed_policy())
        .verified_by(query!(
            roles::functions_share_no_role,
            MIGRATING,
            [redirected(A::<LambdaFunction>::role(), "dns-failback/role/role").within("runbook")]
        ))
        .verified_by(shared::roles::every_role_has_a_policy())
        .tested(
            "tests/terraform/instances.rs",
            "payment_code_reads_the_application_secrets_only",
        ),
        Requirement::new("003-SEC-4", "Secrets are existing ones: none is created.")
            .verified_by(query!(
                existing_resources::no_secret_is_created,
                [
                    removed::<data::SecretsmanagerSecret>().at_once(),
                    dropped(A::<data::SecretsmanagerSecret>::name()),
                ]
            ))
            .verified_by(query!(
                keys::hmac_keys_serve_one_role,
                [
                    removed::<KmsKey>().within("runbook"),
                    weakened_in(A::<KmsKey>::policy(), "aws:PrincipalArn").within("runbook"),
                ]
            ))
            .tested("tests/stacks.rs", "lift_and_shift_creates_no_secret")
            .same_as("003-DB-8")
            .same_as("003-REP-2"),
        Requirement::new(
            "003-SEC-5",
            "API calls and access to checkpoints are recorded with the caller, and kept for a year.",
        )
        .verified_by(shared::monitoring::api_calls_are_audited())
        .verified_by(shared::archive::audit_logs_have_a_bucket())
        .verified_by(shared::buckets::records_are_kept_for_a_year())
        .verified_by(shared::buckets::buckets_keep_versions())
        .verified_by(shared::buckets::buckets_block_public_access()),
        Requirement::new(
            "003-SEC-6",
            "Functions run the code of the Terraform configuration, have encrypted environment variables, are traced, and log in JSON.",
        )
        .verified_by(query!(
            functions::functions_are_encrypted_and_traced,
            MIGRATING,
            [
                dropped(A::<LambdaFunction>::kms_key_arn()),
                weakened_in(A::<LambdaFunction>::tracing_config(), "mode"),
                weakened_in(A::<LambdaFunction>::logging_config(), "log_format"),
                weakened_in(A::<LambdaFunction>::logging_config(), "log_group"),
            ]
        ))
        .verified_by(query!(
            functions::functions_run_the_code_of_the_configuration,
            MIGRATING,
            [
                weakened(A::<LambdaFunction>::runtime()),
                dropped(A::<LambdaFunction>::source_code_hash()),
                removed::<S3Object>(),
                removed::<S3Bucket>().within("artifacts"),
            ]
        ))
        .verified_by(query!(
            network::functions_may_call_aws_apis,
            MIGRATING,
            [removed::<VpcSecurityGroupEgressRule>().within("runbook/migration/cutover/https")]
        )),
    ]
}
