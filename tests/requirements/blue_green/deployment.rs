use paymig::aws::{
    CloudwatchLogGroup, CloudwatchMetricAlarm, DynamodbTable, IamRole, KmsAlias, KmsKey,
    LambdaFunction, Lb, RdsCluster, RdsClusterInstance, S3Bucket, SecretsmanagerSecret,
    SecurityGroup, SnsTopic, Subnet, Vpc,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, guarded, weakened};
use crate::framework::requirement::{Requirement, query};
use crate::queries::{destroy, naming, transactions};
use crate::shared;

const DOCUMENTS: &str = "tests/terraform/configurations.rs";
const SYSTEMS: &str = "tests/terraform/systems.rs";
const LIFE: &str = "function_pipeline_moves_through_its_phases";

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "004-DEP-1",
            "Names have the form type-suffix: they end with the suffix of the environment.",
        )
        .verified_by(query!(
            naming::names_end_with_the_suffix,
            [
                weakened(A::<CloudwatchLogGroup>::name()),
                weakened(A::<CloudwatchMetricAlarm>::alarm_name()),
                weakened(A::<DynamodbTable>::name()),
                weakened(A::<IamRole>::name()),
                weakened(A::<KmsAlias>::name()),
                weakened(A::<LambdaFunction>::function_name()),
                weakened(A::<Lb>::name()),
                weakened(A::<RdsCluster>::cluster_identifier()),
                dropped(A::<RdsClusterInstance>::identifier()),
                dropped(A::<S3Bucket>::bucket()),
                weakened(A::<SecretsmanagerSecret>::name()),
                weakened(A::<SecurityGroup>::name()),
                weakened(A::<SnsTopic>::name()),
                dropped(A::<Subnet>::tags()),
                dropped(A::<Vpc>::tags()),
            ]
        ))
        .verified_by(shared::naming::every_name_contains_the_suffix()),
        Requirement::new(
            "004-DEP-2",
            "Everything can be destroyed: no resource is protected or retained, or keeps its name reserved.",
        )
        .verified_by(query!(
            destroy::no_resource_prevents_destroy,
            [
                guarded::<RdsCluster>(),
                guarded::<DynamodbTable>(),
                guarded::<KmsKey>(),
                guarded::<S3Bucket>(),
            ]
        ))
        .verified_by(shared::destroy::no_resource_is_retained())
        .verified_by(query!(
            transactions::tables_are_not_retained,
            [weakened(A::<DynamodbTable>::deletion_protection_enabled())]
        ))
        .tested(SYSTEMS, LIFE),
        Requirement::new(
            "004-DEP-3",
            "The Terraform configuration is deployable: real Terraform validates it, applies it, plans no change after that, and destroys it.",
        )
        .tested(DOCUMENTS, "every_configuration_validates")
        .tested(SYSTEMS, LIFE),
        Requirement::new(
            "004-DEP-4",
            "Environments are isolated: a configuration applies to the state of its environment only.",
        )
        .verified_by(shared::destroy::state_belongs_to_one_environment())
        .tested(DOCUMENTS, "configuration_of_another_environment_fails_at_plan"),
        Requirement::new(
            "004-DEP-5",
            "Releases are blue and green, with weighted routing between them.",
        )
        .same_as("004-REL-1"),
        Requirement::new(
            "004-DEP-6",
            "Network, database, load balancers and functions survive the loss of an Availability Zone.",
        )
        .same_as("004-NET-1")
        .same_as("004-NET-3")
        .same_as("004-NET-4")
        .same_as("004-NET-5")
        .same_as("004-DB-2"),
        Requirement::new("004-DEP-7", "Backups are automatic and encrypted.")
            .same_as("004-DB-1")
            .same_as("004-DB-3")
            .same_as("004-TAB-3")
            .same_as("004-TAB-4"),
        Requirement::new("004-DEP-8", "Errors are handled and logged.").same_as("004-FUN-9"),
        Requirement::new("004-DEP-9", "Everything is deployed to us-east-1.").same_as("004-NET-1"),
        Requirement::new(
            "004-DEP-10",
            "The infrastructure is described as code, typed, tested and documented.",
        )
        .deviates("docs/architecture.md#output-and-tools","the program is Rust and writes Terraform JSON, which `cdktf` and `cdktn` deploy; functions are Python")
        .tested("tests/cli/outdir.rs", "synth_in_the_folder_of_cdktf_prints_nothing")
        .tested("tests/compatibility/snapshots.rs", "every_configuration_matches_its_snapshots"),
    ]
}
