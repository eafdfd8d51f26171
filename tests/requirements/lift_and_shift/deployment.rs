use paymig::aws::{
    AutoscalingGroup, CloudwatchLogGroup, CloudwatchMetricAlarm, DmsReplicationTask, IamRole,
    KmsAlias, KmsKey, LambdaFunction, LaunchTemplate, Lb, RdsCluster, RdsClusterInstance, S3Bucket,
    SecretsmanagerSecret, SecurityGroup, SnsTopic, Subnet, Vpc, data,
};
use paymig::terraform::builtin::TerraformData;
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, removed, weakened, weakened_in};
use crate::framework::requirement::{MIGRATING, Requirement, SERVING, query};
use crate::queries::{destroy, naming, outputs, tags};
use crate::shared;

const DOCUMENTS: &str = "tests/terraform/configurations.rs";
const SYSTEMS: &str = "tests/terraform/systems.rs";
const LIFE: &str = "migration_over_an_existing_vpn_applies_and_is_destroyed";

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "003-ENV-1",
            "Two environments, `legacy-sync` and `aws-production`, each with a state of its own.",
        )
        .verified_by(query!(
            destroy::a_state_knows_whose_it_is,
            [
                removed::<TerraformData>().within("identity"),
                dropped(A::<TerraformData>::input()).within("identity"),
            ]
        ))
        .tested(DOCUMENTS, "configuration_of_another_environment_fails_at_plan")
        .tested("tests/compatibility/snapshots.rs", "every_configuration_matches_its_snapshots")
        .deviates("a document fits a workspace, a backend key or a folder alike: it refuses every state but its environment's"),
        Requirement::new(
            "003-ENV-2",
            "Both run beside each other: neither shares a name with the other.",
        )
        .same_as("003-DEP-1")
        .deviates("a rehearsal in `legacy-sync` is no source of data: `aws-production` replicates from the datacenter itself"),
        Requirement::new(
            "003-OUT-1",
            "Outputs tell the load balancer's name and the database's endpoints.",
        )
        .verified_by(query!(
            outputs::entries_and_replication_are_told,
            SERVING,
            [
                removed::<Lb>(),
                removed::<RdsCluster>(),
                removed::<Vpc>(),
                removed::<data::Ec2TransitGatewayVpnAttachment>(),
            ]
        )),
        Requirement::new("003-OUT-2", "An output tells how the replication is.").verified_by(query!(
            outputs::the_state_of_the_replication_is_told,
            MIGRATING,
            [removed::<DmsReplicationTask>().within("replication/payments/task/full-load")]
        )),
        Requirement::new(
            "003-DEP-1",
            "Names end with the environment and its suffix, behind what they name: type-environment-suffix.",
        )
        .verified_by(query!(
            naming::names_tell_environment_and_suffix,
            [
                weakened(A::<AutoscalingGroup>::name()),
                weakened(A::<CloudwatchLogGroup>::name()),
                weakened(A::<CloudwatchMetricAlarm>::alarm_name()),
                weakened(A::<IamRole>::name()),
                weakened(A::<KmsAlias>::name()),
                weakened(A::<LambdaFunction>::function_name()),
                weakened(A::<LaunchTemplate>::name()),
                weakened(A::<Lb>::name()),
                weakened(A::<RdsCluster>::cluster_identifier()),
                dropped(A::<RdsClusterInstance>::identifier()),
                dropped(A::<S3Bucket>::bucket()),
                weakened(A::<SecurityGroup>::name()),
                weakened(A::<SnsTopic>::name()),
                dropped(A::<Subnet>::tags()),
                dropped(A::<Vpc>::tags()),
            ]
        )),
        Requirement::new("003-DEP-2", "Everything is tagged, and so is what a group starts.").verified_by(query!(
            tags::everything_is_tagged,
            SERVING,
            [
                dropped(A::<LaunchTemplate>::tag_specifications()),
                weakened_in(A::<LaunchTemplate>::tag_specifications(), "Environment"),
            ]
        )),
        Requirement::new(
            "003-DEP-3",
            "Everything can be destroyed: nothing is guarded, retained, or keeps its name.",
        )
        .verified_by(shared::destroy::nothing_is_guarded())
        .verified_by(query!(
            destroy::nothing_is_retained,
            MIGRATING,
            [
                weakened(A::<RdsCluster>::deletion_protection()),
                weakened(A::<RdsCluster>::skip_final_snapshot()),
                weakened(A::<S3Bucket>::force_destroy()),
                weakened(A::<SecretsmanagerSecret>::recovery_window_in_days()),
                dropped(A::<KmsKey>::deletion_window_in_days()),
            ]
        ))
        .tested(SYSTEMS, LIFE),
        Requirement::new(
            "003-DEP-4",
            "What is written is deployable as it is: the real Terraform validates, applies, re-plans empty and destroys it.",
        )
        .tested(DOCUMENTS, "every_configuration_validates")
        .tested(SYSTEMS, LIFE),
        Requirement::new("003-DEP-5", "Everything is deployed to us-east-1.").same_as("003-NET-1"),
        Requirement::new(
            "003-DEP-6",
            "The infrastructure is described as code, typed, tested and documented.",
        )
        .deviates("the program is Rust and writes Terraform JSON, which `cdktf` and `cdktn` deploy; functions and what boots an instance are Python")
        .tested("tests/cli/outdir.rs", "cdktf_names_the_folder_and_hears_nothing"),
        Requirement::new("003-DEP-7", "Errors are handled and logged.")
            .tested("tests/cli/messages.rs", "a_wrong_value_of_a_file_is_shown_at_its_position")
            .same_as("003-SEC-6")
            .same_as("003-APP-6"),
    ]
}
