use paymig::aws::{
    AppautoscalingPolicy, AppautoscalingTarget, CloudwatchLogGroup, CloudwatchMetricAlarm, IamRole,
    KmsAlias, LambdaAlias, LambdaFunction, RdsCluster, RdsClusterInstance, S3Bucket,
    SecretsmanagerSecret, SecurityGroup, SnsTopic, Subnet, Vpc,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, removed, weakened};
use crate::framework::requirement::{Requirement, SERVING, query};
use crate::queries::{functions, naming};
use crate::shared;

const DOCUMENTS: &str = "tests/terraform/configurations.rs";
const SYSTEMS: &str = "tests/terraform/systems.rs";

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "000-DEP-1",
            "Names have the form type-environment-suffix: they end with the environment and its suffix.",
        )
        .verified_by(query!(
            naming::names_end_with_environment_and_suffix,
            [
                weakened(A::<CloudwatchLogGroup>::name()),
                weakened(A::<CloudwatchMetricAlarm>::alarm_name()),
                weakened(A::<IamRole>::name()),
                weakened(A::<KmsAlias>::name()),
                weakened(A::<LambdaFunction>::function_name()),
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
        .verified_by(shared::naming::every_name_contains_the_suffix())
        .tested(
            "tests/diagnostics/files.rs",
            "name_too_long_for_an_environment_is_reported_at_its_section",
        ),
        Requirement::new(
            "000-DEP-2",
            "Everything can be destroyed: no resource is protected or retained, or keeps its name reserved.",
        )
        .verified_by(shared::destroy::no_resource_prevents_destroy())
        .verified_by(shared::destroy::no_resource_is_retained())
        .tested(SYSTEMS, "orchestrated_migration_moves_through_its_phases"),
        Requirement::new(
            "000-DEP-3",
            "The Terraform configurations are deployable: real Terraform validates each, applies it, plans no change after that, and destroys it.",
        )
        .tested(DOCUMENTS, "every_configuration_validates")
        .tested(SYSTEMS, "orchestrated_migration_moves_through_its_phases"),
        Requirement::new(
            "000-DEP-8",
            "Environments are isolated: a configuration applies to the state of its environment only.",
        )
        .verified_by(shared::destroy::state_belongs_to_one_environment())
        .tested(DOCUMENTS, "configuration_of_another_environment_fails_at_plan"),
        Requirement::new(
            "000-DEP-4",
            "Input is validated. Errors name the invalid value, its position, and a valid one.",
        )
        .tested("tests/cli/messages.rs", "a_wrong_value_of_a_file_is_shown_at_its_position")
        .tested("tests/diagnostics/files.rs", "dangling_reference_is_reported_with_the_closest_name"),
        Requirement::new(
            "000-DEP-5",
            "Provisioned concurrency that scales serves millions of transactions a day.",
        )
        .verified_by(query!(
            functions::payment_functions_have_scaled_provisioned_concurrency,
            SERVING,
            [
                removed::<AppautoscalingTarget>(),
                weakened(A::<AppautoscalingTarget>::min_capacity()),
                weakened(A::<AppautoscalingTarget>::max_capacity()),
                removed::<AppautoscalingPolicy>(),
                removed::<LambdaAlias>(),
            ]
        )),
        Requirement::new(
            "000-DEP-6",
            "The infrastructure is described as code, typed and tested.",
        )
        .deviates("docs/architecture.md#output-and-tools","the program is Rust and writes Terraform JSON, which `cdktf` and `cdktn` deploy; functions are Python")
        .tested("tests/cli/outdir.rs", "synth_in_the_folder_of_cdktf_prints_nothing"),
        Requirement::new(
            "000-DEP-7",
            "No phase of the migration, forward or back, loses data.",
        )
        .tested("tests/terraform/systems.rs", "orchestrated_migration_moves_through_its_phases")
        .tested("tests/compatibility/addresses.rs", "every_stage_has_the_retained_addresses"),
    ]
}
