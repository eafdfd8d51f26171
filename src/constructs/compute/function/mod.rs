//! Lambda functions with their role, log group and network placement.

mod alias;
mod artifacts;
mod code;

pub use alias::{Alias, AliasProps, ProvisionedConcurrencyProps};
pub use artifacts::{Artifacts, UploadedPackage};
pub use code::Code;

use std::collections::BTreeMap;

use crate::aws;
use crate::aws::lambda_function::{
    Environment, LambdaFunctionArgs, LoggingConfig, TracingConfig, VpcConfig, VpcConfigArgs,
};
use crate::config::{Architecture, Tier};
use crate::constructs::core::{Context, Policy, Role, Statement, with_ignored_changes};
use crate::constructs::network::program_security_group::{
    ProgramSecurityGroupProps, add_program_security_group,
};
use crate::constructs::network::security_group_rules::NetworkPlacement;
use crate::constructs::network::vpc::Network;
use crate::constructs::observability::log_group::log_group;
use crate::constructs::security::kms_key::KmsKey;
use crate::newtypes::{RetentionDays, Seconds};
use crate::terraform::tree::{Handle, Map, Scope, Value};

/// A function that was added to a tree.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    function: Handle<aws::LambdaFunction>,
    log_group: Handle<aws::CloudwatchLogGroup>,
    placement: Option<NetworkPlacement>,
}

/// Configuration of a function.
#[derive(Debug)]
pub struct FunctionProps<'a> {
    /// The key in physical names: `cutover`.
    pub key: &'a str,
    /// The description in the console.
    pub description: &'a str,
    /// The network of the function, in the tier `private`. Without one it reaches public AWS endpoints only.
    pub network: Option<&'a Network>,
    /// The processor architecture.
    pub architecture: Architecture,
    /// The memory in MiB.
    pub memory_mib: u16,
    /// The time-out of one invocation.
    pub timeout: Seconds,
    /// Concurrency reserved for this function from the account's pool.
    pub reserved_concurrency: Option<u16>,
    /// Environment variables.
    pub environment: BTreeMap<&'a str, Value<String>>,
    /// The order of its deletion.
    pub deletion: Deletion,
    /// Permissions of its role, in addition to logs and traces.
    pub permissions: Vec<Statement>,
}

/// The order in which Terraform deletes a function and updates the resources that refer to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// Terraform's default.
    BeforeUpdates,
    /// A state machine no longer invokes the function when Terraform deletes it. A replacement with the same name is
    /// impossible, so the function must always run a package.
    AfterUpdates,
}

/// Components that a function uses, in its region.
#[derive(Clone, Debug)]
pub struct FunctionDeps {
    /// The code that the function runs.
    pub code: Code,
    /// Encrypts environment variables.
    pub functions_key: KmsKey,
    /// Settings of its log group.
    pub log: FunctionLogProps,
}

/// Configuration of a function's log group.
#[derive(Clone, Copy, Debug)]
pub struct FunctionLogProps {
    /// Encrypts the log group.
    pub key: KmsKey,
    /// Retention of its log events.
    pub retention: RetentionDays,
}

