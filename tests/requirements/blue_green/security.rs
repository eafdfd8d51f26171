use paymig::aws::{IamRolePolicy, LambdaFunction};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{redirected, weakened_in};
use crate::framework::requirement::{Requirement, SERVING, query};
use crate::queries::{configuration, roles};
use crate::shared;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "004-SEC-1",
            "Database credentials are in Secrets Manager, encrypted.",
        )
        .verified_by(shared::secrets::secrets_are_encrypted())
        .same_as("004-DB-7"),
        Requirement::new(
            "004-SEC-2",
            "A function rotates them automatically, within 30 days.",
        )
        .verified_by(shared::secrets::secrets_are_rotated())
        .verified_by(shared::secrets::rotations_are_permitted())
        .tested(
            "tests/lambda/rotation/test_rotation_postgresql.py",
            "test_rotation_killed_after_any_step_completes",
        )
        .tested(
            "tests/lambda/rotation/test_rotation_postgresql.py",
            "test_master_user_gets_a_new_password",
        ),
        Requirement::new(
            "004-SEC-3",
            "Configuration is in Parameter Store, under a path for each environment, and every program reads it there.",
        )
        .verified_by(shared::configuration::parameters_are_under_the_path_of_their_environment())
        .verified_by(query!(
            configuration::programs_may_read_their_parameters,
            SERVING,
            [
                weakened_in(A::<LambdaFunction>::environment(), "PARAMETER_PREFIX").within("function"),
                weakened_in(A::<IamRolePolicy>::policy(), "Action").within("function"),
            ]
        ))
        .tested("tests/lambda/payments/test_fraud_rules.py", "test_thresholds_are_parsed"),
        Requirement::new(
            "004-SEC-4",
            "Data at rest is encrypted with customer-managed keys, which rotate, and whose policies name their users.",
        )
        .verified_by(shared::keys::keys_rotate())
        .verified_by(shared::keys::key_policies_name_their_users())
        .same_as("004-DB-3")
        .same_as("004-TAB-4")
        .same_as("004-BKT-4")
        .same_as("004-MON-9"),
        Requirement::new("004-SEC-5", "Data in transit is encrypted.")
            .same_as("004-DB-4")
            .same_as("004-API-2")
            .same_as("004-API-4")
            .same_as("004-BKT-4")
            .same_as("004-MON-7"),
        Requirement::new(
            "004-SEC-6",
            "Each component has a role of its own, with only the actions and resources that it needs.",
        )
        .verified_by(shared::roles::role_policies_name_actions_and_resources())
        .verified_by(shared::roles::roles_are_for_one_service())
        .verified_by(shared::roles::roles_have_no_broad_managed_policy())
        .verified_by(query!(
            roles::functions_share_no_role,
            [redirected(
                A::<LambdaFunction>::role(),
                "database/payments/rotation/role/role"
            )
            .within("function")]
        ))
        .verified_by(shared::roles::every_role_has_a_policy())
        .tested("tests/terraform/storage.rs", "code_may_read_and_write_items_but_not_delete_them"),
        Requirement::new(
            "004-SEC-7",
            "The audit logs record API calls and access to records, with the caller. A change to the logs is detected.",
        )
        .verified_by(shared::monitoring::api_calls_are_audited()),
    ]
}
