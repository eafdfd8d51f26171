//! Weighted DNS records of both sides, their health checks and the DNS failback.

use std::collections::BTreeMap;

use paymig::aws;
use paymig::terraform::tree::{Argument, Read, View};

use super::monitoring::alarms_on;
use crate::framework::case::{Amount, Case, Item, Known, Text, Verdict};
use crate::framework::policy::statements;

type Check<'t> = Item<'t, aws::Route53HealthCheck>;
type Record<'t> = Item<'t, aws::Route53Record>;

/// The traffic steps, in percent.
const STEPS: [i64; 4] = [0, 10, 50, 100];
/// The longest TTL, in seconds.
const TTL: i64 = 60;

/// Two records of one name have weights of 100 percent together, and a health check each.
pub(crate) fn traffic_shifts_in_four_steps(case: Case<'_>) -> Verdict {
    let mut names: BTreeMap<&str, Vec<Record<'_>>> = BTreeMap::new();
    for record in case.items::<aws::Route53Record>() {
        if record.weighted_routing_policy().is_some() && record.alias().is_none() {
            let name = record.name().text().unwrap_or_default();
            names.entry(name).or_default().push(record);
        }
    }
    let shared = names.values().any(|records| {
        let weights: Vec<_> = records.iter().filter_map(weight).collect();
        let new = records.iter().filter(|record| leads_on(case, record));
        let new: Vec<_> = new.filter_map(weight).collect();
        weights.len() == 2
            && weights.iter().sum::<i64>() == 100
            && matches!(new[..], [new] if STEPS.contains(&new))
            && records.iter().all(is_quick)
    });
    Verdict::of(shared, "no name leads to two sides by one of four steps")
}

/// The name of the new side points to each healthy load balancer.
pub(crate) fn new_side_is_a_load_balancer(case: Case<'_>) -> Verdict {
    case.every::<aws::Lb>()
        .that("for callers", |balancer| balancer.internal().is(false))
        .must("have a record with a health check", |balancer| {
            let records = balancer.case.items::<aws::Route53Record>();
            records.iter().any(|record| {
                let alias = record.alias();
                let name = alias.and_then(|alias| alias.name());
                name.is_some_and(|name| name.refers_to(balancer.node.node_id()))
                    && is_in_zone(record)
                    && checks(record).iter().any(|check| {
                        check
                            .fqdn()
                            .is_some_and(|name| name.refers_to(balancer.node.node_id()))
                    })
            })
        })
        .verdict()
}

/// Both sides are checked every ten seconds, over TLS.
pub(crate) fn sides_are_health_checked(case: Case<'_>) -> Verdict {
    case.every::<aws::Route53HealthCheck>()
        .at_least(2)
        .must("check the payment path over TLS", |check| {
            check.r#type().is("HTTPS")
                && check.resource_path().is("/health")
                && check.enable_sni().is(true)
                && check.fqdn().is_some()
        })
        .must("detect a failure within 30 seconds", |check| {
            let time = check.request_interval().number().unwrap_or_default()
                * check.failure_threshold().number().unwrap_or_default();
            (1..=30).contains(&time)
        })
        .must("belong to a record", |check| {
            type Records = aws::Route53Record;
            !check
                .from::<Records, _>(View::<Records>::health_check_id)
                .is_empty()
        })
        .must(
            "have an alarm in the region of Route 53's metrics",
            |check| {
                let mut alarms = check.case.items::<aws::CloudwatchMetricAlarm>();
                alarms.retain(|alarm| {
                    let of = alarm.dimensions().and_then(|all| all.key("HealthCheckId"));
                    of.is_some_and(|of| of.refers_to(check.node.node_id()))
                });
                alarms.iter().any(|alarm| {
                    alarm.metric_name().is("HealthCheckStatus") && alarm.region() == "us-east-1"
                })
            },
        )
        .must("ignore inverted and disabled", |check| {
            let inverted = Argument::<aws::Route53HealthCheck>::invert_healthcheck();
            let ignored = check.node.meta().lifecycle().ignore_changes();
            ignored.contains(&inverted.terraform_name())
        })
        .verdict()
}

/// Alarms on requests start the function that removes the new side from DNS, without an apply.
pub(crate) fn alarms_start_the_dns_failback(case: Case<'_>) -> Verdict {
    case.every::<aws::CloudwatchEventRule>()
        .some("invokes the DNS failback function", |rule| {
            let alarms = rule.to::<aws::CloudwatchMetricAlarm, _>(rule.event_pattern());
            type Target = aws::CloudwatchEventTarget;
            let targets = rule.from::<Target, _>(View::<Target>::rule);
            let mut functions = targets
                .iter()
                .flat_map(|target| target.to::<aws::LambdaFunction, _>(target.arn()));
            alarms.len() >= 3
                && functions.any(|function| {
                    inverts_health_checks(&function) && is_called_by(&function, rule)
                })
        })
        .verdict()
}

