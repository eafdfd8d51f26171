//! A hosted zone of the stack's own, below one that exists.
//!
//! It is not signed. DNSSEC protects nothing unless every zone above is signed too, which is not ours to
//! say, and a key that is lost or rotated wrongly takes the name off the internet for as long as the
//! parent's DS record lives: longer than any way back.

use crate::aws;
use crate::aws::cloudwatch_log_resource_policy::CloudwatchLogResourcePolicyArgs;
use crate::aws::route53_query_log::Route53QueryLogArgs;
use crate::aws::route53_record::Route53RecordArgs;
use crate::config::Protection;
use crate::constructs::core::{Context, Policy, Principal, Statement};
use crate::constructs::dns::zone::Zone;
use crate::constructs::observability::log_group::log_group;
use crate::constructs::security::kms_key::KmsKey;
use crate::newtypes::{DomainName, Region, RetentionDays};
use crate::terraform::tree::{Handle, NodeId, Scope, Value};

/// Seconds for which resolvers keep the delegation.
const DELEGATION_TTL: u16 = 300;

/// Adds the zone `name`, which logs who asks for what. Nobody asks it before [`delegate`].
///
/// Route 53 logs queries only to groups in us-east-1 (Route 53 developer guide, "Public DNS query
/// logging"), and there `logs_key` is.
pub fn child_zone(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    name: &DomainName,
    logs_key: KmsKey,
    retention: RetentionDays,
) -> Handle<aws::Route53Zone> {
    let zone = aws::Route53Zone::new(name.to_string())
        .comment("Delegated to by its parent zone")
        // What others have added to it would keep it from being destroyed.
        .force_destroy(context.protection == Protection::Destroyable);
    let zone = scope.add("zone", context.protect(zone));
    log_queries(scope, context, name, zone, logs_key, retention);
    zone
}

/// Lets `parent` say that `zone` answers for `name`, once `serving` is there: what the parent says of
/// these names itself is not seen any more from then on.
pub fn delegate(
    scope: &mut Scope<'_>,
    name: &DomainName,
    parent: Zone,
    zone: Zone,
    serving: impl IntoIterator<Item = NodeId>,
) {
    let Zone::Child(zone) = zone else { return };
    let delegation = aws::Route53Record::new(Route53RecordArgs {
        name: name.to_string().into(),
        r#type: "NS".into(),
        zone_id: parent.id(),
    })
    .ttl(DELEGATION_TTL)
    .records(zone.name_servers())
    .depends_on_all(serving);
    scope.add("delegation", delegation);
}

fn log_queries(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    name: &DomainName,
    zone: Handle<aws::Route53Zone>,
    key: KmsKey,
    retention: RetentionDays,
) {
    let mut scope = scope
        .in_region(Region::GLOBAL.as_str())
        .into_child("queries");
    // The console proposes this beginning; the rest tells environments apart.
    let called = context
        .names
        .keyed("dns", [name.to_string().replace('.', "-").as_str()]);
    let group = log_group(format!("/aws/route53/{called}"), retention, key);
    let group = scope.add("log-group", group);
    let writes = Statement::allow(
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        [Value::concat([group.arn(), ":*".into()])],
    )
    .sid("QueriesOfThisZone")
    .principal(Principal::Service("route53.amazonaws.com".into()))
    .condition("StringEquals", "aws:SourceAccount", context.account.id());
    let policy = aws::CloudwatchLogResourcePolicy::new(CloudwatchLogResourcePolicyArgs {
        policy_document: Policy::new([writes]).to_json(),
        policy_name: called.into(),
    });
    let policy = scope.add("policy", policy);
    let log = aws::Route53QueryLog::new(Route53QueryLogArgs {
        cloudwatch_log_group_arn: group.arn(),
        zone_id: zone.zone_id(),
    });
    // Route 53 tries to write when logging is switched on.
    scope.add("log", log.depends_on(policy));
}
