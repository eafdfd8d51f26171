use paymig::aws::{
    AppautoscalingPolicy, AppautoscalingTarget, CloudwatchEventRule, CloudwatchEventTarget,
    CloudwatchLogGroup, CloudwatchMetricAlarm, EcsCluster, EcsService, EcsTaskDefinition, IamRole,
    IamRolePolicy, KmsKey, LambdaFunction, LbListenerRule, LbTargetGroup, SecurityGroup,
    SsmParameter, VpcSecurityGroupEgressRule, VpcSecurityGroupIngressRule, data,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, removed, weakened, weakened_in};
use crate::framework::requirement::{MIGRATING, Requirement, SERVING, query};
use crate::queries::{functions, programs, regions, services};

const CLEAN: &str = "tests/terraform/images.rs";

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "002-CMP-1",
            "The payment service runs on ECS Fargate in both regions, in private subnets.",
        )
        .verified_by(query!(
            services::services_run_on_fargate_in_both_regions,
            SERVING,
            [
                removed::<EcsCluster>(),
                weakened(A::<EcsService>::launch_type()),
                weakened_in(A::<EcsService>::network_configuration(), "subnets"),
                weakened_in(A::<EcsService>::network_configuration(), "security_groups"),
                removed::<SecurityGroup>().within("service"),
            ]
        ))
        .verified_by(query!(
            services::tasks_are_encrypted_and_read_only,
            SERVING,
            [
                removed::<data::EcrImage>().at_once(),
                weakened_in(
                    A::<EcsTaskDefinition>::container_definitions(),
                    "readonlyRootFilesystem"
                ),
                weakened_in(A::<EcsTaskDefinition>::container_definitions(), "image"),
                weakened_in(A::<EcsTaskDefinition>::container_definitions(), "logConfiguration"),
                weakened_in(
                    A::<EcsCluster>::configuration(),
                    "fargate_ephemeral_storage_kms_key_id"
                ),
                weakened_in(A::<EcsCluster>::setting(), "name"),
                removed::<KmsKey>().within("key/tasks"),
                removed::<CloudwatchLogGroup>().within("service"),
            ]
        ))
        .verified_by(query!(
            services::services_have_security_group_rules,
            SERVING,
            [
                removed::<VpcSecurityGroupIngressRule>().within("service/payments/primary/balancer"),
                removed::<VpcSecurityGroupIngressRule>()
                    .within("service/payments/secondary/balancer"),
                removed::<VpcSecurityGroupEgressRule>().within("service/payments/secondary/https"),
                weakened(A::<VpcSecurityGroupEgressRule>::to_port())
                    .within("service/payments/secondary/https"),
            ]
        )),
        Requirement::new(
            "002-CMP-9",
            "Services of both regions reach the writer, on either side and in either region.",
        )
        .verified_by(query!(
            services::services_reach_both_databases,
            MIGRATING,
            [removed::<VpcSecurityGroupEgressRule>().within("service/payments/primary/egress/payments"),
             removed::<VpcSecurityGroupEgressRule>().within("service/payments/secondary/egress/payments")]
        )),
        Requirement::new(
            "002-CMP-2",
            "The blue and the green version each have a target group, and weights switch between them.",
        )
        .verified_by(query!(
            services::versions_have_weights,
            SERVING,
            [
                removed::<EcsService>(),
                removed::<EcsTaskDefinition>(),
                removed::<data::EcrImage>(),
                removed::<LbListenerRule>(),
                removed::<LbTargetGroup>(),
                weakened_in(A::<LbListenerRule>::action(), "weight"),
                dropped(A::<LbListenerRule>::listener_arn()),
                weakened(A::<LbTargetGroup>::protocol()),
                dropped(A::<LbTargetGroup>::health_check()),
            ]
        ))
        .verified_by(query!(
            services::images_are_pinned_by_digest,
            SERVING,
            [removed::<data::EcrRepository>(), dropped(A::<data::EcrImage>::repository_name())]
        ))
        .verified_by(query!(
            services::failed_versions_are_rolled_back,
            SERVING,
            [
                dropped(A::<EcsService>::deployment_circuit_breaker()),
                weakened(A::<EcsService>::deployment_minimum_healthy_percent()),
                weakened(A::<EcsService>::deployment_maximum_percent()),
            ]
        ))
        .tested(CLEAN, "release_changes_one_color_and_shifts_traffic_by_the_rule_only"),
        Requirement::new(
            "002-CMP-3",
            "Load balancers in both regions distribute requests.",
        )
        .same_as("002-TRF-3"),
        Requirement::new(
            "002-CMP-4",
            "Services scale with their load.",
        )
        .verified_by(query!(
            services::services_scale_with_load,
            SERVING,
            [
                removed::<AppautoscalingTarget>(),
                removed::<AppautoscalingPolicy>(),
                weakened(A::<AppautoscalingTarget>::min_capacity()),
                weakened(A::<AppautoscalingTarget>::max_capacity()),
                weakened(A::<AppautoscalingPolicy>::policy_type()),
            ]
        )),
        Requirement::new(
            "002-CMP-5",
            "Programs of each region read the writer in their own region.",
        )
        .verified_by(query!(
            regions::programs_read_the_parameters_of_their_region,
            SERVING,
            [
                weakened_in(A::<LambdaFunction>::environment(), "PARAMETER_REGION"),
                weakened_in(A::<IamRolePolicy>::policy(), "Resource")
                    .within("service/payments/secondary/task-role"),
                removed::<SsmParameter>().within("replica/use2"),
            ]
        ))
        .verified_by(query!(
            services::tasks_have_the_parameter_region,
            SERVING,
            [
                weakened_in(A::<EcsTaskDefinition>::container_definitions(), "value"),
                dropped(A::<EcsTaskDefinition>::container_definitions()),
            ]
        ))
        .tested(
            "tests/lambda/common/test_common.py",
            "test_parameter_is_read_from_the_parameter_region",
        )
        .tested(
            "tests/lambda/common/test_common.py",
            "test_secret_is_read_from_the_region_of_its_arn",
        ),
        Requirement::new(
            "002-CMP-6",
            "A version that does not become healthy causes a notification, and so does a service with too few tasks.",
        )
        .verified_by(query!(
            services::failed_versions_are_notified,
            SERVING,
            [
                removed::<CloudwatchEventRule>().within("service"),
                removed::<CloudwatchEventTarget>().within("service"),
                removed::<CloudwatchMetricAlarm>().within("service"),
                weakened(A::<CloudwatchEventRule>::event_pattern()).within("service"),
            ]
        ))
        .same_as("002-MON-1"),
        Requirement::new(
            "002-CMP-7",
            "Tasks have an execution role and a separate task role.",
        )
        .verified_by(query!(
            services::tasks_have_roles_of_their_own,
            SERVING,
            [
                removed::<IamRole>().within("service"),
                dropped(A::<EcsTaskDefinition>::task_role_arn()),
                dropped(A::<EcsTaskDefinition>::execution_role_arn()),
            ]
        )),
        Requirement::new(
            "002-CMP-8",
            "Programs perform the cutover and compare rows, when operators call them.",
        )
        .verified_by(query!(
            programs::runbook_has_cutover_and_validation_functions,
            MIGRATING,
            [
                removed::<LambdaFunction>().within("runbook"),
                weakened_in(A::<LambdaFunction>::environment(), "CHECKPOINT_BUCKET").within("runbook"),
                weakened_in(A::<LambdaFunction>::environment(), "ALERT_TOPIC_ARN")
                    .within("runbook/migration/cutover"),
            ]
        ))
        .verified_by(query!(
            programs::runbook_functions_reach_both_databases,
            MIGRATING,
            [
                removed::<VpcSecurityGroupEgressRule>().within("runbook/migration/cutover/egress"),
                removed::<VpcSecurityGroupEgressRule>().within("runbook/migration/validation/egress"),
            ]
        ))
        .verified_by(query!(
            functions::functions_run_the_code_of_the_configuration,
            [
                weakened(A::<LambdaFunction>::runtime()),
                weakened(A::<LambdaFunction>::s3_object_version()),
                removed::<paymig::aws::S3Object>(),
            ]
        ))
        .verified_by(query!(
            functions::functions_are_encrypted_and_traced,
            [
                dropped(A::<LambdaFunction>::kms_key_arn()),
                weakened_in(A::<LambdaFunction>::tracing_config(), "mode"),
                weakened_in(A::<LambdaFunction>::logging_config(), "log_format"),
            ]
        ))
        .tested(
            "tests/lambda/cutover/test_cutover_forward.py",
            "test_cutover_under_load_keeps_every_payment",
        ),
    ]
}
