use paymig::aws::{
    AcmCertificate, AcmCertificateValidation, AppautoscalingPolicy, AppautoscalingTarget,
    CloudwatchEventRule, CloudwatchEventTarget, CloudwatchLogGroup, CloudwatchMetricAlarm,
    EcsCluster, EcsService, EcsTaskDefinition, IamRole, KmsKey, LambdaAlias, LambdaFunction,
    LambdaPermission, Lb, LbListener, LbTargetGroup, LbTargetGroupAttachment, NatGateway,
    Route53Record, S3Bucket, S3BucketLifecycleConfiguration, SecurityGroup,
    VpcSecurityGroupEgressRule, VpcSecurityGroupIngressRule, data,
};
use paymig::terraform::tree::Argument as A;

use super::{LIFE, SYSTEMS};
use crate::framework::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::framework::requirement::{MIGRATING, Requirement, SERVING, query};
use crate::queries::{balancers, network, tasks, traffic, workflow};

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "001-APP-1",
            "The payment API is a container image that functions run, in three Availability Zones.",
        )
        .verified_by(query!(
            tasks::services_and_functions_run_images,
            SERVING,
            [
                weakened(A::<LambdaFunction>::image_uri()).within("function/payments"),
                removed::<data::EcrImage>(),
                removed::<data::EcrRepository>(),
                weakened(A::<EcsTaskDefinition>::container_definitions()),
                removed::<EcsTaskDefinition>(),
            ]
        ))
        .verified_by(query!(
            network::functions_run_in_private_subnets,
            SERVING,
            [
                redirected(
                    A::<LambdaFunction>::vpc_config(),
                    "network/main/subnet/public-a"
                ),
                removed::<NatGateway>(),
                weakened_in(A::<LambdaFunction>::vpc_config(), "subnet_ids"),
                dropped(A::<LambdaFunction>::vpc_config()),
            ]
        ))
        .tested("tests/terraform/images.rs", "release_changes_one_color_and_shifts_traffic_by_the_rule_only"),
        Requirement::new(
            "001-APP-2",
            "Two to ten tasks run, scaled by CPU utilization.",
        )
        .deviates("docs/deviations.md#tasks-and-functions","ECS scales tasks, and Lambda scales functions: one image runs as both behind one load balancer, as 2 to 10 tasks by CPU utilization and with a provisioned concurrency of 2 to 10 by its utilization")
        .verified_by(query!(
            tasks::tasks_scale_with_cpu,
            SERVING,
            [
                removed::<EcsService>().at_once(),
                removed::<AppautoscalingTarget>().within("service"),
                removed::<AppautoscalingPolicy>().within("service"),
                weakened(A::<AppautoscalingTarget>::min_capacity()).within("service"),
                weakened(A::<AppautoscalingTarget>::max_capacity()).within("service"),
                weakened(A::<AppautoscalingTarget>::resource_id()).within("service"),
                weakened(A::<AppautoscalingTarget>::scalable_dimension()).within("service"),
                weakened(A::<AppautoscalingPolicy>::policy_type()).within("service"),
                weakened_in(
                    A::<AppautoscalingPolicy>::target_tracking_scaling_policy_configuration(),
                    "predefined_metric_type"
                )
                .within("service"),
                weakened_in(
                    A::<AppautoscalingPolicy>::target_tracking_scaling_policy_configuration(),
                    "target_value"
                )
                .within("service"),
                weakened(A::<EcsService>::desired_count()),
            ]
        ))
        .verified_by(query!(
            tasks::provisioned_concurrency_scales_with_utilization,
            SERVING,
            [
                removed::<LambdaAlias>().at_once(),
                removed::<AppautoscalingTarget>().within("function"),
                removed::<AppautoscalingPolicy>().within("function"),
                weakened(A::<AppautoscalingTarget>::min_capacity()).within("function"),
                weakened(A::<AppautoscalingTarget>::max_capacity()).within("function"),
                weakened_in(
                    A::<AppautoscalingPolicy>::target_tracking_scaling_policy_configuration(),
                    "predefined_metric_type"
                )
                .within("function"),
                weakened(A::<LambdaAlias>::function_version()),
            ]
        )),
        Requirement::new(
            "001-APP-3",
            "Tasks have no public address, a read-only file system, and a role of their own.",
        )
        .verified_by(query!(
            tasks::tasks_run_in_private_subnets,
            SERVING,
            [
                weakened(A::<EcsService>::launch_type()),
                weakened_in(A::<EcsService>::network_configuration(), "assign_public_ip"),
                weakened_in(A::<EcsService>::network_configuration(), "subnets"),
                weakened_in(A::<EcsService>::network_configuration(), "security_groups"),
                redirected(
                    A::<EcsService>::network_configuration(),
                    "network/main/subnet/public-a"
                ),
                removed::<EcsCluster>(),
                removed::<SecurityGroup>().within("service"),
                removed::<VpcSecurityGroupEgressRule>().within("service/tasks/main/https"),
            ]
        ))
        .verified_by(query!(
            tasks::containers_have_read_only_file_systems_and_roles,
            SERVING,
            [
                weakened_in(
                    A::<EcsTaskDefinition>::container_definitions(),
                    "readonlyRootFilesystem"
                ),
                weakened_in(A::<EcsTaskDefinition>::container_definitions(), "healthCheck"),
                weakened_in(
                    A::<EcsTaskDefinition>::container_definitions(),
                    "logConfiguration"
                ),
                dropped(A::<EcsTaskDefinition>::execution_role_arn()),
                dropped(A::<EcsTaskDefinition>::task_role_arn()),
                redirected(
                    A::<EcsTaskDefinition>::task_role_arn(),
                    "service/tasks/main/execution-role/role"
                ),
                removed::<IamRole>().within("service"),
                removed::<CloudwatchLogGroup>().within("service/tasks/main/log-group"),
            ]
        ))
        .verified_by(query!(
            tasks::ecs_clusters_are_encrypted_and_monitored,
            SERVING,
            [
                weakened(A::<EcsCluster>::configuration()),
                weakened(A::<EcsCluster>::setting()),
                weakened(A::<EcsCluster>::name()),
                removed::<KmsKey>().within("key/tasks"),
                removed::<CloudwatchLogGroup>().within("service/tasks/main/insights"),
            ]
        )),
        Requirement::new(
            "001-APP-4",
            "An Application Load Balancer checks the health of its targets.",
        )
        .verified_by(query!(
            balancers::targets_are_health_checked,
            SERVING,
            [
                removed::<LbTargetGroup>().at_once(),
                dropped(A::<LbTargetGroup>::health_check()),
                weakened_in(A::<LbTargetGroup>::health_check(), "enabled"),
                weakened_in(A::<LbTargetGroup>::health_check(), "path"),
                weakened_in(A::<LbTargetGroup>::health_check(), "interval"),
                weakened_in(A::<LbTargetGroup>::health_check(), "unhealthy_threshold"),
                removed::<LbTargetGroupAttachment>(),
                removed::<LambdaPermission>().within("balancer"),
                weakened(A::<LambdaPermission>::principal()).within("balancer"),
                removed::<EcsService>(),
            ]
        ))
        .verified_by(query!(
            tasks::load_balancers_reach_their_tasks,
            SERVING,
            [
                weakened(A::<EcsService>::load_balancer()),
                weakened_in(A::<EcsService>::load_balancer(), "container_port"),
                removed::<VpcSecurityGroupIngressRule>()
                    .within("service/tasks/main/balancer"),
                weakened(A::<LbTargetGroup>::protocol()).within("balancer/main/main/targets/tasks"),
                removed::<SecurityGroup>().within("balancer"),
            ]
        ))
        .tested(SYSTEMS, LIFE),
        Requirement::new(
            "001-APP-5",
            "TLS ends at the load balancer, with an ACM certificate validated by DNS. HTTP requests are redirected to HTTPS.",
        )
        .verified_by(query!(
            traffic::load_balancers_accept_tls_only,
            [
                removed::<LbListener>().within("balancer/main/main/https"),
                weakened(A::<LbListener>::protocol()),
                weakened(A::<LbListener>::ssl_policy()).within("balancer"),
                weakened_in(A::<LbListener>::default_action(), "redirect"),
                removed::<AcmCertificate>(),
                removed::<AcmCertificateValidation>(),
                removed::<Route53Record>().within("certificate"),
                removed::<data::Route53Zone>(),
                weakened(A::<AcmCertificate>::validation_method()),
                weakened(A::<Lb>::drop_invalid_header_fields()),
                removed::<SecurityGroup>().within("balancer"),
            ]
        ))
        .verified_by(query!(
            traffic::requests_are_logged,
            [
                dropped(A::<Lb>::access_logs()),
                weakened_in(A::<Lb>::access_logs(), "enabled"),
                removed::<S3Bucket>().within("balancer"),
                removed::<S3BucketLifecycleConfiguration>().within("balancer"),
                removed::<data::ElbServiceAccount>(),
            ]
        )),
        Requirement::new(
            "001-APP-6",
            "A version that does not become healthy is rolled back, and operators are notified.",
        )
        .verified_by(query!(
            tasks::failed_task_versions_are_rolled_back,
            SERVING,
            [
                weakened_in(A::<EcsService>::deployment_circuit_breaker(), "enable"),
                weakened_in(A::<EcsService>::deployment_circuit_breaker(), "rollback"),
                weakened(A::<EcsService>::deployment_minimum_healthy_percent()),
                weakened(A::<EcsService>::wait_for_steady_state()),
                removed::<CloudwatchEventRule>().within("service"),
                removed::<CloudwatchEventTarget>().within("service"),
                weakened_in(A::<CloudwatchEventRule>::event_pattern(), "eventName")
                    .within("service"),
                weakened_in(A::<CloudwatchEventRule>::event_pattern(), "resources")
                    .within("service"),
                removed::<CloudwatchMetricAlarm>().within("service"),
                removed::<CloudwatchMetricAlarm>().within("alarms/tasks"),
                weakened(A::<CloudwatchMetricAlarm>::metric_name()).within("alarms/tasks"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions()).within("alarms/tasks"),
            ]
        )),
        Requirement::new(
            "001-APP-7",
            "Payment programs can log in to both databases while both exist.",
        )
        .verified_by(query!(
            workflow::programs_reach_both_databases,
            MIGRATING,
            [
                removed::<VpcSecurityGroupEgressRule>().within("function/payments/blue/egress"),
                removed::<VpcSecurityGroupEgressRule>().within("function/payments/green/egress"),
                removed::<VpcSecurityGroupEgressRule>().within("runbook/migration/cutover/egress"),
                removed::<VpcSecurityGroupEgressRule>().within("runbook/migration/validation/egress"),
            ]
        ))
        .verified_by(query!(
            tasks::tasks_reach_both_databases,
            MIGRATING,
            [
                removed::<VpcSecurityGroupEgressRule>().within("service/tasks/main/egress/payments"),
                weakened(A::<VpcSecurityGroupEgressRule>::to_port())
                    .within("service/tasks/main/egress/payments"),
                weakened_in(
                    A::<EcsTaskDefinition>::container_definitions(),
                    "environment"
                ),
            ]
        )),
    ]
}
