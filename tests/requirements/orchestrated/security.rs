use crate::framework::requirement::Requirement;
use crate::shared;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "000-SEC-1",
            "Credentials are kept in Secrets Manager, encrypted.",
        )
        .verified_by(shared::secrets::secrets_are_encrypted())
        .same_as("000-DB-7"),
        Requirement::new(
            "000-SEC-2",
            "Every secret is rotated at least every 30 days, by itself.",
        )
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
            "000-SEC-3",
            "Data at rest is encrypted with keys that rotate and say who may use them.",
        )
        .verified_by(shared::keys::keys_rotate())
        .verified_by(shared::keys::keys_name_who_may_use_them())
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
            "Each service has a role of its own that may do what it needs, to what it needs it for.",
        )
        .verified_by(shared::roles::roles_may_do_what_is_named())
        .verified_by(shared::roles::roles_are_for_one_service())
        .verified_by(shared::roles::functions_share_no_role())
        .verified_by(shared::roles::every_role_may_do_something()),
        Requirement::new(
            "000-SEC-6",
            "Who called which API, and who touched which checkpoint, is recorded and cannot be changed unseen.",
        )
        .verified_by(shared::monitoring::calls_are_audited()),
        Requirement::new(
            "000-CFG-1",
            "Values that differ between environments are in Parameter Store, below a path of each environment.",
        )
        .verified_by(shared::configuration::parameters_lie_below_their_environment()),
        Requirement::new(
            "000-CFG-2",
            "Database credentials are in Secrets Manager and rotate by a policy.",
        )
        .same_as("000-SEC-1")
        .same_as("000-SEC-2"),
        Requirement::new(
            "000-FUN-1",
            "Functions run Python from `lambda/`, in the version that the document brings.",
        )
        .verified_by(shared::functions::functions_run_what_the_document_brings())
        .deviates("`lambda/` stands at the top, not in `lib/`: there is no `lib`"),
        Requirement::new(
            "000-FUN-2",
            "Functions keep their settings encrypted, are traced, and log in JSON.",
        )
        .verified_by(shared::functions::functions_are_sealed_and_traced()),
    ]
}
