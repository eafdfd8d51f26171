//! VPC flow logs of accepted and rejected traffic (PCI DSS 10.2).

use crate::aws;
use crate::config::Network as Config;
use crate::constructs::core::{Context, Policy, Role, SectionRef, Statement};
use crate::constructs::observability::log_group::log_group;
use crate::constructs::security::kms_key::KmsKey;
use crate::terraform::tree::{Handle, Scope, Value};

/// Seconds over which a flow is summed up; the shorter of the two that AWS has.
const AGGREGATION_SECONDS: u16 = 60;

/// Records the flows of `vpc` in a log group that is encrypted with `logs_key`.
pub(super) fn add(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    config: SectionRef<'_, Config>,
    vpc: Handle<aws::Vpc>,
    logs_key: KmsKey,
) {
    let mut scope = scope.child("flow-logs");
    let key = config.physical_name_key();
    let name = context.names.keyed("flow-logs", [key]);
    let group = scope.add(
        "log-group",
        log_group(format!("/vpc/{name}"), config.flow_log_retention, logs_key),
    );
    let role = Role::of_account(
        &mut scope,
        context,
        name,
        "Writes VPC flow logs to CloudWatch Logs",
        "vpc-flow-logs.amazonaws.com",
    );
    role.allow(
        &mut scope,
        Policy::new([
            Statement::allow(
                [
                    "logs:CreateLogStream",
                    "logs:DescribeLogStreams",
                    "logs:PutLogEvents",
                ],
                [Value::concat([group.arn(), ":*".into()])],
            )
            .sid("WriteOwnLog"),
            // It lists all groups to find its own (VPC user guide, "IAM role for publishing flow logs").
            Statement::allow(["logs:DescribeLogGroups"], ["*".into()]).sid("DescribeLogGroups"),
        ]),
    );
    scope.add(
        "flow-log",
        aws::FlowLog::new()
            .vpc_id(vpc.id())
            .traffic_type("ALL")
            .log_destination_type("cloud-watch-logs")
            .log_destination(group.arn())
            .iam_role_arn(role.arn())
            .max_aggregation_interval(AGGREGATION_SECONDS)
            .tags(context.name_tag("flow-log", [key])),
    );
}
