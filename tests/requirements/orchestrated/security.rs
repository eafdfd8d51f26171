use crate::asked;
use crate::row::Row;

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "000-SEC-1",
            "Credentials are kept in Secrets Manager, encrypted.",
        )
        .holds(asked::secrets::secrets_are_encrypted())
        .see("000-DB-7"),
        Row::new(
            "000-SEC-2",
            "Every secret is rotated at least every 30 days, by itself.",
        )
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
            "000-SEC-3",
            "Data at rest is encrypted with keys that rotate and say who may use them.",
        )
        .holds(asked::keys::keys_rotate())
        .holds(asked::keys::keys_name_who_may_use_them())
        .see("000-DB-2")
        .see("000-ORC-5")
        .see("000-MON-5"),
        Row::new("000-SEC-4", "Data in transit is encrypted.")
            .see("000-DB-3")
            .see("000-NET-4")
            .see("000-ORC-5")
            .see("000-MON-3"),
        Row::new(
            "000-SEC-5",
            "Each service has a role of its own that may do what it needs, to what it needs it for.",
        )
        .holds(asked::roles::roles_may_do_what_is_named())
        .holds(asked::roles::roles_are_for_one_service())
        .holds(asked::roles::functions_share_no_role())
        .holds(asked::roles::every_role_may_do_something()),
        Row::new(
            "000-SEC-6",
            "Who called which API, and who touched which checkpoint, is recorded and cannot be changed unseen.",
        )
        .holds(asked::monitoring::calls_are_audited()),
        Row::new(
            "000-CFG-1",
            "Values that differ between environments are in Parameter Store, below a path of each environment.",
        )
        .holds(asked::configuration::parameters_lie_below_their_environment()),
        Row::new(
            "000-CFG-2",
            "Database credentials are in Secrets Manager and rotate by a policy.",
        )
        .see("000-SEC-1")
        .see("000-SEC-2"),
        Row::new(
            "000-FUN-1",
            "Functions run Python from `lambda/`, in the version that the document brings.",
        )
        .holds(asked::functions::functions_run_what_the_document_brings())
        .departs("`lambda/` stands at the top, not in `lib/`: there is no `lib`"),
        Row::new(
            "000-FUN-2",
            "Functions keep their settings encrypted, are traced, and log in JSON.",
        )
        .holds(asked::functions::functions_are_sealed_and_traced()),
    ]
}
