use paymig::aws::{
    BudgetsBudget, CloudformationStack, CloudwatchLogGroup, EcsCluster, EcsService, IamRole,
    LambdaFunction, Lb, LbTargetGroup, RdsCluster, S3Bucket, SecretsmanagerSecret, SecurityGroup,
    SnsTopic, Subnet, Vpc,
};
use paymig::terraform::tree::Argument as A;

use super::{LIFE, SYSTEMS};
use crate::framework::mutation::{dropped, removed, weakened, weakened_in};
use crate::framework::requirement::{Requirement, query};
use crate::queries::{budget, naming};
use crate::shared;

const DOCUMENTS: &str = "tests/terraform/configurations.rs";

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "001-ALL-1",
            "The payment system moves from the datacenter to AWS, and accepts payments during the whole migration.",
        )
        .same_as("001-TRA-1")
        .same_as("001-TRA-2")
        .same_as("001-AUT-5")
        .tested("tests/lambda/scenarios/test_rehearsal.py", "test_rehearsal_under_kills_loses_and_duplicates_nothing"),
        Requirement::new(
            "001-ALL-2",
            "The capacity is sufficient for 50,000 transactions a day, with a peak at noon.",
        )
        .same_as("001-APP-2"),
        Requirement::new(
            "001-ALL-3",
            "Environments differ only where the stack file specifies it. Names identify the environment of a resource.",
        )
        .verified_by(query!(
            naming::names_end_with_environment_and_suffix,
            [
                weakened(A::<CloudformationStack>::name()),
                weakened(A::<CloudwatchLogGroup>::name()),
                weakened(A::<EcsCluster>::name()),
                weakened(A::<EcsService>::name()),
                weakened(A::<IamRole>::name()),
                weakened(A::<LambdaFunction>::function_name()),
                weakened(A::<Lb>::name()),
                weakened(A::<LbTargetGroup>::name()),
                weakened(A::<RdsCluster>::cluster_identifier()),
                dropped(A::<S3Bucket>::bucket()),
                weakened(A::<SecretsmanagerSecret>::name()),
                weakened(A::<SecurityGroup>::name()),
                weakened(A::<SnsTopic>::name()),
                dropped(A::<Subnet>::tags()),
                dropped(A::<Vpc>::tags()),
            ]
        ))
        .verified_by(shared::naming::every_name_contains_the_suffix())
        .tested("tests/stacks.rs", "stack_file_loads_in_every_environment")
        .same_as("001-AUT-3"),
        Requirement::new(
            "001-ALL-4",
            "The rows of both databases stay equal.",
        )
        .same_as("001-REP-1")
        .same_as("001-AUT-1")
        .same_as("001-AUT-2"),
        Requirement::new(
            "001-ALL-5",
            "A month costs 3,000 USD at most, and operators are notified of a higher forecast.",
        )
        .verified_by(query!(
            budget::monthly_cost_has_a_budget,
            [
                removed::<BudgetsBudget>(),
                weakened(A::<BudgetsBudget>::limit_amount()),
                weakened(A::<BudgetsBudget>::limit_unit()),
                weakened(A::<BudgetsBudget>::time_unit()),
                weakened(A::<BudgetsBudget>::cost_filter()),
                weakened_in(A::<BudgetsBudget>::cost_filter(), "values"),
                weakened(A::<BudgetsBudget>::notification()),
                weakened_in(A::<BudgetsBudget>::notification(), "notification_type"),
                weakened_in(
                    A::<BudgetsBudget>::notification(),
                    "subscriber_sns_topic_arns"
                ),
                removed::<SnsTopic>().within("alerts/operations/use2"),
            ]
        ))
        .open("the command `cost`, which estimates a month before an apply, does not exist yet"),
        Requirement::new(
            "001-ALL-6",
            "The Terraform configuration is complete: real Terraform validates it, applies it, plans no change after that, and destroys it.",
        )
        .tested(DOCUMENTS, "every_configuration_validates")
        .tested(SYSTEMS, LIFE),
        Requirement::new(
            "001-ALL-7",
            "A test environment can be destroyed: no resource is protected or retained.",
        )
        .verified_by(shared::destroy::no_resource_prevents_destroy())
        .verified_by(shared::destroy::no_resource_is_retained())
        .tested(SYSTEMS, LIFE),
        Requirement::new(
            "001-ALL-8",
            "The infrastructure is a modular program in Python for CDKTF 0.20 or later, with the credentials of AWS CLI 2.",
        )
        .deviates("docs/architecture.md#output-and-tools","the program is Rust and writes Terraform JSON, which `cdktf`, `cdktn` and Terraform deploy; it needs no credentials, and Terraform uses those of the AWS CLI")
        .tested("tests/cli/outdir.rs", "synth_in_the_folder_of_cdktf_prints_nothing"),
        Requirement::new(
            "001-ALL-9",
            "Python code follows PEP 8 and is typed.",
        )
        .deviates("docs/deviations.md#python","the functions are Python: `make lint` checks them with ruff and mypy, both strict"),
        Requirement::new(
            "001-ALL-10",
            "The migration is automated, and automated tests validate it.",
        )
        .same_as("001-AUT-1")
        .same_as("001-AUT-5"),
    ]
}
