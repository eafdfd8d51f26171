use crate::row::Row;

const SYSTEMS: &str = "tests/terraform/systems.rs";
const WHOLE: &str = "two_regions_and_a_looked_up_network_live_and_leave";

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new("002-ALL-1", "Two regions with everything in them that was asked for.")
            .see("002-NET-1")
            .see("002-DB-1")
            .see("002-CMP-1")
            .see("002-TRF-3")
            .tested(SYSTEMS, WHOLE),
        Row::new("002-ALL-2", "The migration goes on without a break for those who pay.")
            .see("002-TRF-5")
            .see("002-DB-8")
            .see("002-ENV-3")
            .tested(
                "tests/lambda/cutover/test_cutover_forward.py",
                "test_every_payment_survives_a_cutover_under_load",
            ),
        Row::new("002-ALL-3", "The second region lags less than 100 ms, and answers take less than 200 ms.")
            .see("002-MON-3")
            .see("002-MON-1")
            .departs("alarms hold these; no document can promise them"),
        Row::new("002-ALL-4", "The system is there 99.99 % of the time, and regions fail over by themselves.")
            .see("002-TRF-6")
            .see("002-CMP-4")
            .departs("three zones in two regions, and alarms on what fails; availability is measured, not written down"),
        Row::new("002-ALL-5", "Everything is encrypted with keys of the system, and roles may do little.")
            .see("002-SEC-1")
            .see("002-SEC-3")
            .see("002-DB-4")
            .see("002-TRF-4"),
        Row::new("002-ALL-6", "PCI compliant in every phase, with a trail of every change.")
            .see("002-NET-5")
            .see("002-SEC-1")
            .see("002-SEC-3")
            .see("002-SEC-6")
            .see("002-MON-5"),
        Row::new("002-ALL-7", "Errors are handled and logged by everything that runs.")
            .see("002-CMP-2")
            .see("002-CMP-6")
            .see("002-CMP-8")
            .see("002-MON-5"),
        Row::new("002-ALL-8", "The program is typed, modular, tested and documented.")
            .departs("it is Rust and writes Terraform JSON, which `cdktf` and `cdktn` deploy; functions are Python")
            .tested("tests/cli/outdir.rs", "cdktf_names_the_folder_and_hears_nothing"),
        Row::new("002-ALL-9", "A file of variables says what the phases are, and an example how a stage is set up.")
            .departs("the stack file says both: `stacks/multi-region.toml`, with its schema, and what is given on the command line")
            .tested("tests/cli/readme.rs", "every_example_of_the_readme_writes_what_it_shows"),
        Row::new("002-ALL-10", "Every part has tests of its own.")
            .tested("tests/compatibility/snapshots.rs", "every_document_is_as_reviewed")
            .tested("tests/terraform/documents.rs", "every_document_validates"),
        Row::new("002-ALL-11", "Tests show that what spans regions works together.")
            .tested(SYSTEMS, WHOLE)
            .tested(
                "tests/terraform/harness.rs",
                "transit_across_regions_applies_replans_empty_and_is_destroyed",
            )
            .see("002-CMP-5"),
        Row::new(
            "002-ALL-13",
            "VPC, Aurora, Fargate, S3, Application Load Balancer, Route 53, KMS, IAM, CloudWatch, SNS and DynamoDB do what they were named for.",
        )
        .see("002-NET-1")
        .see("002-DB-1")
        .see("002-CMP-1")
        .see("002-BKT-1")
        .see("002-TRF-1")
        .see("002-TRF-3")
        .see("002-SEC-1")
        .see("002-SEC-3")
        .see("002-MON-1")
        .see("002-MON-2")
        .see("002-ENV-4"),
        Row::new("002-ALL-12", "Documentation, with how each phase is deployed.")
            .tested("tests/cli/readme.rs", "the_readme_shows_every_command")
            .open("the command `runbook`, which writes the steps of each phase for one environment, is not there yet"),
    ]
}
