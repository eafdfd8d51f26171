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
            "The payment system moves from the datacenter to AWS, and payments are taken all the while.",
        )
        .same_as("001-TRA-1")
        .same_as("001-TRA-2")
        .same_as("001-AUT-5"),
        Requirement::new(
            "001-ALL-2",
            "50,000 transactions a day, and more at noon, find capacity.",
        )
        .same_as("001-APP-2"),
        Requirement::new(
            "001-ALL-3",
            "Environments differ in what the stack file says, and in nothing else; names say whose a resource is.",
        )
        .verified_by(query!(
            naming::names_tell_environment_and_suffix,
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
        .tested("tests/stacks.rs", "stack_file_loads_in_every_environment")
        .same_as("001-AUT-3"),
        Requirement::new(
            "001-ALL-4",
            "The rows of both databases stay the same.",
        )
        .same_as("001-REP-1")
        .same_as("001-AUT-1")
        .same_as("001-AUT-2"),
        Requirement::new(
            "001-ALL-5",
            "A month costs 3,000 USD at most, and people are told when it will cost more.",
        )
        .verified_by(query!(
            budget::the_cost_of_a_month_is_watched,
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
        .open("there is no command `cost` yet that adds up a month before anything is applied"),
        Requirement::new(
            "001-ALL-6",
            "What is written is whole: the real Terraform validates, applies, re-plans empty and destroys it.",
        )
        .tested(DOCUMENTS, "every_configuration_validates")
        .tested(SYSTEMS, LIFE),
        Requirement::new(
            "001-ALL-7",
            "A rehearsal can be destroyed: nothing is guarded or retained.",
        )
        .verified_by(shared::destroy::nothing_is_guarded())
        .verified_by(shared::destroy::nothing_is_retained())
        .tested(SYSTEMS, LIFE),
        Requirement::new(
            "001-ALL-8",
            "The infrastructure is a program in Python for CDKTF 0.20 or later, in modules, with credentials that AWS CLI 2 has set up.",
        )
        .deviates("the program is Rust and writes Terraform JSON, which `cdktf` and `cdktn` deploy, and Terraform itself; it needs no credentials, and Terraform takes those of the AWS CLI")
        .tested("tests/cli/outdir.rs", "cdktf_names_the_folder_and_hears_nothing"),
        Requirement::new(
            "001-ALL-9",
            "Python code keeps to PEP 8 and has types.",
        )
        .deviates("what is Python are functions: `make lint` holds them to ruff and to mypy, both strict"),
        Requirement::new(
            "001-ALL-10",
            "The migration is led by code, and what it does is tested by machines.",
        )
        .same_as("001-AUT-1")
        .same_as("001-AUT-5"),
    ]
}
