//! Instances of a service: what they are, how many there are, and how they begin.
//!
//! What has an identity (role, security group, log group, launch template) stands in every phase and costs nothing; the
//! group comes and goes with the payments.

mod boot;
mod group;
mod template;

use std::collections::BTreeMap;

pub use group::{Behind, Group};

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

/// What instances are made with.
#[derive(Debug)]
pub struct Inputs<'a> {
    /// The network that they run in, in the tier `private` of all its zones.
    pub network: &'a Network,
    /// What they start from.
    pub image: MachineImage,
    /// Encrypts their volumes.
    pub volumes_key: KmsKey,
    /// Encrypts their log group.
    pub logs_key: KmsKey,
    /// How long their logs are kept.
    pub retention: RetentionDays,
    /// The tags of what a group launches: none that changes with the migration, or it would replace them all.
    pub tags: BTreeMap<String, String>,
    /// The tags that everything else has and that change.
    pub changing: [&'static str; 2],
    /// The environment of the service: names and ARNs.
    pub settings: BTreeMap<String, Value<String>>,
    /// What the service may do.
    pub allowed: Vec<Statement>,
}

/// Instances that were added to a tree; a [`Group`] runs them.
#[derive(Clone, Debug)]
pub struct Instances {
    /// Where they stand.
    pub placement: NetworkPlacement,
    /// The name of the group that runs them.
    pub group_name: String,
    template: Handle<aws::LaunchTemplate>,
    policy: Handle<aws::IamRolePolicy>,
}

/// The dimension of metrics that are added up for a group.
pub const GROUP: &str = boot::GROUP;

impl Instances {
    /// What the instances of `config` are; `identity` is the service's.
    pub fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        identity: &str,
        config: &Config,
        inputs: &Inputs<'_>,
    ) -> Self {
        let group_name = context.names.keyed("asg", [identity]);
        let logs = scope.add(
            "log-group",
            log_group(
                format!("{}/instances/{identity}", context.names.parameter_root()),
                inputs.retention,
                inputs.logs_key,
            ),
        );
        let mut role_scope = scope.child("role");
        let role = Role::new(
            &mut role_scope,
            context.names.keyed("instance-role", [identity]),
            "Instance role of an Auto Scaling service",
            "ec2.amazonaws.com",
        );
        let namespace = metric_filters::namespace(context);
        let own = [sessions(), own_log(logs), metrics(namespace.clone())];
        let allowed = own.into_iter().chain(inputs.allowed.iter().cloned());
        let policy = role.allow(&mut role_scope, Policy::new(allowed));
        let profile = aws::IamInstanceProfile::new()
            .name(context.names.keyed("instance-profile", [identity]))
            .role(role.name());
        let profile = role_scope.add("profile", profile);
        let security_group = ProgramSecurityGroupProps {
            token: "instances",
            keys: &[identity],
            description: format!("Security group of the instances of service {identity}"),
        };
        let placement = add_program_security_group(scope, context, security_group, inputs.network);
        let boot = Boot {
            settings: inputs.settings.clone(),
            log_group: logs.name(),
            namespace,
            group: group_name.clone(),
        };
        let parts = template::Parts {
            name: context.names.keyed("lt", [identity]),
            profile,
            security_group: placement.security_group,
            user_data: boot.user_data(),
        };
        Self {
            placement,
            group_name,
            template: template::add(scope, config, inputs, parts),
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
