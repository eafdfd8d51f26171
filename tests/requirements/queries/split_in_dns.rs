//! Traffic that DNS splits: weighted records, health checks and notifications.

use paymig::aws;
use paymig::terraform::tree::Read;

use super::monitoring::alarms_on;
use crate::framework::case::{Amount, Case, Group, Item, Known, Text, Verdict};

type Record<'t> = Item<'t, aws::Route53Record>;
type Check<'t> = Item<'t, aws::Route53HealthCheck>;

/// The longest TTL, in seconds.
const REMEMBERED: i64 = 60;

/// Both sides have weighted records of one name, with a short TTL.
pub(crate) fn both_sides_have_weighted_records(case: Case<'_>) -> Verdict {
    let records = sides(case);
    let weights = records.iter().map(weight);
    let total = weights.sum::<Option<i64>>();
    sides_must_be(case)
        .exactly(2)
        .some("points to the old side", |record| is_called(record, "old"))
        .some("points to the new side", |record| is_called(record, "new"))
        .must("have a TTL of a minute at most", |record| {
            (1..=REMEMBERED).contains(&record.ttl().number().unwrap_or(0))
        })
        .must("be of one type and name", |record| {
            records.iter().all(|other| {
                other.name().text() == record.name().text()
                    && other.r#type().text() == record.r#type().text()
                    && other.records().is_some()
            })
        })
        .must("be in an existing hosted zone", |record| {
            let zones = record.to::<aws::data::Route53Zone, _>(record.zone_id());
            zones.len() == 1
        })
        .verdict()
        .and(Verdict::of(
            total == Some(100),
            "the sides do not share a hundred percent",
        ))
}

/// The name of the new side points to load balancers or APIs on AWS by weight.
pub(crate) fn new_side_record_points_to_the_load_balancer(case: Case<'_>) -> Verdict {
    let records = case.items::<aws::Route53Record>();
    sides_must_be(case)
        .that("of the new side", |record| is_called(record, "new"))
        .must("point to a load balancer or API on AWS", |record| {
            let named = record.records().and_then(|names| names.items());
            let named: Vec<_> = named
                .iter()
                .flatten()
                .filter_map(Read::<String>::literal)
                .collect();
            let entries = records.iter().filter(|entry| {
                let name = entry.name().text();
                name.is_some_and(|name| named.contains(&name)) && is_entry(entry)
            });
            entries.count() == 1
        })
        .verdict()
}

/// Each side has a health check: of its endpoint, with a failure within 30 seconds, or of an alarm.
pub(crate) fn each_side_has_a_health_check(case: Case<'_>) -> Verdict {
    let checked = sides_must_be(case)
        .must("have a health check", |record| checks(record).len() == 1)
        .verdict();
    checked.and(sides_are_checked(case))
}

/// The sides are checked, and their records have no health check: Route 53 would return the record of weight 0 if the other
/// one is unhealthy.
pub(crate) fn sides_are_checked_without_failover(case: Case<'_>) -> Verdict {
    let unchecked = sides_must_be(case)
        .must("have no health check", |record| checks(record).is_empty())
        .must("not evaluate the health of an alias", |record| {
            let alias = record.alias();
            !alias
                .iter()
                .any(|alias| alias.evaluate_target_health().is(true))
        })
        .verdict();
    let checks = case.items::<aws::Route53HealthCheck>().len();
    unchecked
        .and(sides_are_checked(case))
        .and(Verdict::of(checks == 2, "not each side has a health check"))
}

fn sides_are_checked(case: Case<'_>) -> Verdict {
    case.every::<aws::Route53HealthCheck>()
        .must("check the service, or its alarm", |check| {
            asks(check) || follows(check)
        })
        .must("ignore inverted and disabled", |check| {
            let ignored = check.node.meta().lifecycle().ignore_changes();
            ["disabled", "invert_healthcheck"]
                .iter()
                .all(|argument| ignored.contains(argument))
        })
        .some("checks the datacenter", |check| {
            check.fqdn().text().is_some() && asks(check)
        })
        .verdict()
}

/// The failure of either side notifies operators.
pub(crate) fn failed_sides_are_notified(case: Case<'_>) -> Verdict {
    case.every::<aws::Route53HealthCheck>()
        .must("have an alarm", |check| {
            let alarms = alarms_on(check, "HealthCheckId", "HealthCheckStatus");
            alarms.iter().any(|alarm| {
                !alarm
                    .to::<aws::SnsTopic, _>(alarm.alarm_actions())
                    .is_empty()
            })
        })
        .verdict()
}

fn sides(case: Case<'_>) -> Vec<Record<'_>> {
    let mut records = case.items::<aws::Route53Record>();
    records.retain(is_side);
    records
}

fn sides_must_be(case: Case<'_>) -> Group<'_, aws::Route53Record> {
    case.every::<aws::Route53Record>()
        .that("of a side", is_side)
}

fn is_side(record: &Record<'_>) -> bool {
    is_called(record, "old") || is_called(record, "new")
}

fn is_called(record: &Record<'_>, side: &str) -> bool {
    record.set_identifier().is(side)
}

/// Whether a record is a weighted alias of a load balancer or an API, with a health check.
fn is_entry(record: &Record<'_>) -> bool {
    let alias = record.alias();
    weight(record).is_some()
        && checks(record).len() == 1
        && alias.iter().any(|alias| {
            let balancers = record.to::<aws::Lb, _>(alias.name());
            let names = record.to::<aws::ApiGatewayDomainName, _>(alias.name());
            balancers.len() + names.len() == 1
        })
}

fn weight(record: &Record<'_>) -> Option<i64> {
    let policy = record.weighted_routing_policy()?;
    policy.weight().number()
}

fn checks<'t>(record: &Record<'t>) -> Vec<Check<'t>> {
    record.to::<aws::Route53HealthCheck, _>(record.health_check_id())
}

/// Over TLS, often enough.
fn asks(check: &Check<'_>) -> bool {
    let interval = check.request_interval().number().unwrap_or(0);
    let failures = check.failure_threshold().number().unwrap_or(0);
    check.r#type().is("HTTPS")
        && check.resource_path().is("/health")
        && check.fqdn().is_some()
        && (1..=30).contains(&(interval * failures))
}

/// A side that Route 53 checkers cannot reach uses an alarm on its healthy targets: within
/// two minutes, because CloudWatch's metric has one value a minute.
fn follows(check: &Check<'_>) -> bool {
    let alarms = check.to::<aws::CloudwatchMetricAlarm, _>(check.cloudwatch_alarm_name());
    check.r#type().is("CLOUDWATCH_METRIC")
        && alarms.iter().any(|alarm| {
            let of = alarm.dimensions().and_then(|all| all.key("TargetGroup"));
            let period = alarm.period().number().unwrap_or(0);
            let periods = alarm.evaluation_periods().number().unwrap_or(0);
            alarm.metric_name().is("HealthyHostCount")
                && (1..=120).contains(&(period * periods))
                && !alarm.to::<aws::LbTargetGroup, _>(of).is_empty()
        })
}
