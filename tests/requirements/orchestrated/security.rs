use crate::framework::requirement::Requirement;
use crate::shared;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "000-SEC-1",
            "Credentials are in Secrets Manager, encrypted.",
        )
        .verified_by(shared::secrets::secrets_are_encrypted())
        .same_as("000-DB-7"),
        Requirement::new(
            "000-SEC-2",
            "Every secret is rotated automatically, at least every 30 days.",
        )
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
            "000-SEC-3",
            "Data at rest is encrypted with keys that rotate, and whose policies name their users.",
        )
        .verified_by(shared::keys::keys_rotate())
        .verified_by(shared::keys::key_policies_name_their_users())
        .same_as("000-DB-2")
        .same_as("000-ORC-5")
        .same_as("000-MON-5"),
        Requirement::new("000-SEC-4", "Data in transit is encrypted.")
            .same_as("000-DB-3")
            .same_as("000-NET-4")
            .same_as("000-ORC-5")
            .same_as("000-MON-3"),
        Requirement::new(
            "000-SEC-5",
            "Each service has a role of its own, with only the actions and resources that it needs.",
        )
        .verified_by(shared::roles::role_policies_name_actions_and_resources())
        .verified_by(shared::roles::roles_are_for_one_service())
        .verified_by(shared::roles::roles_have_no_broad_managed_policy())
        .verified_by(shared::roles::functions_share_no_role())
        .verified_by(shared::roles::every_role_has_a_policy()),
        Requirement::new(
            "000-SEC-6",
            "API calls and access to checkpoints are recorded with the caller. A change to the records is detected.",
        )
        .verified_by(shared::monitoring::api_calls_are_audited()),
        Requirement::new(
            "000-CFG-1",
            "Values that differ between environments are in Parameter Store, under a path for each environment.",
        )
        .verified_by(shared::configuration::parameters_are_under_the_path_of_their_environment()),
        Requirement::new(
            "000-CFG-2",
            "Database credentials are in Secrets Manager, with a rotation schedule.",
        )
        .same_as("000-SEC-1")
        .same_as("000-SEC-2"),
        Requirement::new(
            "000-FUN-1",
            "Functions run Python from `lambda/`, in the version that the Terraform configuration contains.",
        )
        .verified_by(shared::functions::functions_run_the_code_of_the_configuration())
        .deviates("docs/deviations.md#files","`lambda/` is in the root folder: there is no `lib/`"),
        Requirement::new(
            "000-FUN-2",
            "Environment variables of functions are encrypted. Functions are traced and log in JSON.",
        )
        .verified_by(shared::functions::functions_are_encrypted_and_traced()),
    ]
}
