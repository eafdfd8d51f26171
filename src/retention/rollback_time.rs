//! DNS rollback time, computed from the resources of a tree.

use std::collections::BTreeMap;

use crate::aws;
use crate::aws::cloudwatch_metric_alarm::MetricQuery;
use crate::config::{DnsDelay, RollbackTime};
use crate::terraform::tree::{Node, Tree, View};

/// Default of a load balancer's `client_keep_alive` in seconds.
const DEFAULT_CLIENT_KEEP_ALIVE_SECONDS: i64 = 3600;

/// Computes the DNS rollback time of `weighted_records`, the records of `tree` that split traffic with the old system.
pub fn dns_rollback_time<'t>(
    tree: &'t Tree,
    weighted_records: impl IntoIterator<Item = &'t Node>,
) -> RollbackTime {
    let records = weighted_records
        .into_iter()
        .filter_map(View::<aws::Route53Record>::of);
    let ttls: Vec<Option<i64>> = records
        .map(|record| record.ttl().and_then(|ttl| ttl.literal()))
        .collect();
    let limit = if ttls.contains(&None) {
        RollbackTime::APEX_LIMIT
    } else {
        RollbackTime::LIMIT
    };
    let alias_ttl = i64::from(RollbackTime::ALIAS_TTL);
    let internet_facing = tree
        .each::<aws::Lb>()
        .map(|(_, balancer)| balancer)
        .filter(|balancer| {
            let internal = balancer.internal().and_then(|internal| internal.literal());
            internal == Some(false)
        });
    let keep_alives = internet_facing.map(|balancer| {
        let seconds = balancer.client_keep_alive();
        seconds
            .and_then(|seconds| seconds.literal())
            .unwrap_or(DEFAULT_CLIENT_KEEP_ALIVE_SECONDS)
    });
    RollbackTime {
        detect: maximum(health_check_delays(tree).chain(alarm_delays(tree))),
        alarm_check: None,
        dns: Some(DnsDelay {
            ttl: maximum(ttls.into_iter().map(|ttl| ttl.unwrap_or(alias_ttl))),
            client_keep_alive: maximum(keep_alives),
        }),
        limit,
    }
}

/// Seconds until each health check detects a failure.
fn health_check_delays(tree: &Tree) -> impl Iterator<Item = i64> {
    tree.each::<aws::Route53HealthCheck>()
        .filter_map(|(_, check)| {
            let interval = check.request_interval()?.literal()?;
            Some(interval * check.failure_threshold()?.literal()?)
        })
}

/// Seconds until the fastest alarm on each metric of failed requests or missing targets enters ALARM. An outage raises
/// it; the others detect lower rates.
fn alarm_delays(tree: &Tree) -> impl Iterator<Item = i64> {
    let mut fastest: BTreeMap<&str, i64> = BTreeMap::new();
    for (metric, seconds) in alarms_on_requests(tree) {
        let delay = fastest.entry(metric).or_insert(seconds);
        *delay = seconds.min(*delay);
    }
    fastest.into_values()
}

/// The metric of each alarm on requests, and the seconds until it enters ALARM.
fn alarms_on_requests(tree: &Tree) -> impl Iterator<Item = (&str, i64)> {
    let alarms = tree.each::<aws::CloudwatchMetricAlarm>();
    alarms.filter_map(|(_, alarm)| {
        let queries = alarm.metric_query();
        let queries = queries.iter().filter_map(View::<MetricQuery>::metric);
        let of_queries = queries.map(|metric| (metric.metric_name(), metric.period()));
        let mut metrics = of_queries.chain([(alarm.metric_name(), alarm.period())]);
        let (metric, period) = metrics.find_map(|(name, period)| {
            let name = name?.literal()?;
            let metric = REQUEST_METRICS.iter().find(|metric| **metric == name)?;
            Some((*metric, period?.literal()?))
        })?;
        let datapoints = alarm.datapoints_to_alarm().and_then(|it| it.literal());
        let periods = datapoints.or(alarm.evaluation_periods()?.literal())?;
        Some((metric, period * periods + i64::from(RollbackTime::PUBLISH)))
    })
}

/// Metrics of Application Load Balancers and of API Gateway.
const REQUEST_METRICS: [&str; 4] = [
    "5XXError",
    "HTTPCode_ELB_5XX_Count",
    "HTTPCode_Target_5XX_Count",
    "HealthyHostCount",
];

fn maximum(seconds: impl Iterator<Item = i64>) -> u32 {
    let maximum = seconds.max().unwrap_or(0);
    u32::try_from(maximum).unwrap_or(u32::MAX)
}
