use crate::framework::requirement::Requirement;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "003-ALL-1",
            "The migration proceeds in phases while both systems run. No phase loses data.",
        )
        .same_as("003-TRA-1")
        .same_as("003-TRA-2")
        .tested("tests/terraform/systems.rs", "migration_over_an_existing_vpn_moves_through_its_phases")
        .tested(
            "tests/compatibility/addresses.rs",
            "every_stage_has_the_retained_addresses",
        )
        .tested(
            "tests/terraform/instances.rs",
            "launch_template_contains_no_migration_state",
        ),
        Requirement::new(
            "003-ALL-2",
            "Payments continue: the writer changes during a short fence.",
        )
        .same_as("003-REP-4")
        .same_as("003-TRA-1")
        .tested("tests/lambda/cutover/test_cutover_mysql.py", "test_target_continues_sequences_after_the_cutover")
        .tested(
            "tests/lambda/cutover/test_cutover_mysql_load.py",
            "test_cutover_and_rollback_under_load_keep_every_payment_and_bound_the_downtime",
        ),
        Requirement::new(
            "003-ALL-3",
            "The rollback is fast if anything fails.",
        )
        .same_as("003-TRA-3"),
        Requirement::new(
            "003-ALL-4",
            "Dashboards show the progress of the migration.",
        )
        .same_as("003-MON-1")
        .same_as("003-MON-2")
        .same_as("003-MON-3"),
        Requirement::new(
            "003-ALL-5",
            "Data is encrypted at rest and in transit, and roles have least privilege.",
        )
        .same_as("003-SEC-1")
        .same_as("003-SEC-2")
        .same_as("003-SEC-3"),
        Requirement::new("003-ALL-6", "Every component spans several Availability Zones.")
            .same_as("003-NET-1")
            .same_as("003-NET-5")
            .same_as("003-DB-2")
            .same_as("003-APP-1")
            .same_as("003-REP-1"),
        Requirement::new(
            "003-ALL-7",
            "Names have the suffix, and everything can be destroyed.",
        )
        .same_as("003-DEP-1")
        .same_as("003-DEP-3"),
        Requirement::new("003-ALL-8", "Every component has tests of its own.")
            .tested(
                "tests/compatibility/snapshots.rs",
                "snapshots_contain_the_whole_configuration",
            )
            .tested(
                "tests/terraform/instances.rs",
                "auto_scaling_group_runs_while_aws_may_serve",
            )
            .tested(
                "tests/instances/test_health.py",
                "test_old_tls_version_is_rejected",
            ),
        Requirement::new("003-ALL-9", "End-to-end tests exist.")
            .tested(
                "tests/terraform/systems.rs",
                "migration_over_an_existing_vpn_moves_through_its_phases",
            )
            .tested(
                "tests/lambda/cutover/test_cutover_mysql.py",
                "test_cutover_rollback_and_second_cutover_succeed",
            ),
        Requirement::new(
            "003-ALL-10",
            "The documentation describes the deployment.",
        )
        .tested(
            "tests/cli/readme.rs",
            "every_example_of_the_readme_writes_what_it_shows",
        )
        .documented("docs/deployment.md#phase-legacy")
        .documented("docs/deployment.md#phase-migration")
        .documented("docs/deployment.md#phase-production")
        .tested("tests/cli/readme.rs", "the_readme_shows_every_command")
        .open("the command `runbook`, which writes the steps of this stack's migration, does not exist yet"),
    ]
}
