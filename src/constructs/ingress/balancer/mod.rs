//! Application load balancers: one in each network, TLS 1.2 and 1.3 only, with target groups that share
//! the requests by weight.
//!
//! The weights stand in a rule of the listener, and in nothing else: they move at once, without the
//! delay of DNS, and moving them replaces nothing.

mod access_logs;
mod targets;
mod weights;

pub use targets::{
    FunctionTarget, PortAndLivenessPath, TargetGroupKey, TargetGroupProps, TargetSpec,
};
pub use weights::weights;

use crate::aws;
use crate::aws::lb::AccessLogs as AccessLogsBlock;
use crate::aws::lb_listener::{DefaultAction, FixedResponse, LbListenerArgs, Redirect};
use crate::aws::lb_listener_rule::{
    Action, Condition, Forward, LbListenerRuleArgs, PathPattern, TargetGroup,
};
use crate::config::{Balancer as Config, ManagedBy, Protection, Scheme, Tier};
use crate::constructs::core::{Context, PlanCondition, SectionRef, with_ignored_changes};
use crate::constructs::network::security_group_rules::{
    HTTPS_PORT, NetworkPlacement, allow_from_cidr, allow_to_cidr,
};
use crate::constructs::network::vpc::Network;
use crate::newtypes::Cidr;
use crate::terraform::tree::{Handle, Scope, Value};
use access_logs::{AccessLogs, AccessLogsProps};

/// TLS 1.3, and of 1.2 what is not broken (PCI DSS 4.2.1).
const TLS_POLICY: &str = "ELBSecurityPolicy-TLS13-1-2-2021-06";

const HTTP: u16 = 80;

/// A load balancer in one network.
#[derive(Clone, Debug)]
pub struct Balancer {
    /// The load balancer.
    pub load_balancer: Handle<aws::Lb>,
    /// The ARN of its certificate.
    pub certificate: Value<String>,
    /// What accepts `HTTPS_PORT`.
    pub listener: Handle<aws::LbListener>,
    /// The rule that shares the requests; a target group serves only once it is in a rule.
    pub rule: Handle<aws::LbListenerRule>,
    /// Where it stands, and the group around it.
    pub placement: NetworkPlacement,
    /// The name that AWS names are made with.
    pub identity: String,
    groups: Vec<(TargetGroupKey, Handle<aws::LbTargetGroup>)>,
}

/// Configuration of a load balancer.
#[derive(Clone, Debug)]
pub struct BalancerProps<'a> {
    /// The section of the stack file.
    pub section: SectionRef<'a, Config>,
    /// The target groups: one to five, the most that AWS allows in a rule.
    pub target_groups: Vec<TargetGroupProps<'a>>,
    /// The owner of the weights.
    pub managed_by: ManagedBy,
    /// The condition of a plan that sets the weights.
    pub weight_condition: Option<PlanCondition>,
}

/// Components that a load balancer uses, in its region.
#[derive(Clone, Debug)]
pub struct BalancerDeps<'a> {
    /// The network.
    pub network: &'a Network,
    /// The ARN of the certificate.
    pub certificate_arn: Value<String>,
    /// The ARN of the account with which AWS delivers access logs.
    pub log_delivery_account_arn: Value<String>,
}

