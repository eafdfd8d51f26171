use paymig::aws::{
    AutoscalingGroup, CloudwatchLogGroup, CloudwatchMetricAlarm, DmsReplicationTask, IamRole,
    KmsAlias, KmsKey, LambdaFunction, LaunchTemplate, Lb, RdsCluster, RdsClusterInstance, S3Bucket,
    SecurityGroup, SnsTopic, Subnet, Vpc, data,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, misread_output, removed, weakened, weakened_in};
use crate::framework::requirement::{MIGRATING, Requirement, SERVING, query};
use crate::queries::{destroy, naming, outputs, tags};
use crate::shared;

const DOCUMENTS: &str = "tests/terraform/configurations.rs";
const OWNERSHIP: &str = "tests/lambda/cutover/test_cutover_ownership.py";
const SYSTEMS: &str = "tests/terraform/systems.rs";
const LIFE: &str = "migration_over_an_existing_vpn_moves_through_its_phases";

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "003-ENV-1",
            "Two environments, `legacy-sync` and `aws-production`, each with a state of its own.",
        )
        .verified_by(shared::destroy::state_belongs_to_one_environment())
        .tested(DOCUMENTS, "configuration_of_another_environment_fails_at_plan")
        .tested("tests/compatibility/snapshots.rs", "every_configuration_matches_its_snapshots")
        .deviates("docs/deviations.md#workspaces","a configuration works with a workspace, a backend key or a folder: a plan over the state of another environment fails"),
        Requirement::new(
            "003-ENV-2",
            "Both run in parallel: they share no name.",
        )
        .same_as("003-DEP-1")
        .tested(OWNERSHIP, "test_mysql_rehearsal_is_refused_at_the_fence")
        .tested(OWNERSHIP, "test_mysql_owner_cuts_over_and_rolls_back_beside_a_rehearsal")
        .deviates("docs/deviations.md#rehearsals","a rehearsal in `legacy-sync` is not a source of data: `aws-production` replicates from the datacenter"),
        Requirement::new(
            "003-OUT-1",
            "Outputs contain the DNS name of the load balancer and the endpoints of the database.",
        )
        .verified_by(query!(
            outputs::outputs_contain_endpoints,
            SERVING,
            [
                removed::<Lb>(),
                removed::<RdsCluster>(),
                removed::<Vpc>(),
                removed::<data::Ec2TransitGatewayVpnAttachment>(),
                misread_output("alb_dns_name"),
                misread_output("rds_cluster_endpoint"),
                misread_output("rds_reader_endpoint"),
                misread_output("vpc_id"),
                misread_output("vpn_connection_id"),
            ]
        )),
        Requirement::new("003-OUT-2", "An output contains the status of the replication.").verified_by(query!(
            outputs::outputs_contain_replication_status,
            MIGRATING,
            [
                removed::<DmsReplicationTask>().within("replication/payments/task/full-load"),
                misread_output("dms_replication_status"),
                misread_output("dms_task_arn"),
            ]
        )),
        Requirement::new(
            "003-DEP-1",
            "Names have the form type-environment-suffix: they end with the environment and its suffix.",
        )
        .verified_by(query!(
            naming::names_end_with_environment_and_suffix,
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
        ))
        .verified_by(shared::naming::every_name_contains_the_suffix()),
        Requirement::new("003-DEP-2", "Every resource is tagged, and so are the instances of an Auto Scaling group.").verified_by(query!(
            tags::resources_and_instances_are_tagged,
            SERVING,
            [
                dropped(A::<LaunchTemplate>::tag_specifications()),
                weakened_in(A::<LaunchTemplate>::tag_specifications(), "Environment"),
            ]
        )),
        Requirement::new(
            "003-DEP-3",
            "Everything can be destroyed: no resource is protected or retained, or keeps its name reserved.",
        )
        .verified_by(shared::destroy::no_resource_prevents_destroy())
        .verified_by(query!(
            destroy::no_resource_is_retained,
            MIGRATING,
            [
                weakened(A::<RdsCluster>::deletion_protection()),
                weakened(A::<RdsCluster>::skip_final_snapshot()),
                weakened(A::<S3Bucket>::force_destroy()),
                dropped(A::<KmsKey>::deletion_window_in_days()),
            ]
        ))
        .tested(SYSTEMS, LIFE),
        Requirement::new(
            "003-DEP-4",
            "The Terraform configuration is deployable: real Terraform validates it, applies it, plans no change after that, and destroys it.",
        )
        .tested(DOCUMENTS, "every_configuration_validates")
        .tested(SYSTEMS, LIFE),
        Requirement::new("003-DEP-5", "Everything is deployed to us-east-1.").same_as("003-NET-1"),
        Requirement::new(
            "003-DEP-6",
            "The infrastructure is described as code, typed, tested and documented.",
        )
        .deviates("docs/architecture.md#output-and-tools","the program is Rust and writes Terraform JSON, which `cdktf` and `cdktn` deploy; functions and the health check of instances are Python")
        .tested("tests/cli/outdir.rs", "synth_in_the_folder_of_cdktf_prints_nothing"),
        Requirement::new("003-DEP-7", "Errors are handled and logged.")
            .tested("tests/cli/messages.rs", "a_wrong_value_of_a_file_is_shown_at_its_position")
            .same_as("003-SEC-6")
            .same_as("003-APP-6"),
    ]
}
