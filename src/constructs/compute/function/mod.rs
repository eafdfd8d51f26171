//! Lambda functions: their code, their role, their place in a network.

mod alias;
mod artifacts;
mod code;

pub use alias::Alias;
pub use artifacts::{Artifacts, UploadedPackage};
pub use code::Code;

use std::collections::BTreeMap;

use crate::aws;
use crate::aws::lambda_function::{
    Environment, LambdaFunctionArgs, LoggingConfig, TracingConfig, VpcConfig, VpcConfigArgs,
};
use crate::config::{Architecture, Tier};
use crate::constructs::core::{Context, Role, Statement, with_ignored_changes};
use crate::constructs::network::security_group_rules::NetworkPlacement;
use crate::constructs::network::vpc::Network;
use crate::constructs::observability::log_group::log_group;
use crate::constructs::security::kms_key::KmsKey;
use crate::newtypes::{RetentionDays, Seconds};
use crate::terraform::tree::{Handle, Map, Scope, Value};

/// A function to be.
#[derive(Debug)]
pub struct Plan<'a> {
    /// Its part of names: `cutover`.
    pub key: &'a str,
    /// What it does.
    pub description: &'static str,
    /// The network that it runs in, in the tier `private`. Without one it reaches AWS only.
    pub network: Option<&'a Network>,
    /// Its processor.
    pub architecture: Architecture,
    /// Its memory, in MiB.
    pub memory: u16,
    /// How long one call may take.
    pub timeout: Seconds,
    /// Executions taken from the account's pool for this function alone.
    pub reserved_concurrency: Option<u16>,
    /// Its environment variables.
    pub environment: BTreeMap<&'a str, Value<String>>,
    /// What it may do, beside writing its own log and traces.
    pub allowed: Vec<Statement>,
}

/// What functions of one region have in common.
#[derive(Clone, Debug)]
pub struct Site {
    /// What the function runs.
    pub code: Code,
    /// Encrypts environment variables.
    pub functions_key: KmsKey,
    /// Encrypts log groups.
    pub logs_key: KmsKey,
    /// How long log groups are kept.
    pub retention: RetentionDays,
}

/// A function that was added to a tree.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    function: Handle<aws::LambdaFunction>,
    log_group: Handle<aws::CloudwatchLogGroup>,
    placement: Option<NetworkPlacement>,
}

impl Function {
    /// The function that `plan` describes, at `site`.
    pub fn new(scope: &mut Scope<'_>, context: &Context<'_>, plan: Plan<'_>, site: Site) -> Self {
        let name = context.names.keyed("lambda", [plan.key]);
        let log_group = scope.add(
            "log-group",
            log_group(format!("/aws/lambda/{name}"), site.retention, site.logs_key),
        );
        let role = Role::new(
            &mut scope.child("role"),
            context.names.keyed("lambda-role", [plan.key]),
            "What a function may do",
            "lambda.amazonaws.com",
        );
        let mut allowed = vec![own_log(log_group), traces()];
        allowed.extend(plan.network.map(|_| network_interfaces()));
        allowed.extend(plan.allowed);
        let policy = role.allow(
            &mut scope.child("role"),
            crate::constructs::core::Policy::new(allowed),
        );
        let function = aws::LambdaFunction::new(LambdaFunctionArgs {
            function_name: name.clone().into(),
            role: role.arn(),
        })
        .description(plan.description)
        .architectures([match plan.architecture {
            Architecture::Arm64 => "arm64",
            Architecture::X8664 => "x86_64",
        }])
        .memory_size(plan.memory)
        .timeout(plan.timeout.get())
        .kms_key_arn(site.functions_key.arn())
        .environment(Environment::new().variables(variables(plan.environment)))
        .logging_config(
            LoggingConfig::new("JSON")
                .log_group(log_group.name())
                .application_log_level("INFO")
                .system_log_level("WARN"),
        )
        .tracing_config(TracingConfig::new("Active"))
        // Each version stays as it was published, for aliases to point at.
        .publish(true)
        .depends_on(policy);
        let function = site.code.run(function);
        let function = match plan.reserved_concurrency {
            Some(executions) => function.reserved_concurrent_executions(executions),
            None => function,
        };
        let placement = plan.network.map(|network| {
            NetworkPlacement::for_program(
                scope,
                context,
                ("lambda", &[plan.key]),
                format!("Security group of function {}", plan.key),
                network,
            )
        });
        let function = match (plan.network, placement) {
            (Some(network), Some(placement)) => function
                .vpc_config(VpcConfig::new(VpcConfigArgs {
                    security_group_ids: [placement.security_group.id()].into(),
                    subnet_ids: network.subnet_ids([Tier::Private, Tier::Database]).into(),
                }))
                // Lambda's network interfaces outlive it by up to 45 minutes, and hold their group
                // (terraform-provider-aws #10329).
                .replace_security_groups_on_destroy(true),
            _ => function,
        };
        Self {
            function: scope.add("function", with_ignored_changes(function)),
            log_group,
            placement,
        }
    }

    /// Its ARN, without a version.
    pub fn arn(&self) -> Value<String> {
        self.function.arn()
    }

    /// Its name.
    pub fn name(&self) -> Value<String> {
        self.function.function_name()
    }

    /// The version that was published last.
    pub fn version(&self) -> Value<String> {
        self.function.version()
    }

    /// What API Gateway calls.
    pub fn invoke_arn(&self) -> Value<String> {
        self.function.invoke_arn()
    }

    /// The name of its log group.
    pub fn log_group(&self) -> Value<String> {
        self.log_group.name()
    }

    /// Where its network interfaces stand.
    pub fn placement(&self) -> Option<NetworkPlacement> {
        self.placement
    }

    /// What waits for the function.
    pub fn handle(&self) -> Handle<aws::LambdaFunction> {
        self.function
    }
}

fn variables(variables: BTreeMap<&str, Value<String>>) -> Value<Map<String>> {
    variables
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn own_log(group: Handle<aws::CloudwatchLogGroup>) -> Statement {
    Statement::allow(
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        [Value::concat([group.arn(), ":*".into()])],
    )
    .sid("WriteOwnLog")
}

/// X-Ray has no permissions for single resources.
fn traces() -> Statement {
    Statement::allow(
        ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
        ["*".into()],
    )
    .sid("WriteTraces")
}

/// Lambda makes interfaces with the function's own role, and EC2 has no permissions for ones that do
/// not exist yet (Lambda developer guide, "Giving functions access to resources in a VPC").
fn network_interfaces() -> Statement {
    Statement::allow(
        [
            "ec2:AssignPrivateIpAddresses",
            "ec2:CreateNetworkInterface",
            "ec2:DeleteNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:UnassignPrivateIpAddresses",
        ],
        ["*".into()],
    )
    .sid("ManageNetworkInterfaces")
}
