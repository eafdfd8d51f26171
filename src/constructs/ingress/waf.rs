//! Web ACLs: rule groups that AWS manages, a request limit for each address, and a log of inspected requests.

use crate::aws;
use crate::aws::wafv2_web_acl::{
    Action, Allow, Block as BlockAction, DefaultAction, ManagedRuleGroupStatement,
    ManagedRuleGroupStatementArgs, None as NoOverride, OverrideAction, OverrideActionCount,
    RateBasedStatement, Rule, RuleArgs, RuleStatement, VisibilityConfig, VisibilityConfigArgs,
    Wafv2WebAclArgs,
};
use crate::aws::wafv2_web_acl_association::Wafv2WebAclAssociationArgs;
use crate::aws::wafv2_web_acl_logging_configuration::{
    RedactedFields, SingleHeader, Wafv2WebAclLoggingConfigurationArgs,
};
use crate::config::{ManagedAction, ManagedRules, RateLimit, Waf as Config};
use crate::constructs::core::{Context, SectionRef};
use crate::constructs::observability::log_group::log_group;
use crate::constructs::security::kms_key::KmsKey;
use crate::newtypes::RetentionDays;
use crate::terraform::tree::{Block, Handle, Scope, Value};

/// Prefix that WAF requires of the log groups to which it writes.
const LOG_PREFIX: &str = "aws-waf-logs-";

/// A web ACL of one region.
#[derive(Clone, Copy, Debug)]
pub struct Waf {
    acl: Handle<aws::Wafv2WebAcl>,
}

impl Waf {
    /// The web ACL that `config` describes.
    pub fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        config: SectionRef<'_, Config>,
        logs_key: KmsKey,
    ) -> Self {
        let name = context.names.keyed("waf", [config.physical_name_key()]);
        let acl = aws::Wafv2WebAcl::new(Wafv2WebAclArgs {
            scope: "REGIONAL".into(),
            default_action: DefaultAction::new().allow(Allow::new()),
            visibility_config: visible(&name),
        })
        .name(&name)
        .rule(rules(config.config()));
        let acl = scope.add("acl", acl);
        let log = scope.add(
            "log-group",
            log_group(format!("{LOG_PREFIX}{name}"), RetentionDays::PCI, logs_key),
        );
        // A reader of the log must not see the credentials of callers.
        let secrets = ["authorization", "cookie"]
            .map(|header| RedactedFields::new().single_header(SingleHeader::new(header)));
        scope.add(
            "log",
            aws::Wafv2WebAclLoggingConfiguration::new(Wafv2WebAclLoggingConfigurationArgs {
                log_destination_configs: [log.arn()].into(),
                resource_arn: acl.arn(),
            })
            .redacted_fields(secrets),
        );
        Self { acl }
    }

    /// Associates the web ACL with a load balancer or the stage of a REST API.
    pub fn protect(&self, scope: &mut Scope<'_>, resource: Value<String>) {
        scope.add(
            "web-acl",
            aws::Wafv2WebAclAssociation::new(Wafv2WebAclAssociationArgs {
                resource_arn: resource,
                web_acl_arn: self.acl.arn(),
            }),
        );
    }

    /// Returns the name of the web ACL, which is the dimension of its metrics too.
    pub fn name(&self) -> Value<String> {
        self.acl.name()
    }

    /// Returns the ID of the web ACL.
    pub fn id(&self) -> Value<String> {
        self.acl.id()
    }
}

/// Returns the limit first: a request over the limit needs no inspection.
fn rules(config: &Config) -> Vec<Block<Rule>> {
    let limit = config.rate_limit.as_ref().map(rate_limit);
    let groups = config.managed.iter();
    let managed = groups.map(|rules| managed(*rules, config.managed_action));
    limit.into_iter().chain(managed).collect()
}

fn rate_limit(limit: &RateLimit) -> Block<Rule> {
    let statement = RateBasedStatement::new(limit.requests.get())
        .aggregate_key_type("IP")
        .evaluation_window_sec(limit.window.seconds());
    Rule::new(RuleArgs {
        name: "rate-limit".into(),
        priority: 0_u8.into(),
        statement: RuleStatement::new().rate_based_statement(statement),
        visibility_config: visible("rate-limit"),
    })
    .action(Action::new().block(BlockAction::new()))
}

fn managed(rules: ManagedRules, action: ManagedAction) -> Block<Rule> {
    let statement = ManagedRuleGroupStatement::new(ManagedRuleGroupStatementArgs {
        name: rules.group().into(),
        vendor_name: "AWS".into(),
    });
    Rule::new(RuleArgs {
        name: rules.group().into(),
        priority: priority(rules).into(),
        statement: RuleStatement::new().managed_rule_group_statement(statement),
        visibility_config: visible(rules.group()),
    })
    .override_action(match action {
        ManagedAction::Block => OverrideAction::new().none(NoOverride::new()),
        ManagedAction::Count => OverrideAction::new().count(OverrideActionCount::new()),
    })
}

/// Returns a fixed priority for each group, so that adding a group moves no other; cheap inspections first.
fn priority(rules: ManagedRules) -> u8 {
    match rules {
        ManagedRules::IpReputation => 10,
        ManagedRules::Common => 20,
        ManagedRules::KnownBadInputs => 30,
        ManagedRules::SqlInjection => 40,
    }
}

/// Enables metrics and disables samples, which contain whole requests outside the stack's keys and retention.
fn visible(metric: &str) -> Block<VisibilityConfig> {
    VisibilityConfig::new(VisibilityConfigArgs {
        cloudwatch_metrics_enabled: true.into(),
        metric_name: metric.to_owned().into(),
        sampled_requests_enabled: false.into(),
    })
}
