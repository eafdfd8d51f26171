//! EC2 instances of a service: launch template, user data and Auto Scaling group.
//!
//! Role, security group, log group and launch template exist in every phase and cost nothing. The group exists while
//! payments can run on AWS.

mod boot;
mod group;
mod template;

use std::collections::BTreeMap;

pub use boot::GROUP;
pub use group::{
    AutoScalingGroup, AutoScalingGroupDeps, AutoScalingGroupProps, LoadBalancerTarget,
};

use crate::aws;
use crate::config::Instances as Config;
use crate::constructs::compute::machine_image::MachineImage;
use crate::constructs::core::{Context, Policy, Role, Statement};
use crate::constructs::network::program_security_group::{
    ProgramSecurityGroupProps, add_program_security_group,
};
use crate::constructs::network::security_group_rules::NetworkPlacement;
use crate::constructs::network::vpc::Network;
use crate::constructs::observability::log_group::log_group;
use crate::constructs::observability::metric_filters;
use crate::constructs::security::kms_key::KmsKey;
use crate::newtypes::RetentionDays;
use crate::terraform::tree::{Handle, Scope, Value};
use boot::Boot;
use template::{TemplateDeps, TemplateProps, add_template};

/// Configuration of the instances of a service.
#[derive(Clone, Debug)]
pub struct InstancesProps<'a> {
    /// The service's key in physical names.
    pub key: &'a str,
    /// The section of the stack file.
    pub config: &'a Config,
    /// Retention of the log group.
    pub retention: RetentionDays,
    /// Tags of everything that a group launches. None of them changes during the migration: a change replaces all
    /// instances.
    pub tags: &'a BTreeMap<String, String>,
    /// Default tags that change during the migration.
    pub changing_tags: [&'static str; 2],
    /// Environment variables of the service: names and ARNs.
    pub environment: BTreeMap<String, Value<String>>,
    /// Permissions of the service.
    pub permissions: Vec<Statement>,
}

/// Components that instances use, in their region.
#[derive(Clone, Copy, Debug)]
pub struct InstancesDeps<'a> {
    /// The network of the instances, in the tier `private` of all its zones.
    pub network: &'a Network,
    /// The machine image.
    pub image: MachineImage,
    /// Encrypts the volumes.
    pub volumes_key: KmsKey,
    /// Encrypts the log group.
    pub logs_key: KmsKey,
}

/// Instances that were added to a tree; an [`AutoScalingGroup`] launches them.
#[derive(Clone, Debug)]
pub struct Instances {
    /// Their network placement.
    pub placement: NetworkPlacement,
    /// The name of the group that launches them.
    pub group_name: String,
    template: Handle<aws::LaunchTemplate>,
    policy: Handle<aws::IamRolePolicy>,
}

impl Instances {
    /// Adds a launch template and the components that exist in every phase.
    pub fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        props: InstancesProps<'_>,
        deps: InstancesDeps<'_>,
    ) -> Self {
        let key = props.key;
        let group_name = context.names.keyed("asg", [key]);
        let logs = scope.add(
            "log-group",
            log_group(
                format!("{}/instances/{key}", context.names.parameter_root()),
                props.retention,
                deps.logs_key,
            ),
        );
        let mut role_scope = scope.child("role");
        let role = Role::new(
            &mut role_scope,
            context.names.keyed("instance-role", [key]),
            "Instance role of an Auto Scaling service",
            "ec2.amazonaws.com",
        );
        let namespace = metric_filters::namespace(context);
        let own = [sessions(), own_log(logs), metrics(namespace.clone())];
        let allowed = own.into_iter().chain(props.permissions);
        let policy = role.allow(&mut role_scope, Policy::new(allowed));
        let profile = aws::IamInstanceProfile::new()
            .name(context.names.keyed("instance-profile", [key]))
            .role(role.name());
        let profile = role_scope.add("profile", profile);
        let security_group = ProgramSecurityGroupProps {
            token: "instances",
            keys: &[key],
            description: format!("Security group of the instances of service {key}"),
        };
        let placement = add_program_security_group(scope, context, security_group, deps.network);
        let boot = Boot {
            settings: props.environment,
            log_group: logs.name(),
            namespace,
            group: group_name.clone(),
        };
        let template = TemplateProps {
            name: context.names.keyed("lt", [key]),
            config: props.config,
            tags: props.tags,
            changing_tags: props.changing_tags,
            user_data: boot.user_data(),
        };
        let template_deps = TemplateDeps {
            image: deps.image,
            volumes_key: deps.volumes_key,
            profile,
            security_group: placement.security_group,
        };
        Self {
            placement,
            group_name,
            template: add_template(scope, template, template_deps),
            policy,
        }
    }
}

/// Session Manager, and nothing else of Systems Manager: AWS's own policy would let instances read every parameter
/// of the account. It has no permissions for single resources (Systems Manager user guide, "Add Session Manager
/// permissions to an existing IAM role").
fn sessions() -> Statement {
    Statement::allow(
        [
            "ssm:UpdateInstanceInformation",
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel",
        ],
        ["*".into()],
    )
    .sid("SessionManager")
}

fn own_log(group: Handle<aws::CloudwatchLogGroup>) -> Statement {
    Statement::allow(
        [
            "logs:CreateLogStream",
            "logs:DescribeLogStreams",
            "logs:PutLogEvents",
        ],
        [group.arn(), Value::concat([group.arn(), ":*".into()])],
    )
    .sid("WriteOwnLog")
}

/// CloudWatch has no permissions for single metrics, but for namespaces.
fn metrics(namespace: String) -> Statement {
    Statement::allow(["cloudwatch:PutMetricData"], ["*".into()])
        .sid("PutOwnMetrics")
        .condition("StringEquals", "cloudwatch:namespace", namespace)
}