impl Balancer {
    /// Adds a load balancer, its listeners and its target groups. Clients of an internal one need a rule to its
    /// [`NetworkPlacement`].
    pub fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        props: BalancerProps<'_>,
        deps: BalancerDeps<'_>,
    ) -> Self {
        let section = props.section;
        let network = deps.network;
        let identity = section.physical_name_key();
        let security_group = scope.add(
            "security-group",
            aws::SecurityGroup::new()
                .name(context.names.keyed("alb", [identity]))
                .description(format!("Security group of load balancer {identity}"))
                .vpc_id(network.vpc.id())
                .tags(context.name_tag("alb", [identity])),
        );
        let logs = AccessLogsProps {
            balancer: identity,
            region: network.region,
            log_delivery_account_arn: deps.log_delivery_account_arn,
        };
        let logs = AccessLogs::new(scope, context, logs);
        let load_balancer = load_balancer(scope, context, section, network, security_group, logs);
        let listener = https_listener(scope, load_balancer, &deps.certificate_arn);
        if section.scheme == Scheme::InternetFacing {
            redirect_to_https(scope, load_balancer);
            for (id, port) in [
                ("https-from-anywhere", HTTPS_PORT),
                ("http-from-anywhere", HTTP),
            ] {
                let from = Cidr::anywhere();
                allow_from_cidr(
                    scope,
                    id,
                    from,
                    security_group.id(),
                    port,
                    "Clients on the internet",
                );
            }
        }
        let mut groups = Vec::new();
        let mut weighted = Vec::new();
        for target_group in props.target_groups {
            let group = target_group.add(scope, context, identity, network.vpc.id());
            weighted.push(TargetGroup::new(group.arn()).weight(target_group.weight));
            groups.push((target_group.key, group));
            if let TargetSpec::Existing(old) = target_group.targets {
                for address in &old.addresses {
                    let (id, to) = (address.to_string(), Cidr::from(*address));
                    let port = old.port.get();
                    allow_to_cidr(
                        scope,
                        id,
                        to,
                        security_group.id(),
                        port,
                        "Load balancer to the old system",
                    );
                }
            }
        }
        let rule = aws::LbListenerRule::new(LbListenerRuleArgs {
            listener_arn: listener.arn(),
            action: vec![Action::new("forward").forward(Forward::new(weighted))],
            condition: vec![Condition::new().path_pattern(PathPattern::new(["/*"]))],
        })
        .priority(1_u8)
        .tags(context.name_tag("weights", [identity]));
        let rule = match props.managed_by {
            ManagedBy::Workflow => with_ignored_changes(rule),
            ManagedBy::Terraform => rule,
        };
        let rule = rule.when_some(props.weight_condition, |rule, condition| {
            condition.require(rule)
        });
        Self {
            load_balancer,
            certificate: deps.certificate_arn,
            listener,
            rule: scope.add("weights", rule),
            placement: NetworkPlacement {
                vpc: network.vpc,
                cidr: network.cidr,
                security_group,
            },
            identity: identity.to_owned(),
            groups,
        }
    }

    /// Registers a function in the target group of a side. `scope` is the load balancer's.
    pub fn register_function(
        &self,
        scope: &mut Scope<'_>,
        side: &TargetGroupKey,
        target: &FunctionTarget,
    ) {
        if let Some(group) = self.group(side) {
            targets::register_function(scope, side, group, target);
        }
    }

    /// The target groups of all sides.
    pub fn groups(&self) -> impl Iterator<Item = &(TargetGroupKey, Handle<aws::LbTargetGroup>)> {
        self.groups.iter()
    }

    /// The target group of a side, if it has one.
    pub fn group(&self, side: &TargetGroupKey) -> Option<Handle<aws::LbTargetGroup>> {
        let found = self.groups.iter().find(|(have, _)| have == side);
        found.map(|(_, group)| *group)
    }
}

fn load_balancer(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    config: SectionRef<'_, Config>,
    network: &Network,
    security_group: Handle<aws::SecurityGroup>,
    logs: AccessLogs,
) -> Handle<aws::Lb> {
    let tier = match config.scheme {
        Scheme::Internal => Tier::Private,
        Scheme::InternetFacing => Tier::Public,
    };
    let subnets = network.tier(tier).map(|subnet| subnet.subnet.id());
    let load_balancer = aws::Lb::new()
        .name(context.names.keyed("alb", [config.physical_name_key()]))
        .load_balancer_type("application")
        .internal(config.scheme == Scheme::Internal)
        .security_groups([security_group.id()])
        .subnets(subnets.collect::<Vec<_>>())
        .drop_invalid_header_fields(true)
        .client_keep_alive(config.client_keep_alive.get())
        .enable_deletion_protection(context.protection == Protection::Protected)
        .access_logs(AccessLogsBlock::new(logs.bucket.id()).enabled(true))
        // AWS writes a test object when logs are switched on.
        .depends_on(logs.policy);
    scope.add("load-balancer", context.protect(load_balancer))
}

fn https_listener(
    scope: &mut Scope<'_>,
    load_balancer: Handle<aws::Lb>,
    certificate: &Value<String>,
) -> Handle<aws::LbListener> {
    // What no rule forwards does not exist.
    let nothing = FixedResponse::new("application/json")
        .status_code("404")
        .message_body(r#"{"message":"not found"}"#);
    let listener = aws::LbListener::new(LbListenerArgs {
        load_balancer_arn: load_balancer.arn(),
        default_action: vec![DefaultAction::new("fixed-response").fixed_response(nothing)],
    })
    .port(HTTPS_PORT)
    .protocol("HTTPS")
    .ssl_policy(TLS_POLICY)
    .certificate_arn(certificate);
    scope.add("https", listener)
}

fn redirect_to_https(scope: &mut Scope<'_>, load_balancer: Handle<aws::Lb>) {
    let redirect = Redirect::new("HTTP_301")
        .protocol("HTTPS")
        .port(HTTPS_PORT.to_string());
    let listener = aws::LbListener::new(LbListenerArgs {
        load_balancer_arn: load_balancer.arn(),
        default_action: vec![DefaultAction::new("redirect").redirect(redirect)],
    })
    .port(HTTP)
    .protocol("HTTP");
    scope.add("http", listener);
}
