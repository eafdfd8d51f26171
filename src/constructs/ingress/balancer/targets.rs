//! Target groups: what a load balancer forwards to.
//!
//! ECS and EC2 Auto Scaling replace the tasks and instances that are unhealthy here, so these are healthy while their
//! process can respond. The old system and functions, which nothing replaces, are healthy while they can reach the
//! database that takes writes. Route 53 checks that of every side.

use crate::aws;
use crate::aws::lambda_permission::LambdaPermissionArgs;
use crate::aws::lb_target_group::HealthCheck;
use crate::aws::lb_target_group_attachment::LbTargetGroupAttachmentArgs;
use crate::config::ExistingHttp;
use crate::constructs::core::{Context, SectionName};
use crate::newtypes::{Port, Seconds};
use crate::terraform::tree::{Block, ConstructId, Declared, Handle, Scope, Value};

/// Seconds between two health checks.
const INTERVAL: u8 = 10;
/// Seconds that an answer may take.
const TIMEOUT: u8 = 5;
/// Answers in a row that make a target healthy.
const HEALTHY: u8 = 2;
/// Failures in a row that make a target unhealthy: after half a minute at most.
const UNHEALTHY: u8 = 3;
/// Seconds in which a removed target may finish what it has begun; API Gateway waits 29 at most.
const DEREGISTRATION_DELAY: &str = "30";

/// Configuration of a target group.
#[derive(Clone, Debug)]
pub struct TargetGroupProps<'a> {
    /// The side or version that it belongs to.
    pub key: TargetGroupKey,
    /// The targets.
    pub targets: TargetSpec<'a>,
    /// The weight of its requests, relative to the other target groups: 0 to 999.
    pub weight: u16,
}

/// Whose a target group is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetGroupKey {
    /// The system that is replaced.
    Old,
    /// A service that has one version.
    New(SectionName),
    /// The version of a service that runs.
    Blue(SectionName),
    /// The version of a service that takes over.
    Green(SectionName),
}

/// What a target group leads to.
#[derive(Clone, Debug)]
pub enum TargetSpec<'a> {
    /// The system that is replaced, at its addresses.
    Existing(&'a ExistingHttp),
    /// A function, which [`Balancer::register_function`](super::Balancer::register_function) registers.
    Function {
        /// What answers 200 while the function can reach its database.
        health_path: &'a str,
        /// The timeout of the function.
        timeout: Seconds,
    },
    /// Tasks with addresses of their own, which their ECS service registers.
    Tasks(PortAndLivenessPath<'a>),
    /// Instances, which their Auto Scaling group registers.
    Instances(PortAndLivenessPath<'a>),
}

/// Where targets listen, with TLS.
#[derive(Clone, Copy, Debug)]
pub struct PortAndLivenessPath<'a> {
    /// The port.
    pub port: Port,
    /// What answers 200 while the process can respond.
    pub liveness_path: &'a str,
}

/// A function, or an alias of it, that a load balancer calls.
#[derive(Clone, Debug)]
pub struct FunctionTarget {
    /// The name of the function.
    pub function_name: Value<String>,
    /// The alias, if it is one.
    pub qualifier: Option<Value<String>>,
    /// The ARN of the function, or of the alias.
    pub arn: Value<String>,
}

impl TargetGroupProps<'_> {
    /// Adds the target group, in `vpc`, with the targets that are known already.
    pub(super) fn add(
        &self,
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        balancer: &str,
        vpc: Value<String>,
    ) -> Handle<aws::LbTargetGroup> {
        let mut scope = self.key.scope(scope);
        let group = self
            .group(vpc)
            .name(context.names.keyed(self.token(), [balancer]));
        let group = scope.add("group", group);
        if let TargetSpec::Existing(old) = &self.targets {
            register_addresses(&mut scope, group, old);
        }
        group
    }

    /// Names of target groups have 32 characters: the side, a letter for functions, no key of the service.
    fn token(&self) -> &'static str {
        let function = matches!(self.targets, TargetSpec::Function { .. });
        match (&self.key, function) {
            (TargetGroupKey::Old, _) => "tgo",
            (TargetGroupKey::New(_), false) => "tgn",
            (TargetGroupKey::New(_), true) => "tgnf",
            (TargetGroupKey::Blue(_), false) => "tgb",
            (TargetGroupKey::Blue(_), true) => "tgbf",
            (TargetGroupKey::Green(_), false) => "tgg",
            (TargetGroupKey::Green(_), true) => "tggf",
        }
    }

    fn group(&self, vpc: Value<String>) -> Declared<aws::LbTargetGroup> {
        let listening = |target_type, port: Port, path| {
            aws::LbTargetGroup::new()
                .target_type(target_type)
                .port(port.get())
                .protocol("HTTPS")
                .vpc_id(vpc)
                .deregistration_delay(DEREGISTRATION_DELAY)
                .health_check(health_check(path).protocol("HTTPS"))
        };
        match &self.targets {
            TargetSpec::Existing(old) => listening("ip", old.port, &old.health_path),
            TargetSpec::Tasks(tasks) => listening("ip", tasks.port, tasks.liveness_path),
            TargetSpec::Instances(instances) => {
                listening("instance", instances.port, instances.liveness_path)
            }
            TargetSpec::Function {
                health_path,
                timeout,
            } => aws::LbTargetGroup::new()
                .target_type("lambda")
                // Else all but the last of several equal headers are lost, and with them what they say.
                .lambda_multi_value_headers_enabled(true)
                // The interval must be longer than the timeout of the function (Elastic Load Balancing, "Use Lambda
                // functions as targets"). With two failures a target is unhealthy after half a minute also then.
                .health_check(
                    health_check(health_path)
                        .unhealthy_threshold(2_u8)
                        .interval(timeout.get().saturating_add(1).max(INTERVAL.into())),
                ),
        }
    }
}

