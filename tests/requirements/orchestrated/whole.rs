use crate::framework::requirement::Requirement;

const DOCUMENTS: &str = "tests/terraform/configurations.rs";

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "000-ALL-1",
            "Requests are served during the whole migration: traffic shifts in steps, and the writer changes during a short fence.",
        )
        .same_as("000-API-6")
        .same_as("000-ORC-1")
        .tested("tests/lambda/scenarios/test_rehearsal.py", "test_rehearsal_under_kills_loses_and_duplicates_nothing")
        .tested(
            "tests/lambda/cutover/test_cutover_forward.py",
            "test_cutover_under_load_keeps_every_payment",
        )
        .tested("tests/terraform/ingress.rs", "api_with_a_weighted_rule_applies_shifts_and_is_destroyed"),
        Requirement::new(
            "000-ALL-2",
            "Both databases stay consistent: rows are compared before the cutover, and no change is replicated twice.",
        )
        .same_as("000-ORC-2")
        .same_as("000-REP-1")
        .tested(
            "tests/lambda/validation/test_validation.py",
            "test_every_kind_of_difference_is_counted_and_named",
        )
        .tested(
            "tests/lambda/cutover/test_cutover_forward.py",
            "test_forward_and_reverse_tasks_never_run_together",
        ),
        Requirement::new(
            "000-ALL-3",
            "A failed validation causes an automatic rollback.",
        )
        .same_as("000-ORC-6"),
        Requirement::new(
            "000-ALL-4",
            "PCI DSS: encryption at rest and in transit, least privilege, an audit trail.",
        )
        .same_as("000-SEC-3")
        .same_as("000-SEC-5")
        .same_as("000-SEC-6")
        .same_as("000-MON-5"),
        Requirement::new(
            "000-ALL-5",
            "Multiple regions: the database, its keys, logs, topics and alarms are in both.",
        )
        .same_as("000-DB-1")
        .same_as("000-DB-2")
        .same_as("000-MON-3"),
        Requirement::new(
            "000-ALL-6",
            "The program that describes the infrastructure is typed, tested and structured.",
        )
        .same_as("000-DEP-6"),
        Requirement::new(
            "000-ALL-7",
            "One file contains the whole stack, next to the functions.",
        )
        .deviates("docs/deviations.md#files","a stack is a TOML file in `stacks/`, and the constructs are in `src/`; there is no `lib/tap_stack.py`")
        .tested(DOCUMENTS, "every_configuration_validates"),
    ]
}
