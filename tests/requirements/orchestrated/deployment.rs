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
            "Names end with the environment and its suffix, behind what they name: type-environment-suffix.",
        )
        .verified_by(query!(
            naming::names_tell_environment_and_suffix,
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
        .tested(
            "tests/diagnostics/files.rs",
            "a_name_that_a_longer_environment_would_burst_is_shown_at_its_section",
        ),
        Requirement::new(
            "000-DEP-2",
            "Everything can be destroyed: nothing is guarded, retained, or keeps its name.",
        )
        .verified_by(shared::destroy::nothing_is_guarded())
        .verified_by(shared::destroy::nothing_is_retained())
        .tested(SYSTEMS, "orchestrated_migration_applies_and_is_destroyed"),
        Requirement::new(
            "000-DEP-3",
            "What is written is deployable as it is: the real Terraform validates every document, and applies, re-plans empty and destroys them.",
        )
        .tested(DOCUMENTS, "every_configuration_validates")
        .tested(SYSTEMS, "orchestrated_migration_applies_and_is_destroyed"),
        Requirement::new(
            "000-DEP-8",
            "Environments do not touch each other: a document meets no state but its own.",
        )
        .verified_by(shared::destroy::a_state_knows_whose_it_is())
        .tested(DOCUMENTS, "configuration_of_another_environment_fails_at_plan"),
        Requirement::new(
            "000-DEP-4",
            "Input is checked, and errors say what is wrong, where, and what would be right.",
        )
        .tested("tests/cli/messages.rs", "a_wrong_value_of_a_file_is_shown_at_its_position")
        .tested("tests/diagnostics/files.rs", "a_reference_to_nothing_is_shown_with_the_nearest_name"),
        Requirement::new(
            "000-DEP-5",
            "Millions of transactions a day find capacity that is warm and grows.",
        )
        .verified_by(query!(
            functions::payments_find_functions_warm,
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
        .deviates("the program is Rust and writes Terraform JSON, which `cdktf` and `cdktn` deploy; functions are Python")
        .tested("tests/cli/outdir.rs", "cdktf_names_the_folder_and_hears_nothing"),
        Requirement::new(
            "000-DEP-7",
            "A phase of the migration, forward or back, loses no data.",
        )
        .tested(DOCUMENTS, "phase_change_replaces_no_stateful_resource")
        .tested("tests/compatibility/addresses.rs", "every_stage_has_the_retained_addresses"),
    ]
}