impl Function {
    /// Adds a function.
    pub fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        props: FunctionProps<'_>,
        deps: FunctionDeps,
    ) -> Self {
        let log_group = add_log_group(scope, context, props.key, deps.log);
        let role = Role::new(
            &mut scope.child("role"),
            role_name(context, props.key),
            "Execution role of a Lambda function",
            "lambda.amazonaws.com",
        );
        let mut permissions = vec![log_permissions(log_group), trace_permissions()];
        permissions.extend(props.network.map(|_| network_interface_permissions()));
        permissions.extend(props.permissions);
        let policy = role.allow(&mut scope.child("role"), Policy::new(permissions));
        let function = aws::LambdaFunction::new(LambdaFunctionArgs {
            function_name: name(context, props.key).into(),
            role: role.arn(),
        })
        .description(props.description.to_owned())
        .architectures([match props.architecture {
            Architecture::Arm64 => "arm64",
            Architecture::X8664 => "x86_64",
        }])
        .memory_size(props.memory_mib)
        .timeout(props.timeout.get())
        .kms_key_arn(deps.functions_key.arn())
        .environment(Environment::new().variables(variables_map(props.environment)))
        .logging_config(
            LoggingConfig::new("JSON")
                .log_group(log_group.name())
                .application_log_level("INFO")
                .system_log_level("WARN"),
        )
        .tracing_config(TracingConfig::new("Active"))
        // Aliases point to published versions.
        .publish(true)
        .depends_on(policy);
        let function = deps.code.set_on(function);
        let function = match props.reserved_concurrency {
            Some(executions) => function.reserved_concurrent_executions(executions),
            None => function,
        };
        let function = match props.deletion {
            Deletion::BeforeUpdates => function,
            Deletion::AfterUpdates => function.create_before_destroy(),
        };
        let placement = props.network.map(|network| {
            let security_group = ProgramSecurityGroupProps {
                token: "lambda",
                keys: &[props.key],
                description: format!("Security group of function {}", props.key),
            };
            add_program_security_group(scope, context, security_group, network)
        });
        let function = match (props.network, placement) {
            (Some(network), Some(placement)) => function
                .vpc_config(VpcConfig::new(VpcConfigArgs {
                    security_group_ids: [placement.security_group.id()].into(),
                    subnet_ids: network.subnet_ids([Tier::Private, Tier::Database]).into(),
                }))
                // Lambda's network interfaces outlive the function by up to 45 minutes and keep the security
                // group in use (terraform-provider-aws #10329).
                .replace_security_groups_on_destroy(true),
            _ => function,
        };
        Self {
            function: scope.add("function", with_ignored_changes(function)),
            log_group,
            placement,
        }
    }

    /// The ARN, without a version.
    pub fn arn(&self) -> Value<String> {
        self.function.arn()
    }

    /// The name.
    pub fn name(&self) -> Value<String> {
        self.function.function_name()
    }

    /// The version that was published last.
    pub fn version(&self) -> Value<String> {
        self.function.version()
    }

    /// The ARN that API Gateway invokes.
    pub fn invoke_arn(&self) -> Value<String> {
        self.function.invoke_arn()
    }

    /// The name of the log group.
    pub fn log_group_name(&self) -> Value<String> {
        self.log_group.name()
    }

    /// The placement of its network interfaces; none without a network.
    pub fn placement(&self) -> Option<NetworkPlacement> {
        self.placement
    }

    /// The resource, for dependencies.
    pub fn handle(&self) -> Handle<aws::LambdaFunction> {
        self.function
    }
}

/// Adds the log group of the function with this key: [`Function::new`] for a function that exists, and its caller for a
/// function that a phase lacks. The log group is an audit trail, and stays at the same address.
pub fn add_log_group(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    key: &str,
    props: FunctionLogProps,
) -> Handle<aws::CloudwatchLogGroup> {
    let name = format!("/aws/lambda/{}", name(context, key));
    scope.add("log-group", log_group(name, props.retention, props.key))
}

fn name(context: &Context<'_>, key: &str) -> String {
    context.names.keyed("lambda", [key])
}

/// The name of the role of the function with this key.
pub fn role_name(context: &Context<'_>, key: &str) -> String {
    context.names.keyed("lambda-role", [key])
}

fn variables_map(variables: BTreeMap<&str, Value<String>>) -> Value<Map<String>> {
    variables
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn log_permissions(group: Handle<aws::CloudwatchLogGroup>) -> Statement {
    Statement::allow(
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        [Value::concat([group.arn(), ":*".into()])],
    )
    .sid("WriteOwnLog")
}

/// IAM has no resource-level permissions for X-Ray.
fn trace_permissions() -> Statement {
    Statement::allow(
        ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
        ["*".into()],
    )
    .sid("WriteTraces")
}

/// Lambda creates network interfaces with the function's role, before their ARNs exist (Lambda developer guide,
/// "Giving functions access to resources in a VPC").
fn network_interface_permissions() -> Statement {
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
