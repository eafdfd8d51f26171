//! The suffix in names: two copies of an environment exist side by side only if no name is fixed.
//!
//! An argument is a name if AWS limits it as one (`paymig::naming`), or if the provider calls it one. So the name of a
//! new resource needs the suffix, or a line in [`EXEMPTIONS`].

use paymig::naming::naming_argument;
use paymig::terraform::tree::{Mode, Node, Object, Term};

use crate::framework::case::{Case, Verdict};

/// A resource type, the path of one of its arguments, and the reason why its value needs no suffix.
type Exemption = (&'static str, &'static str, &'static str);

/// Arguments that are called names and are fixed.
#[rustfmt::skip]
const EXEMPTIONS: &[Exemption] = &[
    // Fixed by AWS, by a protocol or by software.
    ("aws_appautoscaling_target", "service_namespace", "AWS's name of the service"),
    ("aws_autoscaling_group", "tag.key", "the key of a tag"),
    ("aws_budgets_budget", "cost_filter.name", "AWS's name of a filter"),
    ("aws_cloudwatch_metric_alarm", "metric_name", "AWS's name of a metric; own metrics have a namespace with the suffix"),
    ("aws_cloudwatch_metric_alarm", "metric_query.metric.metric_name", "as metric_name"),
    ("aws_cloudwatch_metric_alarm", "metric_query.metric.namespace", "AWS's name of the service"),
    ("aws_cloudwatch_metric_alarm", "namespace", "AWS's name of the service"),
    ("aws_dms_endpoint", "engine_name", "AWS's name of the engine"),
    ("aws_dms_endpoint", "postgres_settings.plugin_name", "PostgreSQL's name of the plugin"),
    ("aws_ecs_cluster", "setting.name", "AWS's name of a setting"),
    ("aws_ecs_task_definition", "runtime_platform.operating_system_family", "AWS's name of the system"),
    ("aws_rds_cluster_instance", "ca_cert_identifier", "AWS's name of its authority"),
    ("aws_rds_cluster_parameter_group", "family", "AWS's name of an engine version"),
    ("aws_rds_cluster_parameter_group", "parameter.name", "the engine's name of a parameter"),
    ("aws_vpc_endpoint", "service_name", "AWS's name of the service"),
    ("aws_wafv2_web_acl", "rule.statement.managed_rule_group_statement.name", "AWS's name of a rule group"),
    ("aws_wafv2_web_acl", "rule.statement.managed_rule_group_statement.vendor_name", "AWS's name of a vendor"),
    ("aws_wafv2_web_acl_logging_configuration", "redacted_fields.single_header.name", "HTTP's name of a header"),
    // Names inside a resource whose own name has the suffix.
    ("aws_api_gateway_stage", "stage_name", "part of the API's URL"),
    ("aws_cloudwatch_event_target", "target_id", "inside its rule"),
    ("aws_cloudwatch_event_target", "input_transformer.input_paths.name", "a path in an event"),
    ("aws_cloudwatch_log_metric_filter", "metric_transformation.name", "inside its namespace, which has the suffix"),
    ("aws_cloudwatch_metric_alarm", "metric_query.id", "inside its alarm"),
    ("aws_dynamodb_table", "attribute.name", "inside its table"),
    ("aws_dynamodb_table", "global_secondary_index.hash_key", "as attribute.name"),
    ("aws_dynamodb_table", "global_secondary_index.name", "inside its table"),
    ("aws_dynamodb_table", "global_secondary_index.range_key", "as attribute.name"),
    ("aws_dynamodb_table", "hash_key", "as attribute.name"),
    ("aws_ecs_service", "load_balancer.container_name", "inside its task definition"),
    ("aws_ecs_task_definition", "volume.name", "inside its task definition"),
    ("aws_lambda_alias", "name", "inside its function: the end of an ARN"),
    ("aws_route53_record", "set_identifier", "inside its record set"),
    ("aws_s3_bucket_lifecycle_configuration", "rule.id", "inside its bucket"),
    ("aws_s3_bucket_replication_configuration", "rule.id", "inside its bucket"),
    ("aws_s3_object", "key", "inside its bucket"),
    ("aws_wafv2_web_acl", "rule.name", "inside its web ACL"),
    ("aws_wafv2_web_acl", "rule.visibility_config.metric_name", "CloudWatch adds the name of the web ACL as a dimension"),
    // Names inside a database, whose cluster has the suffix.
    ("aws_dms_endpoint", "database_name", "inside its cluster"),
    ("aws_rds_cluster", "database_name", "inside its cluster"),
    ("aws_rds_global_cluster", "database_name", "inside its cluster"),
    // Names of what exists already.
    ("aws_lb_target_group_attachment", "target_id", "an address of the old system"),
    ("aws_route53_resolver_rule", "domain_name", "the domain of the datacenter"),
];

/// Every name contains the suffix of its environment.
pub(crate) fn every_name_contains_the_suffix(case: Case<'_>) -> Verdict {
    let fixed = fixed_names(case);
    let faults: Vec<String> = fixed
        .iter()
        .filter(|name| name.exemption().is_none())
        .map(|FixedName { node, path, value }| {
            format!("{}: {path} = {value:?}", case.tree.path(node))
        })
        .collect();
    Verdict::of(
        faults.is_empty(),
        format!("without suffix: {}", faults.join(", ")),
    )
}

/// A literal name without the suffix.
struct FixedName<'t> {
    node: &'t Node,
    /// The names of the argument and of the blocks around it: `rule.name`.
    path: String,
    value: &'t str,
}

