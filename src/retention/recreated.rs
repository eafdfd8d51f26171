//! Resource types that lose nothing when they are replaced: the next apply restores them.
//!
//! Every type of the bindings is here or in [`RETAINED`]. Otherwise the crate does not compile.

use super::RETAINED;
use crate::aws;

/// Resource types with one reason.
#[derive(Clone, Copy, Debug)]
pub struct Recreated {
    /// What such a resource is, so that a replacement loses nothing.
    pub reason: &'static str,
    /// Terraform names of types.
    pub types: &'static [&'static str],
}

/// Every type that is not retained, by the reason.
pub static RECREATED: &[Recreated] = &GROUPS;

/// Returns the reason why a replacement of a `type_name` loses nothing.
pub fn recreated(type_name: &str) -> Option<&'static str> {
    let group = RECREATED
        .iter()
        .find(|group| group.types.contains(&type_name));
    group.map(|group| group.reason)
}

const GROUPS: [Recreated; 8] = [
    Recreated {
        reason: "a permission, whose whole content is in the configuration",
        types: &[
            "aws_api_gateway_rest_api_policy",
            "aws_backup_vault_policy",
            "aws_cloudwatch_log_data_protection_policy",
            "aws_cloudwatch_log_resource_policy",
            "aws_dynamodb_resource_policy",
            "aws_ecr_repository_policy",
            "aws_iam_instance_profile",
            "aws_iam_policy",
            "aws_iam_role",
            "aws_iam_role_policies_exclusive",
            "aws_iam_role_policy",
            "aws_iam_role_policy_attachment",
            "aws_iam_role_policy_attachments_exclusive",
            "aws_iam_service_linked_role",
            "aws_kms_grant",
            "aws_kms_key_policy",
            "aws_lambda_permission",
            "aws_s3_bucket_acl",
            "aws_s3_bucket_policy",
            "aws_secretsmanager_secret_policy",
            "aws_sns_topic_policy",
            "aws_sqs_queue_policy",
            "aws_vpc_endpoint_policy",
        ],
    },
    Recreated {
        reason: "a link between two resources, which both outlive it",
        types: &[
            "aws_acm_certificate_validation",
            "aws_api_gateway_base_path_mapping",
            "aws_api_gateway_usage_plan_key",
            "aws_autoscaling_attachment",
            "aws_backup_selection",
            "aws_db_proxy_target",
            "aws_ec2_managed_prefix_list_entry",
            "aws_ec2_transit_gateway_peering_attachment",
            "aws_ec2_transit_gateway_peering_attachment_accepter",
            "aws_ec2_transit_gateway_route_table_association",
            "aws_ec2_transit_gateway_route_table_propagation",
            "aws_ec2_transit_gateway_vpc_attachment",
            "aws_ecs_cluster_capacity_providers",
            "aws_kms_alias",
            "aws_lambda_event_source_mapping",
            "aws_lb_listener_certificate",
            "aws_lb_target_group_attachment",
            "aws_network_acl_association",
            "aws_rds_cluster_role_association",
            "aws_route53_resolver_query_log_config_association",
            "aws_route53_resolver_rule_association",
            "aws_route53_zone_association",
            "aws_route_table_association",
            "aws_vpc_dhcp_options_association",
            "aws_vpc_endpoint_route_table_association",
            "aws_vpn_gateway_attachment",
            "aws_vpn_gateway_route_propagation",
            "aws_wafv2_web_acl_association",
        ],
    },
    Recreated {
        reason: "a setting of another resource or of the account",
        types: &[
            "aws_api_gateway_account",
            "aws_api_gateway_method_settings",
            "aws_config_configuration_recorder_status",
            "aws_default_network_acl",
            "aws_default_route_table",
            "aws_default_security_group",
            "aws_ebs_encryption_by_default",
            "aws_ec2_tag",
            "aws_ecr_lifecycle_policy",
            "aws_ecr_registry_scanning_configuration",
            "aws_ecr_replication_configuration",
            "aws_guardduty_detector_feature",
            "aws_lambda_code_signing_config",
            "aws_lambda_function_event_invoke_config",
            "aws_lambda_provisioned_concurrency_config",
            "aws_s3_account_public_access_block",
            "aws_s3_bucket_accelerate_configuration",
            "aws_s3_bucket_intelligent_tiering_configuration",
            "aws_s3_bucket_inventory",
            "aws_s3_bucket_lifecycle_configuration",
            "aws_s3_bucket_logging",
            "aws_s3_bucket_metric",
            "aws_s3_bucket_notification",
            "aws_s3_bucket_object_lock_configuration",
            "aws_s3_bucket_ownership_controls",
            "aws_s3_bucket_public_access_block",
            "aws_s3_bucket_replication_configuration",
            "aws_s3_bucket_request_payment_configuration",
            "aws_s3_bucket_server_side_encryption_configuration",
            "aws_s3_bucket_versioning",
            "aws_secretsmanager_secret_rotation",
            "aws_securityhub_account",
            "aws_securityhub_standards_subscription",
            "aws_sqs_queue_redrive_allow_policy",
            "aws_sqs_queue_redrive_policy",
            "aws_vpc_dhcp_options",
        ],
    },
    Recreated {
        reason: "a part of a network or an API: a replacement interrupts requests, and loses none of their results",
        types: &[
            "aws_api_gateway_authorizer",
            "aws_api_gateway_client_certificate",
            "aws_api_gateway_deployment",
            "aws_api_gateway_gateway_response",
            "aws_api_gateway_integration",
            "aws_api_gateway_integration_response",
            "aws_api_gateway_method",
            "aws_api_gateway_method_response",
            "aws_api_gateway_model",
            "aws_api_gateway_request_validator",
            "aws_api_gateway_resource",
            "aws_api_gateway_stage",
            "aws_api_gateway_usage_plan",
            "aws_api_gateway_vpc_link",
            "aws_db_proxy",
            "aws_db_proxy_default_target_group",
            "aws_ec2_managed_prefix_list",
            "aws_ec2_transit_gateway_route",
            "aws_ec2_transit_gateway_route_table",
            "aws_internet_gateway",
            "aws_lb_listener",
            "aws_lb_listener_rule",
            "aws_lb_target_group",
            "aws_nat_gateway",
            "aws_network_acl",
            "aws_network_acl_rule",
            "aws_rds_cluster_endpoint",
            "aws_route",
            "aws_route53_record",
            "aws_route53_resolver_endpoint",
            "aws_route53_resolver_rule",
            "aws_route_table",
            "aws_security_group",
            "aws_subnet",
            "aws_vpc_endpoint",
            "aws_vpc_security_group_egress_rule",
            "aws_vpc_security_group_ingress_rule",
            "aws_vpn_connection_route",
            "aws_wafv2_ip_set",
            "aws_wafv2_regex_pattern_set",
            "aws_wafv2_web_acl",
        ],
    },
    Recreated {
        reason: "computing capacity, which keeps its data elsewhere",
        types: &[
            "aws_appautoscaling_policy",
            "aws_appautoscaling_scheduled_action",
            "aws_appautoscaling_target",
            "aws_autoscaling_group",
            "aws_autoscaling_lifecycle_hook",
            "aws_autoscaling_notification",
            "aws_autoscaling_policy",
            "aws_autoscaling_schedule",
            "aws_ecs_cluster",
            "aws_ecs_service",
            "aws_instance",
            "aws_lambda_alias",
            "aws_lambda_function",
            "aws_rds_cluster_instance",
            "aws_sfn_activity",
            "aws_sfn_alias",
        ],
    },
    Recreated {
        reason: "a part of the replication: a new one continues at a position that the migration stores",
        types: &[
            "aws_dms_certificate",
            "aws_dms_endpoint",
            "aws_dms_event_subscription",
            "aws_dms_replication_instance",
            "aws_dms_replication_task",
        ],
    },
    Recreated {
        reason: "an observer of other resources, or a trigger, without records of its own",
        types: &[
            "aws_accessanalyzer_analyzer",
            "aws_backup_plan",
            "aws_budgets_budget",
            "aws_cloudwatch_composite_alarm",
            "aws_cloudwatch_dashboard",
            "aws_cloudwatch_event_bus",
            "aws_cloudwatch_event_rule",
            "aws_cloudwatch_event_target",
            "aws_cloudwatch_log_metric_filter",
            "aws_cloudwatch_log_stream",
            "aws_cloudwatch_log_subscription_filter",
            "aws_cloudwatch_metric_alarm",
            "aws_cloudwatch_query_definition",
            "aws_config_config_rule",
            "aws_config_configuration_recorder",
            "aws_config_delivery_channel",
            "aws_db_event_subscription",
            "aws_flow_log",
            "aws_guardduty_detector",
            "aws_route53_health_check",
            "aws_route53_query_log",
            "aws_route53_resolver_query_log_config",
            "aws_scheduler_schedule",
            "aws_scheduler_schedule_group",
            "aws_synthetics_canary",
            "aws_wafv2_web_acl_logging_configuration",
        ],
    },
    Recreated {
        reason: "a document, whose whole content is in the configuration",
        types: &[
            "aws_cloudformation_stack",
            "aws_db_parameter_group",
            "aws_dynamodb_table_item",
            "aws_ecs_task_definition",
            "aws_lambda_layer_version",
            "aws_launch_template",
            "aws_rds_cluster_parameter_group",
            "aws_s3_object",
        ],
    },
];

const _: () = assert!(
    is_complete(),
    "a resource type is not in RETAINED or RECREATED, or is there twice: decide what its replacement loses"
);

/// Whether each type is classified exactly once.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler only")]
const fn is_complete() -> bool {
    let mut at = 0;
    while at < aws::TYPES.len() {
        if occurrences(aws::TYPES[at]) != 1 {
            return false;
        }
        at += 1;
    }
    true
}

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler only")]
const fn occurrences(type_name: &str) -> usize {
    let mut count = 0;
    let mut at = 0;
    while at < RETAINED.len() {
        if is_equal(RETAINED[at].type_name, type_name) {
            count += 1;
        }
        at += 1;
    }
    let mut group = 0;
    while group < GROUPS.len() {
        let types = GROUPS[group].types;
        let mut at = 0;
        while at < types.len() {
            if is_equal(types[at], type_name) {
                count += 1;
            }
            at += 1;
        }
        group += 1;
    }
    count
}

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler only")]
const fn is_equal(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut at = 0;
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}
