use crate::framework::requirement::Requirement;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "004-ALL-1",
            "There is no downtime: requests shift in steps while both systems run, and versions run in parallel.",
        )
        .same_as("004-MIG-1")
        .same_as("004-MIG-2")
        .same_as("004-REL-1")
        .tested("tests/terraform/systems.rs", "function_pipeline_moves_through_its_phases")
        .tested("tests/compatibility/addresses.rs", "every_stage_has_the_retained_addresses"),
        Requirement::new(
            "004-ALL-2",
            "The whole payment pipeline works: payments are validated, scored and booked.",
        )
        .same_as("004-FUN-1")
        .same_as("004-FUN-2")
        .same_as("004-FUN-3")
        .same_as("004-FUN-4")
        .tested("tests/lambda/payments/test_pipeline.py", "test_payment_is_accepted_and_found"),
        Requirement::new("004-ALL-3", "The 99th percentile of the API's latency is monitored.")
            .same_as("004-MON-5")
            .same_as("004-MON-1"),
        Requirement::new("004-ALL-4", "The system is reliable: several Availability Zones, backups and readers.")
            .same_as("004-DB-1")
            .same_as("004-TAB-3")
            .same_as("004-DB-2")
            .same_as("004-NET-1"),
        Requirement::new(
            "004-ALL-5",
            "PCI DSS: customer-managed keys at rest, TLS in transit, versions, recovery, rotation, audit logs.",
        )
        .same_as("004-SEC-4")
        .same_as("004-API-2")
        .same_as("004-BKT-2")
        .same_as("004-BKT-3")
        .same_as("004-TAB-3")
        .same_as("004-SEC-2")
        .same_as("004-SEC-3")
        .same_as("004-SEC-7"),
        Requirement::new("004-ALL-6", "Concurrency is reserved.").same_as("004-FUN-6"),
        Requirement::new("004-ALL-7", "The API reaches the load balancer through a VPC link only.")
            .same_as("004-API-3"),
        Requirement::new("004-ALL-8", "Comprehensive monitoring: dashboards, alarms, topics.")
            .same_as("004-MON-1")
            .same_as("004-MON-8")
            .same_as("004-MON-7"),
        Requirement::new("004-ALL-9", "Names have the suffix, and everything can be destroyed.")
            .same_as("004-DEP-1")
            .same_as("004-DEP-2"),
        Requirement::new(
            "004-ALL-10",
            "One file contains the whole stack.",
        )
        .deviates("docs/deviations.md#files","a stack is a TOML file in `stacks/`, and the constructs are in `src/`; there is no `lib/tap_stack.py`")
        .tested("tests/stacks.rs", "stack_file_loads_in_every_environment"),
        Requirement::new("004-ALL-11", "Every component has tests of its own.")
            .tested("tests/compatibility/snapshots.rs", "snapshots_contain_the_whole_configuration")
            .tested("tests/terraform/pipeline.rs", "color_contains_the_whole_pipeline")
            .tested("tests/lambda/payments/test_pipeline.py", "test_pipeline_is_healthy"),
        Requirement::new(
            "004-ALL-12",
            "The documentation describes the deployment.",
        )
        .tested("tests/cli/readme.rs", "every_example_of_the_readme_writes_what_it_shows")
        .documented("docs/deployment.md#phase-legacy")
        .documented("docs/deployment.md#phase-migration")
        .documented("docs/deployment.md#phase-production")
        .tested("tests/cli/readme.rs", "the_readme_shows_every_command")
        .open("the command `runbook`, which writes the steps of this stack's migration, does not exist yet"),
    ]
}
