//! Latency percentiles.

use paymig::aws;
use paymig::terraform::tree::Term;

use super::monitoring::{alarms_on, evaluates, lines, threshold};
use crate::framework::case::{Case, Item, Text, Verdict};
use crate::framework::policy::text;

/// The statistic: 1 percent of requests take longer.
const SLOWEST: &str = "p99";

/// An average hides slow requests: alarms monitor the 99th percentile.
pub(crate) fn latency_percentiles_have_alarms(case: Case<'_>) -> Verdict {
    case.every::<aws::ApiGatewayRestApi>()
        .must("have an alarm on the 99th percentile of latency", |api| {
            is_slowest(&alarms_on(api, "ApiName", "Latency"))
        })
        .verdict()
        .and(load_balancer_latency_has_an_alarm(case))
}

/// The same for load balancers.
pub(crate) fn load_balancer_latency_has_an_alarm(case: Case<'_>) -> Verdict {
    case.every::<aws::Lb>()
        .that("for requests", |balancer| {
            balancer.load_balancer_type().text() == Some("application")
        })
        .must(
            "have an alarm on the 99th percentile of latency",
            |balancer| is_slowest(&alarms_on(balancer, "LoadBalancer", "TargetResponseTime")),
        )
        .verdict()
}

/// Dashboards show the metric of the alarms.
pub(crate) fn dashboards_show_latency_percentiles(case: Case<'_>) -> Verdict {
    case.every::<aws::CloudwatchDashboard>()
        .some("shows the 99th percentile of latency", |dashboard| {
            let lines = lines(dashboard);
            lines.iter().any(|line| {
                let metric = line.get(1).and_then(text);
                ["Latency", "TargetResponseTime"]
                    .map(Some)
                    .contains(&metric)
                    && line.last().is_some_and(draws_slowest)
            })
        })
        .verdict()
}

fn draws_slowest(options: &Term) -> bool {
    match options {
        Term::Object(options) => options.get("stat").and_then(text) == Some(SLOWEST),
        _ => false,
    }
}

fn is_slowest(alarms: &[Item<'_, aws::CloudwatchMetricAlarm>]) -> bool {
    alarms
        .iter()
        .any(|alarm| evaluates(alarm, SLOWEST) && threshold(alarm).is_some_and(|limit| limit > 0.0))
}