impl FixedName<'_> {
    /// The line of the table that allows it.
    fn exemption(&self) -> Option<&'static Exemption> {
        let own = (self.node.type_name(), &*self.path);
        let mut lines = EXEMPTIONS.iter();
        lines.find(|(type_name, path, _)| (*type_name, *path) == own)
    }
}

fn fixed_names(case: Case<'_>) -> Vec<FixedName<'_>> {
    let mut found = Vec::new();
    for node in case.tree.nodes() {
        // The input of the identity guard is no name in AWS.
        if node.mode() == Mode::Managed && node.type_name().starts_with("aws_") {
            collect(node, "", node.arguments(), &mut found);
        }
    }
    found
}

/// Collects the fixed names of `arguments`, which are those of `node` or of a block at `path` in it. A JSON document is
/// an expression, and so has no arguments.
fn collect<'t>(node: &'t Node, path: &str, arguments: &'t Object, found: &mut Vec<FixedName<'t>>) {
    for (argument, term) in arguments.iter() {
        let separator = if path.is_empty() { "" } else { "." };
        let path = format!("{path}{separator}{argument}");
        match term {
            Term::Text(value) => {
                let is_name = is_name(argument) || naming_argument(node) == Some(&*path);
                if is_name && !value.contains(Case::suffix()) {
                    found.push(FixedName { node, path, value });
                }
            }
            Term::Object(block) => collect(node, &path, block, found),
            Term::List(blocks) => {
                for block in blocks {
                    if let Term::Object(block) = block {
                        collect(node, &path, block, found);
                    }
                }
            }
            _ => {}
        }
    }
}

/// Whether the provider calls an argument a name. `Name` is the tag.
fn is_name(argument: &str) -> bool {
    let last_word = argument.rsplit('_').next();
    matches!(
        last_word,
        Some(
            "alias"
                | "bucket"
                | "family"
                | "id"
                | "identifier"
                | "key"
                | "name"
                | "Name"
                | "namespace"
                | "prefix"
        )
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::deployments::deployments;

    #[test]
    fn every_name_of_every_environment_contains_the_suffix() {
        let mut faults = BTreeSet::new();
        let mut exempted: BTreeSet<&Exemption> = BTreeSet::new();
        for deployment in deployments() {
            for stage in deployment.stages() {
                let case = Case {
                    tree: &stage.system.tree,
                    environment: deployment.environment.as_str(),
                    phase: stage.phase,
                    traffic: stage.traffic,
                };
                let verdict = every_name_contains_the_suffix(case);
                let verdict = verdict.faults().iter();
                faults.extend(verdict.map(|fault| format!("{}: {fault}", deployment.id())));
                let names = fixed_names(case);
                exempted.extend(names.iter().filter_map(FixedName::exemption));
            }
        }
        let faults: Vec<_> = faults.into_iter().collect();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        let unused = EXEMPTIONS.iter().filter(|line| !exempted.contains(line));
        let unused: Vec<_> = unused.collect();
        assert!(unused.is_empty(), "exemptions of no name: {unused:?}");
    }
}
