use crate::framework::requirement::Requirement;

const SYSTEMS: &str = "tests/terraform/systems.rs";
const WHOLE: &str = "two_regions_with_an_existing_vpc_apply_and_are_destroyed";

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new("002-ALL-1", "Two regions with everything in them that was asked for.")
            .same_as("002-NET-1")
            .same_as("002-DB-1")
            .same_as("002-CMP-1")
            .same_as("002-TRF-3")
            .tested(SYSTEMS, WHOLE),
        Requirement::new("002-ALL-2", "The migration goes on without a break for those who pay.")
            .same_as("002-TRF-5")
            .same_as("002-DB-8")
            .same_as("002-ENV-3")
            .tested(
                "tests/lambda/cutover/test_cutover_forward.py",
                "test_cutover_under_load_keeps_every_payment",
            ),
        Requirement::new("002-ALL-3", "The second region lags less than 100 ms, and answers take less than 200 ms.")
            .same_as("002-MON-3")
            .same_as("002-MON-1")
            .deviates("alarms hold these; no document can promise them"),
        Requirement::new("002-ALL-4", "The system is there 99.99 % of the time, and regions fail over by themselves.")
            .same_as("002-TRF-6")
            .same_as("002-CMP-4")
            .deviates("three zones in two regions, and alarms on what fails; availability is measured, not written down"),
        Requirement::new("002-ALL-5", "Everything is encrypted with keys of the system, and roles may do little.")
            .same_as("002-SEC-1")
            .same_as("002-SEC-3")
            .same_as("002-DB-4")
            .same_as("002-TRF-4"),
        Requirement::new("002-ALL-6", "PCI compliant in every phase, with a trail of every change.")
            .same_as("002-NET-5")
            .same_as("002-SEC-1")
            .same_as("002-SEC-3")
            .same_as("002-SEC-6")
            .same_as("002-MON-5"),
        Requirement::new("002-ALL-7", "Errors are handled and logged by everything that runs.")
            .same_as("002-CMP-2")
            .same_as("002-CMP-6")
            .same_as("002-CMP-8")
            .same_as("002-MON-5"),
        Requirement::new("002-ALL-8", "The program is typed, modular, tested and documented.")
            .deviates("it is Rust and writes Terraform JSON, which `cdktf` and `cdktn` deploy; functions are Python")
            .tested("tests/cli/outdir.rs", "cdktf_names_the_folder_and_hears_nothing"),
        Requirement::new("002-ALL-9", "A file of variables says what the phases are, and an example how a stage is set up.")
            .deviates("the stack file says both: `stacks/multi-region.toml`, with its schema, and what is given on the command line")
            .tested("tests/cli/readme.rs", "every_example_of_the_readme_writes_what_it_shows"),
        Requirement::new("002-ALL-10", "Every part has tests of its own.")
            .tested("tests/compatibility/snapshots.rs", "every_configuration_matches_its_snapshots")
            .tested("tests/terraform/configurations.rs", "every_configuration_validates"),
        Requirement::new("002-ALL-11", "Tests show that what spans regions works together.")
            .tested(SYSTEMS, WHOLE)
            .tested(
                "tests/terraform/harness.rs",
                "transit_across_regions_applies_replans_empty_and_is_destroyed",
            )
            .same_as("002-CMP-5"),
        Requirement::new(
            "002-ALL-13",
            "VPC, Aurora, Fargate, S3, Application Load Balancer, Route 53, KMS, IAM, CloudWatch, SNS and DynamoDB do what they were named for.",
        )
        .same_as("002-NET-1")
        .same_as("002-DB-1")
        .same_as("002-CMP-1")
        .same_as("002-BKT-1")
        .same_as("002-TRF-1")
        .same_as("002-TRF-3")
        .same_as("002-SEC-1")
        .same_as("002-SEC-3")
        .same_as("002-MON-1")
        .same_as("002-MON-2")
        .same_as("002-ENV-4"),
        Requirement::new("002-ALL-12", "Documentation, with how each phase is deployed.")
            .tested("tests/cli/readme.rs", "the_readme_shows_every_command")
            .open("the command `runbook`, which writes the steps of each phase for one environment, is not there yet"),
    ]
}
