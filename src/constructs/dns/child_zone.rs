//! A hosted zone of the stack, delegated from an existing zone.
//!
//! It is not signed with DNSSEC: that requires signed parent zones, and a lost key would make the name unresolvable for
//! the TTL of the parent's DS record, which exceeds the limit of a DNS rollback.

use crate::aws;
use crate::aws::cloudwatch_log_resource_policy::CloudwatchLogResourcePolicyArgs;
use crate::aws::route53_query_log::Route53QueryLogArgs;
use crate::aws::route53_record::Route53RecordArgs;
use crate::config::Protection;
use crate::constructs::core::{Context, Policy, Principal, Statement};
use crate::constructs::observability::log_group::log_group;
use crate::constructs::security::kms_key::KmsKey;
use crate::newtypes::{DomainName, Region, RetentionDays};
use crate::terraform::tree::{Handle, NodeId, Scope, Value};

/// TTL of the delegation in seconds.
const DELEGATION_TTL: u16 = 300;

/// A public hosted zone of the stack.
#[derive(Clone, Copy, Debug)]
pub struct ChildZone {
    zone: Handle<aws::Route53Zone>,
}

/// Arguments of [`ChildZone::new`].
#[derive(Clone, Copy, Debug)]
pub struct ChildZoneProps<'a> {
    /// Name of the zone.
    pub name: &'a DomainName,
    /// Key of the query log, in `us-east-1`: Route 53 supports query logging in this region only (Route 53
    /// developer guide, "Public DNS query logging").
    pub logs_key: KmsKey,
    /// Retention of the query log.
    pub retention: RetentionDays,
}

impl ChildZone {
    /// Adds the zone and its query log. It is not authoritative before [`Self::delegate`].
    pub fn new(scope: &mut Scope<'_>, context: &Context<'_>, props: &ChildZoneProps<'_>) -> Self {
        let zone = aws::Route53Zone::new(props.name.to_string())
            .comment("Delegated from the parent zone")
            // Records that others added would prevent its destruction.
            .force_destroy(context.protection == Protection::Destroyable);
        let zone = scope.add("zone", context.protect(zone));
        log_queries(scope, context, zone, props);
        Self { zone }
    }

    /// The zone id.
    pub fn id(&self) -> Value<String> {
        self.zone.zone_id()
    }

    /// Delegates `name` from its parent zone, after the records in `dependencies`: from then on resolvers use this
    /// zone.
    pub fn delegate(
        &self,
        scope: &mut Scope<'_>,
        name: &DomainName,
        parent_id: Value<String>,
        dependencies: impl IntoIterator<Item = NodeId>,
    ) {
        let delegation = aws::Route53Record::new(Route53RecordArgs {
            name: name.to_string().into(),
            r#type: "NS".into(),
            zone_id: parent_id,
        })
        .ttl(DELEGATION_TTL)
        .records(self.zone.name_servers())
        .depends_on_all(dependencies);
        scope.add("delegation", delegation);
    }
}

fn log_queries(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    zone: Handle<aws::Route53Zone>,
    props: &ChildZoneProps<'_>,
) {
    let mut scope = scope
        .in_region(Region::GLOBAL.as_str())
        .into_child("queries");
    // The prefix that the console proposes; the rest is unique for each environment.
    let log_name = context
        .names
        .keyed("dns", [props.name.to_string().replace('.', "-").as_str()]);
    let group = log_group(
        format!("/aws/route53/{log_name}"),
        props.retention,
        props.logs_key,
    );
    let group = scope.add("log-group", group);
    let write = Statement::allow(
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        [Value::concat([group.arn(), ":*".into()])],
    )
    .sid("QueriesOfThisZone")
    .principal(Principal::Service("route53.amazonaws.com".into()))
    .condition("StringEquals", "aws:SourceAccount", context.account.id());
    let policy = aws::CloudwatchLogResourcePolicy::new(CloudwatchLogResourcePolicyArgs {
        policy_document: Policy::new([write]).to_json(),
        policy_name: log_name.into(),
    });
    let policy = scope.add("policy", policy);
    let log = aws::Route53QueryLog::new(Route53QueryLogArgs {
        cloudwatch_log_group_arn: group.arn(),
        zone_id: zone.zone_id(),
    });
    // Route 53 writes a test event when logging is enabled.
    scope.add("log", log.depends_on(policy));
}
