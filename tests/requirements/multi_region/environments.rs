use paymig::aws::{
    CloudwatchLogGroup, CloudwatchMetricAlarm, EcsCluster, EcsService, IamRole, KmsKey, Lb,
    RdsCluster, S3Bucket, SecretsmanagerSecret, SecurityGroup, SnsTopic, SsmParameter, Subnet, Vpc,
};
use paymig::config::Phase;
use paymig::terraform::tree::Argument as A;

use crate::deployments::{Deployment, deployments};
use crate::framework::mutation::{dropped, removed, weakened};
use crate::framework::policy::text;
use crate::framework::requirement::{Requirement, SERVING, query};
use crate::queries::{configuration, destroy, naming};
use crate::shared;

const HERE: &str = "tests/requirements/multi_region/environments.rs";
const DOCUMENTS: &str = "tests/terraform/configurations.rs";
const STORAGE: &str = "tests/terraform/storage.rs";
const SYSTEMS: &str = "tests/terraform/systems.rs";

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "002-ENV-1",
            "The environments `legacy`, `migration` and `production` each have a configuration and a state of their own.",
        )
        .verified_by(shared::destroy::state_belongs_to_one_environment())
        .tested(DOCUMENTS, "configuration_of_another_environment_fails_at_plan")
        .deviates("docs/deviations.md#workspaces","an environment is a key in the state bucket instead of a workspace, so that no command affects another environment by the selected workspace; a configuration works in any workspace"),
        Requirement::new(
            "002-ENV-2",
            "The resources of a phase exist in that phase, and only then.",
        )
        .tested("tests/compatibility/snapshots.rs", "every_configuration_matches_its_snapshots")
        .tested("tests/terraform/replication.rs", "replication_is_created_and_destroyed_as_a_whole")
        .tested(STORAGE, "store_exists_in_every_phase"),
        Requirement::new(
            "002-ENV-3",
            "The migration proceeds in steps, and every step can be reverted without the loss of a stateful resource.",
        )
        .tested("tests/compatibility/addresses.rs", "every_stage_has_the_retained_addresses")
        .tested("tests/compatibility/replacement.rs", "no_transition_replaces_a_resource_or_destroys_a_retained_one")
        .tested("tests/terraform/systems.rs", "two_regions_with_an_existing_vpc_move_through_their_phases")
        .deviates("docs/state.md#reverting","a lossless rollback is possible until the phase `production`, which stops reverse replication")
        .same_as("002-TRF-5"),
        Requirement::new(
            "002-ENV-4",
            "States are in S3, versioned, encrypted, and locked by a DynamoDB table.",
        )
        .verified_by(shared::state::state_bucket_keeps_versions_and_is_closed())
        .verified_by(shared::state::lock_table_exists())
        .tested(
            shared::state::FILE,
            "environments_use_the_bucket_and_the_locks_of_bootstrap",
        )
        .tested(SYSTEMS, "bootstrap_environment_applies_and_is_destroyed"),
        Requirement::new(
            "002-ENV-5",
            "Two changes never run at the same time.",
        )
        .same_as("002-ENV-4")
        .same_as("002-ENV-1"),
        Requirement::new(
            "002-ENV-6",
            "An environment can read the outputs in the state of another one.",
        )
        .tested(STORAGE, "environment_reads_the_remote_states_of_the_others")
        .deviates("docs/state.md#outputs-of-another-environment","`state.remote_states` enables it: for the first environment there is no state to read, and a plan would fail"),
        Requirement::new(
            "002-ENV-7",
            "Every resource is tagged with its phase and its cutover time, which is an input and not the time of the clock.",
        )
        .tested(HERE, "stage_has_tags_of_phase_and_cutover"),
        Requirement::new(
            "002-ENV-8",
            "In a protected environment, critical resources cannot be destroyed by accident.",
        )
        .tested("tests/compatibility/addresses.rs", "protected_data_has_prevent_destroy"),
        Requirement::new(
            "002-ENV-9",
            "Names consist of `payment-`, the type, the environment and its suffix.",
        )
        .verified_by(query!(
            naming::names_end_with_environment_and_suffix,
            [
                weakened(A::<CloudwatchLogGroup>::name()),
                weakened(A::<CloudwatchMetricAlarm>::alarm_name()),
                weakened(A::<IamRole>::name()),
                weakened(A::<Lb>::name()),
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
        .verified_by(query!(
            naming::names_end_with_environment_and_suffix,
            SERVING,
            [weakened(A::<EcsCluster>::name()), weakened(A::<EcsService>::name())]
        ))
        .tested(
            "tests/diagnostics/files.rs",
            "name_too_long_for_an_environment_is_reported_at_its_section",
        )
        .tested("tests/cli/synth.rs", "no_suffix_is_wrong_input")
        .tested("tests/stacks.rs", "names_of_multi_region_are_those_of_its_examples"),
        Requirement::new(
            "002-ENV-10",
            "A destroyable environment can be destroyed completely.",
        )
        .verified_by(shared::destroy::no_resource_prevents_destroy())
        .verified_by(query!(
            destroy::no_resource_is_retained,
            [
                weakened(A::<RdsCluster>::deletion_protection()),
                weakened(A::<RdsCluster>::skip_final_snapshot()),
                weakened(A::<S3Bucket>::force_destroy()),
                dropped(A::<SecretsmanagerSecret>::recovery_window_in_days()),
                dropped(A::<KmsKey>::deletion_window_in_days()),
            ]
        ))
        .deviates("docs/deviations.md#protection","`migration` and `production` are protected in the stack file; `--destroyable` overrides it")
        .tested(SYSTEMS, "two_regions_with_an_existing_vpc_move_through_their_phases"),
        Requirement::new(
            "002-ENV-11",
            "Parameters that programs read are under a path for their environment.",
        )
        .verified_by(query!(
            configuration::parameters_are_under_the_path_of_their_environment,
            [
                removed::<SsmParameter>().at_once(),
                weakened(A::<SsmParameter>::name()),
            ]
        )),
        Requirement::new(
            "002-ENV-12",
            "Terraform and the provider have the required versions.",
        )
        .deviates("docs/architecture.md#output-and-tools","Terraform is 1.11 or later, because write-only arguments keep passwords out of the state; the provider is 5.x")
        .tested(DOCUMENTS, "every_configuration_validates"),
    ]
}

/// What both regions tag everything with, in each environment and phase.
#[test]
fn stage_has_tags_of_phase_and_cutover() {
    for deployment in of_stack() {
        for stage in deployment.stages() {
            let tags = stage.system.tree.default_tags();
            let tag = |name: &str| tags.get(name).and_then(text);
            assert_eq!(tag("CutoverTimestamp"), Some("2027-03-06T02:00:00Z"));
            let phase = stage.phase.map(Phase::as_str);
            assert_eq!(tag("MigrationPhase"), phase, "{}", stage.label());
        }
    }
}

fn of_stack() -> Vec<Deployment> {
    let mut deployments = deployments();
    deployments.retain(|deployment| deployment.stack == "multi-region");
    deployments
}
