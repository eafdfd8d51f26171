//! How long the way back takes, from what a tree holds.

use crate::aws;
use crate::config::DnsRollbackTime;
use crate::terraform::tree::{Node, Tree, View};

/// Seconds for which resolvers keep an alias: what AWS says of its load balancers and APIs.
const ALIAS_TTL: i64 = 60;
/// Seconds for which a load balancer keeps a client's connection, where nothing else is said.
const KEEP_ALIVE: i64 = 3600;

/// The way back of `weights`, the records of `tree` that share requests with the old system.
pub fn dns_rollback_time<'t>(
    tree: &'t Tree,
    weights: impl IntoIterator<Item = &'t Node>,
) -> DnsRollbackTime {
    let records = weights
        .into_iter()
        .filter_map(View::<aws::Route53Record>::of);
    let ttls = records.map(|record| {
        let ttl = record.ttl().and_then(|ttl| ttl.literal());
        ttl.unwrap_or(ALIAS_TTL)
    });
    let outside = tree
        .each::<aws::Lb>()
        .map(|(_, balancer)| balancer)
        .filter(|balancer| {
            let internal = balancer.internal().and_then(|internal| internal.literal());
            internal == Some(false)
        });
    let kept = outside.map(|balancer| {
        let seconds = balancer.client_keep_alive();
        seconds
            .and_then(|seconds| seconds.literal())
            .unwrap_or(KEEP_ALIVE)
    });
    DnsRollbackTime {
        detect: most(checks(tree).chain(alarms(tree))),
        ttl: most(ttls),
        client_keep_alive: most(kept),
    }
}

/// How long each health check takes to see that something fails.
fn checks(tree: &Tree) -> impl Iterator<Item = i64> {
    tree.each::<aws::Route53HealthCheck>()
        .filter_map(|(_, check)| {
            let interval = check.request_interval()?.literal()?;
            Some(interval * check.failure_threshold()?.literal()?)
        })
}

/// How long each alarm of what callers meet takes.
fn alarms(tree: &Tree) -> impl Iterator<Item = i64> {
    const MET: [&str; 3] = ["AWS/ApplicationELB", "AWS/ApiGateway", "AWS/Route53"];
    let alarms = tree.each::<aws::CloudwatchMetricAlarm>();
    alarms.filter_map(|(_, alarm)| {
        let namespace = alarm.namespace()?.literal()?;
        let period = alarm.period()?.literal()?;
        let periods = alarm.evaluation_periods()?.literal()?;
        MET.contains(&namespace).then_some(period * periods)
    })
}

fn most(seconds: impl Iterator<Item = i64>) -> u32 {
    let most = seconds.max().unwrap_or(0);
    u32::try_from(most).unwrap_or(u32::MAX)
}
