//! Roles: trust policies and permissions.

use paymig::aws;
use paymig::terraform::tree::{Read, Term, View};

use crate::framework::case::{Case, Verdict};
use crate::framework::policy::{literals, statements, text};

/// Actions without resource-level permissions (Service Authorization Reference), which
/// may be allowed on `*`.
const WITHOUT_RESOURCES: &[&str] = &[
    // What there is, before anything can be said of one of it.
    "cloudwatch:DescribeAlarms",
    "dms:DescribeConnections",
    "dms:DescribeReplicationTasks",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:DescribeTargetHealth",
    // Interfaces of functions in networks: Lambda makes them before they have an ARN.
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
    // The registry of the account, which has no ARN.
    "ecr:GetAuthorizationToken",
    // Measures of one's own, within a namespace.
    "cloudwatch:PutMetricData",
    // Sessions on instances (Systems Manager user guide, "Add Session Manager permissions").
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
    // Flow logs look for their group among all.
    "logs:DescribeLogGroups",
    // How machines have their logs delivered.
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
    // A password of nothing in particular.
    "secretsmanager:GetRandomPassword",
    // The answer to whoever gave the token away, which names the execution.
    "states:SendTaskFailure",
    "states:SendTaskSuccess",
    // Traces of whatever ran.
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
];

/// PCI DSS 7.2.2: policies name actions and resources.
pub(crate) fn role_policies_name_actions_and_resources(case: Case<'_>) -> Verdict {
    case.every::<aws::IamRolePolicy>()
        .must("name its actions and resources", |policy| {
            let statements = statements(policy.policy());
            !statements.is_empty()
                && statements.iter().all(|statement| {
                    let actions = statement.actions();
                    let needless = |resource: &Term| match text(resource) {
                        Some("*") => !actions.iter().all(|it| WITHOUT_RESOURCES.contains(it)),
                        Some(literal) => !literal.starts_with("arn:"),
                        None => false,
                    };
                    statement.allows()
                        && !actions.is_empty()
                        && actions.iter().all(|action| !action.contains('*'))
                        && !statement.resources().is_empty()
                        && !statement.resources().iter().any(needless)
                })
        })
        .must("belong to a role", |policy| {
            !policy.to::<aws::IamRole, _>(policy.role()).is_empty()
        })
        .verdict()
}

/// The policies of AWS that a role may have. All others, such as `AdministratorAccess`, name no resources.
const MANAGED: &[&str] = &["service-role/AmazonRDSEnhancedMonitoringRole"];

/// PCI DSS 7.2.2: a role has its own policies, and of AWS's only one that a service requires.
pub(crate) fn roles_have_no_broad_managed_policy(case: Case<'_>) -> Verdict {
    case.every::<aws::IamRolePolicyAttachment>()
        .must("attach a policy that a service requires", |attachment| {
            let policy = attachment.policy_arn();
            let arn = policy.map(|arn| literals(arn.term())).unwrap_or_default();
            let (_, name) = arn.split_once(":policy/").unwrap_or_default();
            MANAGED.contains(&name)
        })
        .verdict()
}

/// One service may assume a role.
pub(crate) fn roles_are_for_one_service(case: Case<'_>) -> Verdict {
    case.every::<aws::IamRole>()
        .must("be assumed by one service", |role| {
            let statements = statements(role.assume_role_policy());
            let principals: Vec<_> = statements
                .iter()
                .flat_map(|statement| statement.principals())
                .collect();
            matches!(principals[..], [service] if service.ends_with(".amazonaws.com"))
        })
        .verdict()
}

/// A role without a policy has no permission.
pub(crate) fn every_role_has_a_policy(case: Case<'_>) -> Verdict {
    case.every::<aws::IamRole>()
        .must("have a policy", |role| {
            let own = role.from::<aws::IamRolePolicy, _>(View::<aws::IamRolePolicy>::role);
            let by_role = View::<aws::IamRolePolicyAttachment>::role;
            let managed = role.from::<aws::IamRolePolicyAttachment, _>(by_role);
            own.iter()
                .any(|policy| policy.policy().is_some_and(is_written))
                || !managed.is_empty()
        })
        .verdict()
}

/// No function has the permissions of another.
pub(crate) fn functions_share_no_role(case: Case<'_>) -> Verdict {
    case.every::<aws::LambdaFunction>()
        .must("have a role of its own", |function| {
            let roles = function.to::<aws::IamRole, _>(function.role());
            let users = roles.iter().flat_map(|role| {
                role.from::<aws::LambdaFunction, _>(View::<aws::LambdaFunction>::role)
            });
            roles.len() == 1 && users.count() == 1
        })
        .verdict()
}

fn is_written(policy: Read<'_, String>) -> bool {
    !statements(Some(policy)).is_empty()
}
