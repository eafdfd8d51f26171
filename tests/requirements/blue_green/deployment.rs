use paymig::aws::{
    CloudwatchLogGroup, CloudwatchMetricAlarm, DynamodbTable, IamRole, KmsAlias, KmsKey,
    LambdaFunction, Lb, RdsCluster, RdsClusterInstance, S3Bucket, SecretsmanagerSecret,
    SecurityGroup, SnsTopic, Subnet, Vpc,
};
use paymig::terraform::tree::Argument as A;

use crate::asked;
use crate::mutation::{dropped, guarded, weakened};
use crate::queries::{life, naming, transactions};
use crate::row::{Row, query};

const DOCUMENTS: &str = "tests/terraform/documents.rs";
const SYSTEMS: &str = "tests/terraform/systems.rs";
const LIFE: &str = "a_pipeline_of_functions_lives_and_leaves";

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "004-DEP-1",
            "Every name ends with the suffix of its environment, behind what it names: type-suffix.",
        )
        .holds(query!(
            naming::names_tell_the_suffix,
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
        )),
        Row::new(
            "004-DEP-2",
            "Everything can be destroyed: nothing is guarded, retained, or keeps its name.",
        )
        .holds(query!(
            life::nothing_is_guarded,
            [
                guarded::<RdsCluster>(),
                guarded::<DynamodbTable>(),
                guarded::<KmsKey>(),
                guarded::<S3Bucket>(),
            ]
        ))
        .holds(asked::life::nothing_is_retained())
        .holds(query!(
            transactions::tables_are_not_retained,
            [weakened(A::<DynamodbTable>::deletion_protection_enabled())]
        ))
        .tested(SYSTEMS, LIFE),
        Row::new(
            "004-DEP-3",
            "What is written is deployable as it is: the real Terraform validates, applies, re-plans empty and destroys it.",
        )
        .tested(DOCUMENTS, "every_document_validates")
        .tested(SYSTEMS, LIFE),
        Row::new(
            "004-DEP-4",
            "Environments do not touch each other: a document meets no state but its own.",
        )
        .holds(asked::life::a_state_knows_whose_it_is())
        .tested(DOCUMENTS, "a_document_of_another_environment_fails_at_plan"),
        Row::new(
            "004-DEP-5",
            "Releases are blue and green, with weighted routing between them.",
        )
        .see("004-REL-1"),
        Row::new(
            "004-DEP-6",
            "Several zones: network, database, load balancers and functions survive the loss of one.",
        )
        .see("004-NET-1")
        .see("004-NET-3")
        .see("004-NET-4")
        .see("004-NET-5")
        .see("004-DB-2"),
        Row::new("004-DEP-7", "Backups are taken by themselves, encrypted.")
            .see("004-DB-1")
            .see("004-DB-3")
            .see("004-TAB-3")
            .see("004-TAB-4"),
        Row::new("004-DEP-8", "Errors are handled and logged.").see("004-FUN-9"),
        Row::new("004-DEP-9", "Everything is deployed to us-east-1.").see("004-NET-1"),
        Row::new(
            "004-DEP-10",
            "The estate is described as code, typed, tested and documented.",
        )
        .departs("the program is Rust and writes Terraform JSON, which `cdktf` and `cdktn` deploy; functions are Python")
        .tested("tests/cli/outdir.rs", "cdktf_names_the_folder_and_hears_nothing")
        .tested("tests/compatibility/snapshots.rs", "every_document_is_as_reviewed"),
    ]
}
