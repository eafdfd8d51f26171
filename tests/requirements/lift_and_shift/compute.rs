use paymig::aws::{
    AcmCertificate, AcmCertificateValidation, AutoscalingGroup, AutoscalingPolicy,
    CloudwatchLogGroup, IamInstanceProfile, IamRolePolicy, KmsKey, LaunchTemplate, Lb, LbListener,
    LbListenerRule, LbTargetGroup, Route53Record, S3Bucket, S3BucketLifecycleConfiguration,
    SecurityGroup, VpcSecurityGroupEgressRule, data,
};
use paymig::terraform::builtin::TerraformData;
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::framework::requirement::{MIGRATING, Requirement, SERVING, query};
use crate::queries::{instances, public_endpoints, single_network, traffic};

const HEALTH: &str = "tests/instances/test_health.py";

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "003-APP-1",
            "An Auto Scaling group has three to nine instances, in private subnets of three Availability Zones.",
        )
        .verified_by(query!(
            instances::groups_have_three_to_nine_instances,
            SERVING,
            [
                removed::<AutoscalingGroup>(),
                weakened(A::<AutoscalingGroup>::min_size()),
                weakened(A::<AutoscalingGroup>::max_size()),
                weakened(A::<AutoscalingGroup>::vpc_zone_identifier()),
                redirected(
                    A::<AutoscalingGroup>::vpc_zone_identifier(),
                    "network/main/subnet/public-a"
                ),
                dropped(A::<AutoscalingGroup>::launch_template()),
                removed::<LaunchTemplate>(),
            ]
        ))
        .tested("tests/terraform/instances.rs", "auto_scaling_group_scales_and_is_replaced_on_request_only"),
        Requirement::new("003-APP-2", "The group scales automatically.").verified_by(query!(
            instances::groups_scale_with_load,
            SERVING,
            [
                removed::<AutoscalingPolicy>(),
                weakened(A::<AutoscalingPolicy>::policy_type()),
                weakened_in(
                    A::<AutoscalingPolicy>::target_tracking_configuration(),
                    "predefined_metric_type"
                ),
            ]
        )),
        Requirement::new(
            "003-APP-3",
            "A public Application Load Balancer forwards requests to the group, accepts TLS only, and logs requests.",
        )
        .verified_by(query!(
            single_network::load_balancers_are_in_public_subnets,
            [
                weakened(A::<Lb>::internal()),
                redirected(A::<Lb>::subnets(), "network/main/subnet/private-a"),
                removed::<Lb>(),
            ]
        ))
        .verified_by(query!(
            traffic::load_balancers_accept_tls_only,
            [
                removed::<LbListener>().within("balancer/main/main/https"),
                weakened(A::<LbListener>::protocol()).within("balancer/main/main/https"),
                weakened(A::<LbListener>::ssl_policy()),
                weakened_in(A::<LbListener>::default_action(), "redirect"),
                removed::<AcmCertificate>(),
                removed::<AcmCertificateValidation>(),
                removed::<Route53Record>().within("certificate"),
                weakened(A::<Lb>::drop_invalid_header_fields()),
                removed::<SecurityGroup>().within("balancer"),
            ]
        ))
        .verified_by(query!(
            public_endpoints::http_is_redirected_to_https,
            [removed::<LbListener>()]
        ))
        .verified_by(query!(
            traffic::requests_are_logged,
            [
                dropped(A::<Lb>::access_logs()),
                removed::<S3Bucket>().within("balancer"),
                removed::<S3BucketLifecycleConfiguration>().within("balancer"),
                removed::<data::ElbServiceAccount>(),
            ]
        )),
        Requirement::new(
            "003-APP-4",
            "Health checks detect an unhealthy instance within 30 seconds, and the group replaces it.",
        )
        .verified_by(query!(
            public_endpoints::requests_reach_health_checked_targets,
            SERVING,
            [
                removed::<LbListenerRule>(),
                removed::<LbTargetGroup>(),
                weakened(A::<LbTargetGroup>::protocol()),
                dropped(A::<LbTargetGroup>::health_check()),
                weakened_in(A::<LbTargetGroup>::health_check(), "enabled"),
                weakened_in(A::<LbTargetGroup>::health_check(), "path"),
                weakened_in(A::<LbTargetGroup>::health_check(), "interval"),
            ]
        ))
        .verified_by(query!(
            instances::groups_replace_unhealthy_instances,
            SERVING,
            [
                weakened(A::<AutoscalingGroup>::health_check_type()),
                weakened(A::<AutoscalingGroup>::target_group_arns()),
                dropped(A::<AutoscalingGroup>::instance_refresh()),
                weakened_in(A::<AutoscalingGroup>::instance_refresh(), "auto_rollback"),
                weakened_in(A::<AutoscalingGroup>::instance_refresh(), "min_healthy_percentage"),
            ]
        ))
        .tested(HEALTH, "test_load_balancer_receives_the_health")
        .tested(HEALTH, "test_writer_database_must_be_reachable"),
        Requirement::new(
            "003-APP-5",
            "Instances have no public address, encrypted volumes, and an image that no plan changes.",
        )
        .verified_by(query!(
            instances::instances_are_private_and_encrypted,
            SERVING,
            [
                weakened_in(A::<LaunchTemplate>::network_interfaces(), "associate_public_ip_address"),
                weakened_in(A::<LaunchTemplate>::network_interfaces(), "security_groups"),
                weakened_in(A::<LaunchTemplate>::block_device_mappings(), "encrypted"),
                weakened_in(A::<LaunchTemplate>::block_device_mappings(), "kms_key_id"),
                removed::<KmsKey>().within("key/volumes"),
                removed::<SecurityGroup>().within("service"),
                weakened_in(A::<LaunchTemplate>::metadata_options(), "http_tokens"),
                weakened_in(A::<LaunchTemplate>::monitoring(), "enabled"),
            ]
        ))
        .verified_by(query!(
            instances::images_are_looked_up_and_pinned,
            SERVING,
            [
                removed::<data::Ami>(),
                removed::<TerraformData>().within("service"),
                weakened(A::<LaunchTemplate>::image_id()),
            ]
        )),
        Requirement::new("003-APP-6", "Instances log to a log group of the stack.").verified_by(query!(
            instances::instances_send_logs,
            SERVING,
            [
                removed::<CloudwatchLogGroup>().within("service"),
                removed::<IamInstanceProfile>(),
                removed::<IamRolePolicy>().within("service"),
                weakened_in(A::<IamRolePolicy>::policy(), "Action").within("service"),
            ]
        )),
        Requirement::new(
            "003-APP-7",
            "Payments stay consistent: instances log in to the writer, on AWS or in the datacenter.",
        )
        .verified_by(query!(
            instances::instances_reach_both_databases,
            MIGRATING,
            [
                removed::<VpcSecurityGroupEgressRule>().within("service"),
                weakened(A::<LaunchTemplate>::user_data()),
                removed::<data::SecretsmanagerSecret>().within("database/payments/application"),
                removed::<data::SecretsmanagerSecret>().within("replication/payments/application"),
            ]
        ))
        .tested(HEALTH, "test_fenced_databases_are_unhealthy"),
    ]
}
