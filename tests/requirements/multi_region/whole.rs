use crate::framework::requirement::Requirement;

const SYSTEMS: &str = "tests/terraform/systems.rs";
const WHOLE: &str = "two_regions_with_an_existing_vpc_move_through_their_phases";

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new("002-ALL-1", "Both regions contain all required components.")
            .same_as("002-NET-1")
            .same_as("002-DB-1")
            .same_as("002-CMP-1")
            .same_as("002-TRF-3")
            .tested(SYSTEMS, WHOLE),
        Requirement::new("002-ALL-2", "The migration causes no interruption for customers.")
            .same_as("002-TRF-5")
            .same_as("002-DB-8")
            .same_as("002-ENV-3")
            .tested("tests/lambda/scenarios/test_rehearsal.py", "test_rehearsal_under_kills_loses_and_duplicates_nothing"),
        Requirement::new("002-ALL-3", "The secondary region lags less than 100 ms, and responses take less than 200 ms.")
            .same_as("002-MON-3")
            .same_as("002-MON-1")
            .deviates("docs/deviations.md#measured-objectives","alarms monitor both limits; no configuration can guarantee them"),
        Requirement::new("002-ALL-4", "The system is available 99.99 % of the time, and regions fail over automatically.")
            .same_as("002-TRF-6")
            .same_as("002-CMP-4")
            .deviates("docs/deviations.md#measured-objectives","three Availability Zones in each of two regions, and alarms on failures; availability is measured, not configured"),
        Requirement::new("002-ALL-5", "Everything is encrypted with customer-managed keys, and roles have least privilege.")
            .same_as("002-SEC-1")
            .same_as("002-SEC-3")
            .same_as("002-DB-4")
            .same_as("002-TRF-4"),
        Requirement::new("002-ALL-6", "Every phase complies with PCI DSS, with an audit trail of every change.")
            .same_as("002-NET-5")
            .same_as("002-SEC-1")
            .same_as("002-SEC-3")
            .same_as("002-SEC-6")
            .same_as("002-MON-5"),
        Requirement::new("002-ALL-7", "All running components handle and log errors.")
            .same_as("002-CMP-2")
            .same_as("002-CMP-6")
            .same_as("002-CMP-8")
            .same_as("002-MON-5"),
        Requirement::new("002-ALL-8", "The program is typed, modular, tested and documented.")
            .deviates("docs/architecture.md#output-and-tools","the program is Rust and writes Terraform JSON, which `cdktf` and `cdktn` deploy; functions are Python")
            .tested("tests/cli/outdir.rs", "synth_in_the_folder_of_cdktf_prints_nothing"),
        Requirement::new("002-ALL-9", "A file of variables describes the phases, and an example shows the setup of an environment.")
            .deviates("docs/deviations.md#files","the stack file `stacks/multi-region.toml`, its JSON Schema and the command line do both")
            .tested("tests/cli/readme.rs", "every_example_of_the_readme_writes_what_it_shows"),
        Requirement::new("002-ALL-10", "Every component has tests of its own.")
            .tested("tests/compatibility/snapshots.rs", "every_configuration_matches_its_snapshots")
            .tested("tests/terraform/configurations.rs", "every_configuration_validates"),
        Requirement::new("002-ALL-11", "Integration tests cover the components that span both regions.")
            .tested(SYSTEMS, WHOLE)
            .tested(
                "tests/lambda/database/test_global_database.py",
                "test_payments_continue_after_a_change_of_the_region",
            )
            .tested(
                "tests/lambda/database/test_global_database.py",
                "test_session_follows_a_change_of_the_region",
            )
            .same_as("002-CMP-5"),
        Requirement::new(
            "002-ALL-13",
            "VPC, Aurora, Fargate, S3, Application Load Balancer, Route 53, KMS, IAM, CloudWatch, SNS and DynamoDB serve their required purpose.",
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
        Requirement::new("002-ALL-12", "The documentation describes the deployment of each phase.")
            .documented("docs/deployment.md#phase-legacy")
            .documented("docs/deployment.md#phase-migration")
            .documented("docs/deployment.md#phase-production")
            .tested("tests/cli/readme.rs", "the_readme_shows_every_command")
            .open("the command `runbook`, which writes the steps of each phase for one environment, does not exist yet"),
    ]
}