/// A rule whose invocations fail has an alarm.
pub(crate) fn dns_failback_rule_is_monitored(case: Case<'_>) -> Verdict {
    case.every::<aws::CloudwatchEventRule>()
        .that("that alarms match", |rule| {
            !rule
                .to::<aws::CloudwatchMetricAlarm, _>(rule.event_pattern())
                .is_empty()
        })
        .must("have an alarm on failed invocations", |rule| {
            !alarms_on(rule, "RuleName", "FailedInvocations").is_empty()
        })
        .verdict()
}

/// Writer and hold are state of the migration, which no apply resets. The weight is the
/// stack file's.
pub(crate) fn no_apply_resets_the_writer(case: Case<'_>) -> Verdict {
    let root = format!("/payment/{}/{}", case.environment, Case::suffix());
    let parameter = |end: &'static str, allowed: &'static str, kept: bool| {
        let name = format!("{root}/{end}");
        let value = Argument::<aws::SsmParameter>::insecure_value().terraform_name();
        case.every::<aws::SsmParameter>()
            .that(end, |parameter| parameter.name().is(&name))
            .must(
                "have a pattern, and a value that no apply resets",
                |parameter| {
                    let ignored = parameter.node.meta().lifecycle().ignore_changes();
                    ignored.contains(&value) == kept && parameter.allowed_pattern().is(allowed)
                },
            )
            .verdict()
    };
    parameter("writer", "^(source|fenced|target)$", true)
        .and(parameter("replication", "^(absent|present)$", true))
        .and(parameter("rollback-window", "^(open|closed)$", true))
        .and(parameter("traffic/hold", "^.+$", true))
        .and(parameter(
            "traffic/weight",
            "^([0-9]|[1-9][0-9]|100)$",
            false,
        ))
}

fn weight(record: &Record<'_>) -> Option<i64> {
    record.weighted_routing_policy()?.weight().number()
}

/// Whether a record points to a name of this tree, which is the new side's.
fn leads_on(case: Case<'_>, record: &Record<'_>) -> bool {
    let names: Vec<_> = record
        .records()
        .and_then(|names| names.items())
        .unwrap_or_default();
    let records = case.items::<aws::Route53Record>();
    names
        .iter()
        .filter_map(Read::<String>::literal)
        .any(|name| {
            records
                .iter()
                .any(|other| other.alias().is_some() && other.name().is(name))
        })
}

fn is_quick(record: &Record<'_>) -> bool {
    let kept = record.ttl().number();
    record.r#type().is("CNAME")
        && kept.is_some_and(|ttl| (1..=TTL).contains(&ttl))
        && record.set_identifier().is_some()
        && is_in_zone(record)
        && checks(record).len() == 1
}

fn is_in_zone(record: &Record<'_>) -> bool {
    let zones = record.to::<aws::data::Route53Zone, _>(record.zone_id());
    zones.len() == 1
}

fn checks<'t>(record: &Record<'t>) -> Vec<Check<'t>> {
    record.to(record.health_check_id())
}

/// Returns whether `function` receives the health checks of the new side and may update them.
fn inverts_health_checks(function: &Item<'_, aws::LambdaFunction>) -> bool {
    let settings = function.environment().and_then(|it| it.variables());
    let known = settings.and_then(|all| all.key("HEALTH_CHECK_IDS"));
    let known = function.to::<aws::Route53HealthCheck, _>(known);
    let roles = function.to::<aws::IamRole, _>(function.role());
    let policies = roles
        .iter()
        .flat_map(|role| role.from::<aws::IamRolePolicy, _>(View::<aws::IamRolePolicy>::role));
    let policies: Vec<_> = policies.collect();
    let allowed = policies.iter().any(|policy| {
        let statements = statements(policy.policy());
        statements
            .iter()
            .any(|it| it.allows() && it.actions() == ["route53:UpdateHealthCheck"])
    });
    !known.is_empty() && allowed
}

fn is_called_by(
    function: &Item<'_, aws::LambdaFunction>,
    rule: &Item<'_, aws::CloudwatchEventRule>,
) -> bool {
    type Permission = aws::LambdaPermission;
    let permissions = function.from::<Permission, _>(View::<Permission>::function_name);
    permissions.iter().any(|permission| {
        let from = permission.source_arn();
        permission.principal().is("events.amazonaws.com")
            && from.is_some_and(|from| from.refers_to(rule.node.node_id()))
    })
}
