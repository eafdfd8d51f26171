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
            "Database credentials are kept in Secrets Manager, encrypted.",
        )
        .verified_by(shared::secrets::secrets_are_encrypted())
        .same_as("004-DB-7"),
        Requirement::new(
            "004-SEC-2",
            "A function rotates them by itself, within thirty days.",
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
            "Configuration is in Parameter Store, below a path of each environment, and each program reads it there.",
        )
        .verified_by(shared::configuration::parameters_lie_below_their_environment())
        .verified_by(query!(
            configuration::programs_read_their_configuration,
            SERVING,
            [
                weakened_in(A::<LambdaFunction>::environment(), "PARAMETER_PREFIX").within("function"),
                weakened_in(A::<IamRolePolicy>::policy(), "Action").within("function"),
            ]
        ))
        .tested("tests/lambda/payments/test_fraud_rules.py", "test_thresholds_are_parsed"),
        Requirement::new(
            "004-SEC-4",
            "Data at rest is encrypted with customer-managed keys, which rotate and say who may use them.",
        )
        .verified_by(shared::keys::keys_rotate())
        .verified_by(shared::keys::keys_name_who_may_use_them())
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
            "Each part has a role of its own that may do what it needs, to what it needs it for.",
        )
        .verified_by(shared::roles::roles_may_do_what_is_named())
        .verified_by(shared::roles::roles_are_for_one_service())
        .verified_by(query!(
            roles::functions_share_no_role,
            [redirected(
                A::<LambdaFunction>::role(),
                "database/payments/rotation/role/role"
            )
            .within("function")]
        ))
        .verified_by(shared::roles::every_role_may_do_something())
        .tested("tests/terraform/storage.rs", "code_may_read_and_write_items_but_not_delete_them"),
        Requirement::new(
            "004-SEC-7",
            "Who called which API, and who touched which record, is in the audit logs and cannot be changed unseen.",
        )
        .verified_by(shared::monitoring::calls_are_audited()),
    ]
}
