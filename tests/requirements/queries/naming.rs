//! Names: they identify the environment of a resource.

use paymig::naming::naming_argument;
use paymig::terraform::tree::{Mode, Node, Term};

use crate::framework::case::{Case, Verdict};
use crate::framework::policy::text;

/// Types without a name of their own: they belong to a named resource.
const NAMELESS: &[&str] = &[
    "aws_acm_certificate",
    "aws_acm_certificate_validation",
    "aws_api_gateway_account",
    "aws_api_gateway_base_path_mapping",
    "aws_api_gateway_deployment",
    "aws_api_gateway_domain_name",
    "aws_api_gateway_gateway_response",
    "aws_api_gateway_integration",
    "aws_api_gateway_method",
    "aws_api_gateway_method_settings",
    "aws_api_gateway_resource",
    "aws_api_gateway_stage",
    "aws_appautoscaling_policy",
    "aws_appautoscaling_target",
    "aws_cloudwatch_event_target",
    "aws_ec2_transit_gateway_peering_attachment_accepter",
    "aws_ec2_transit_gateway_route",
    "aws_ec2_transit_gateway_route_table_association",
    "aws_ec2_transit_gateway_route_table_propagation",
    "aws_iam_role_policy_attachment",
    "aws_kms_key",
    "aws_lambda_alias",
    "aws_lambda_permission",
    "aws_lambda_provisioned_concurrency_config",
    "aws_lb_listener",
    "aws_lb_listener_rule",
    "aws_lb_target_group_attachment",
    "aws_route",
    "aws_route53_query_log",
    "aws_route53_record",
    "aws_route53_zone",
    "aws_route_table_association",
    "aws_s3_bucket_lifecycle_configuration",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_replication_configuration",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_versioning",
    "aws_s3_object",
    "aws_secretsmanager_secret_rotation",
    "aws_secretsmanager_secret_version",
    "aws_sns_topic_policy",
    "aws_sns_topic_subscription",
    "aws_vpc_security_group_egress_rule",
    "aws_vpc_security_group_ingress_rule",
    "aws_wafv2_web_acl_association",
    "aws_wafv2_web_acl_logging_configuration",
    "terraform_data",
];

/// Environment and suffix follow the type in each name; a path has them as components.
pub(crate) fn names_end_with_environment_and_suffix(case: Case<'_>) -> Verdict {
    let ends = [
        format!("-{}-{}", case.environment, Case::suffix()),
        format!("/{}/{}/", case.environment, Case::suffix()),
    ];
    names_tell(case, &ends)
}

/// The suffix follows the type in each name; only the suffix separates environments.
pub(crate) fn names_end_with_the_suffix(case: Case<'_>) -> Verdict {
    let ends = [
        format!("-{}", Case::suffix()),
        format!("/{}/{}/", case.environment, Case::suffix()),
    ];
    names_tell(case, &ends)
}

fn names_tell(case: Case<'_>, ends: &[String]) -> Verdict {
    let nodes = case.tree.nodes().iter();
    let wrong = nodes.filter(|node| {
        let names = names(node);
        let ended = |name: &&str| {
            ends.iter()
                .any(|end| name.contains(end) || ends_with_words(name, end))
        };
        !names.iter().all(ended) || (names.is_empty() && needs_name(node))
    });
    let wrong: Vec<String> = wrong.map(Node::address).collect();
    Verdict::of(wrong.is_empty(), format!("without {ends:?}: {wrong:?}"))
}

/// Whether a name of letters and digits only ends with the words of `end`: `ModelCreateProductionabc123`.
fn ends_with_words(name: &str, end: &str) -> bool {
    let words = end.replace('-', "");
    name.chars().all(|c| c.is_ascii_alphanumeric()) && name.to_ascii_lowercase().ends_with(&words)
}

fn needs_name(node: &Node) -> bool {
    node.mode() == Mode::Managed && !NAMELESS.contains(&node.type_name())
}

/// The name, or the tag `Name`.
fn names(node: &Node) -> Vec<&str> {
    if node.mode() != Mode::Managed {
        return Vec::new();
    }
    let argument = naming_argument(node).or(needs_name(node).then_some("name"));
    let name = argument.and_then(|argument| node.arguments().get(argument));
    let tag = match node.arguments().get("tags") {
        Some(Term::Object(tags)) => tags.get("Name"),
        _ => None,
    };
    [name, tag].into_iter().flatten().filter_map(text).collect()
}
