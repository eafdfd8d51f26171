use crate::row::Row;

const DOCUMENTS: &str = "tests/terraform/documents.rs";

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "004-ALL-1",
            "No downtime: requests move in steps while both systems run, and versions beside each other.",
        )
        .see("004-MIG-1")
        .see("004-MIG-2")
        .see("004-REL-1")
        .tested(DOCUMENTS, "a_phase_replaces_nothing_that_keeps_data")
        .tested("tests/compatibility/addresses.rs", "no_stage_loses_what_lasts"),
        Row::new(
            "004-ALL-2",
            "The whole pipeline of payments works: validated, judged and booked.",
        )
        .see("004-FUN-1")
        .see("004-FUN-2")
        .see("004-FUN-3")
        .see("004-FUN-4")
        .tested("tests/lambda/payments/test_pipeline.py", "test_a_payment_is_taken_and_found"),
        Row::new("004-ALL-3", "The 99th percentile of the API's latency is monitored.")
            .see("004-MON-5")
            .see("004-MON-1"),
        Row::new("004-ALL-4", "Reliable: several zones, backups and readers.")
            .see("004-DB-1")
            .see("004-TAB-3")
            .see("004-DB-2")
            .see("004-NET-1"),
        Row::new(
            "004-ALL-5",
            "PCI DSS: customer-managed keys at rest, TLS in transit, versions, recovery, rotation, audit logs.",
        )
        .see("004-SEC-4")
        .see("004-API-2")
        .see("004-BKT-2")
        .see("004-BKT-3")
        .see("004-TAB-3")
        .see("004-SEC-2")
        .see("004-SEC-3")
        .see("004-SEC-7"),
        Row::new("004-ALL-6", "Concurrency is reserved.").see("004-FUN-6"),
        Row::new("004-ALL-7", "The API reaches the load balancer by a VPC link alone.")
            .see("004-API-3"),
        Row::new("004-ALL-8", "Comprehensive monitoring: dashboards, alarms, topics.")
            .see("004-MON-1")
            .see("004-MON-8")
            .see("004-MON-7"),
        Row::new("004-ALL-9", "Names have the suffix, and everything can be destroyed.")
            .see("004-DEP-1")
            .see("004-DEP-2"),
        Row::new(
            "004-ALL-10",
            "One file holds the whole stack.",
        )
        .departs("a stack is a file of decisions in `stacks/`, and what they mean is in `src/`; there is no `lib/tap_stack.py`")
        .tested("tests/stacks.rs", "every_stack_file_loads_in_every_environment"),
        Row::new("004-ALL-11", "Every part has tests of its own.")
            .tested("tests/compatibility/snapshots.rs", "the_parts_are_the_whole_document")
            .tested("tests/terraform/pipeline.rs", "a_colour_is_a_whole_pipeline")
            .tested("tests/lambda/payments/test_pipeline.py", "test_the_pipeline_is_healthy"),
        Row::new(
            "004-ALL-12",
            "Documentation says how the system is deployed.",
        )
        .tested("tests/cli/readme.rs", "every_example_of_the_readme_writes_what_it_shows")
        .tested("tests/cli/readme.rs", "the_readme_shows_every_command")
        .open("the command `runbook`, which writes the steps of this stack's migration"),
    ]
}