impl TargetGroupKey {
    /// Its part of names: `old`, `payments-new`.
    pub fn token(&self) -> String {
        match self {
            Self::Old => "old".to_owned(),
            Self::New(service) => format!("{}-new", service.physical_name_key()),
            Self::Blue(service) => format!("{}-blue", service.physical_name_key()),
            Self::Green(service) => format!("{}-green", service.physical_name_key()),
        }
    }

    /// Its component of construct paths.
    pub fn construct_id(&self) -> ConstructId {
        let of = |service: &SectionName, side: &str| {
            let id = service.construct_id();
            id.map(|service| format!("{service}-{side}"))
        };
        match self {
            Self::Old => "old".into(),
            Self::New(service) => of(service, "new"),
            Self::Blue(service) => of(service, "blue"),
            Self::Green(service) => of(service, "green"),
        }
    }

    fn scope<'t>(&self, scope: &'t mut Scope<'_>) -> Scope<'t> {
        let targets = scope.child("targets");
        match self {
            Self::Old => targets.into_child("old"),
            Self::New(service) => targets.into_child(service.construct_id()).into_child("new"),
            Self::Blue(service) => targets
                .into_child(service.construct_id())
                .into_child("blue"),
            Self::Green(service) => targets
                .into_child(service.construct_id())
                .into_child("green"),
        }
    }
}

fn health_check(path: &str) -> Block<HealthCheck> {
    HealthCheck::new()
        .enabled(true)
        .path(path.to_owned())
        .matcher("200")
        .interval(INTERVAL)
        .timeout(TIMEOUT)
        .healthy_threshold(HEALTHY)
        .unhealthy_threshold(UNHEALTHY)
}

fn register_addresses(
    scope: &mut Scope<'_>,
    group: Handle<aws::LbTargetGroup>,
    old: &ExistingHttp,
) {
    for address in &old.addresses {
        let address = address.to_string();
        let attachment = aws::LbTargetGroupAttachment::new(LbTargetGroupAttachmentArgs {
            target_group_arn: group.arn(),
            target_id: (&address).into(),
        })
        .port(old.port.get())
        // AWS demands it of an address outside the VPC.
        .availability_zone("all");
        scope.child("address").add(address, attachment);
    }
}

/// Lets Elastic Load Balancing invoke a function, and registers it. `scope` is the load balancer's.
pub(super) fn register_function(
    scope: &mut Scope<'_>,
    side: &TargetGroupKey,
    group: Handle<aws::LbTargetGroup>,
    target: &FunctionTarget,
) {
    let mut scope = side.scope(scope);
    let permission = aws::LambdaPermission::new(LambdaPermissionArgs {
        action: "lambda:InvokeFunction".into(),
        function_name: (&target.function_name).into(),
        principal: "elasticloadbalancing.amazonaws.com".into(),
    })
    .source_arn(group.arn())
    .when_some(target.qualifier.as_ref(), |permission, alias| {
        permission.qualifier(alias)
    });
    let permission = scope.add("permission", permission);
    let attachment = aws::LbTargetGroupAttachment::new(LbTargetGroupAttachmentArgs {
        target_group_arn: group.arn(),
        target_id: (&target.arn).into(),
    });
    // Registering calls the function.
    scope.add("function", attachment.depends_on(permission));
}
