//! Direction, statistic, detection time and threshold of every alarm, by the metric that it evaluates.

use paymig::aws;
use paymig::aws::cloudwatch_metric_alarm::MetricQuery;
use paymig::config::Phase;
use paymig::terraform::tree::View;

use super::monitoring::threshold;
use crate::framework::case::{Amount, Case, Item, Known, Text, Verdict};

type Alarm<'t> = Item<'t, aws::CloudwatchMetricAlarm>;

/// An alarm on one metric.
struct Limit {
    metric: &'static str,
    comparison: &'static str,
    statistics: &'static [&'static str],
    /// The longest time of failing data points, in seconds.
    longest: i64,
    /// The treatment of missing data points.
    missing: &'static str,
    /// The lowest and the highest threshold.
    thresholds: (f64, f64),
}

const ABOVE: &str = "GreaterThanThreshold";
const BELOW: &str = "LessThanThreshold";
const MINUTE: i64 = 60;
const PEAK: &[&str] = &["Average", "Maximum"];

/// A count of failures. No data point means no failure.
const fn count(metric: &'static str, longest: i64, highest: f64) -> Limit {
    Limit {
        metric,
        comparison: ABOVE,
        statistics: &["Sum"],
        longest,
        missing: "notBreaching",
        thresholds: (0.0, highest),
    }
}

/// A value that must stay low.
const fn peak(metric: &'static str, missing: &'static str, thresholds: (f64, f64)) -> Limit {
    Limit {
        metric,
        comparison: ABOVE,
        statistics: PEAK,
        longest: 5 * MINUTE,
        missing,
        thresholds,
    }
}

/// A value that must stay high. A missing data point is not a high one.
const fn floor(
    metric: &'static str,
    statistics: &'static [&'static str],
    longest: i64,
    thresholds: (f64, f64),
) -> Limit {
    Limit {
        metric,
        comparison: BELOW,
        statistics,
        longest,
        missing: "missing",
        thresholds,
    }
}

const GIBIBYTE: f64 = 1_073_741_824.0;
const LOWEST: &[&str] = &["Minimum"];

/// The alarms on one metric, each with its limits.
const LIMITS: &[Limit] = &[
    count("AuthorizationsFailed", MINUTE, 0.0),
    count("Errors", MINUTE, 0.0),
    count("ExecutionThrottled", MINUTE, 0.0),
    count("ExecutionsAborted", MINUTE, 0.0),
    count("ExecutionsFailed", MINUTE, 0.0),
    count("ExecutionsTimedOut", MINUTE, 0.0),
    count("FailedInvocations", MINUTE, 0.0),
    count("OperationsFailedReplication", MINUTE, 0.0),
    count("PortAllocationErrorCount", MINUTE, 0.0),
    count("RotationsFailed", MINUTE, 0.0),
    count("Throttles", MINUTE, 0.0),
    count("TransactionsFailed", MINUTE, 0.0),
    count("UnhealthyRoutingFlowCount", MINUTE, 0.0),
    count("UserErrors", 5 * MINUTE, 10.0),
    peak("AuroraGlobalDBReplicationLag", "missing", (100.0, 1000.0)),
    peak("AuroraReplicaLagMaximum", "missing", (100.0, 1000.0)),
    peak("BytesPendingReplication", "notBreaching", (1.0, GIBIBYTE)),
    peak("CDCLatencySource", "notBreaching", (1.0, 5.0)),
    peak("CDCLatencyTarget", "notBreaching", (1.0, 5.0)),
    peak("CPUUtilization", "missing", (50.0, 90.0)),
    peak("MemoryUtilization", "missing", (50.0, 90.0)),
    peak(
        "OperationsPendingReplication",
        "notBreaching",
        (1.0, 10_000.0),
    ),
    peak("ReplicationLatency", "notBreaching", (1.0, 900.0)),
    peak("StatusCheckFailed", "missing", (0.0, 0.0)),
    peak("disk_used_percent", "missing", (50.0, 90.0)),
    peak("mem_used_percent", "missing", (50.0, 90.0)),
    Limit {
        // Nine of nine instances: no further one can start.
        metric: "GroupDesiredCapacity",
        comparison: "GreaterThanOrEqualToThreshold",
        statistics: &["Maximum"],
        longest: 15 * MINUTE,
        missing: "missing",
        thresholds: (9.0, 9.0),
    },
    floor(
        "AvailableMemory",
        LOWEST,
        15 * MINUTE,
        (GIBIBYTE / 4.0, GIBIBYTE),
    ),
    floor(
        "FreeStorageSpace",
        LOWEST,
        5 * MINUTE,
        (10.0 * GIBIBYTE, 100.0 * GIBIBYTE),
    ),
    floor(
        "FreeableMemory",
        LOWEST,
        5 * MINUTE,
        (GIBIBYTE / 16.0, 8.0 * GIBIBYTE),
    ),
    floor("GroupInServiceInstances", LOWEST, 3 * MINUTE, (3.0, 3.0)),
    floor("HealthCheckStatus", LOWEST, MINUTE, (1.0, 1.0)),
    // Without any healthy target in a minute, the greatest count is zero.
    floor("HealthyHostCount", &["Maximum"], MINUTE, (1.0, 1.0)),
    floor(
        "RunningTaskCount",
        &["Average", "Minimum"],
        5 * MINUTE,
        (2.0, 3.0),
    ),
    // The minimum is of the tunnel that is down, the maximum of both.
    floor(
        "TunnelState",
        &["Minimum", "Maximum"],
        30 * MINUTE,
        (1.0, 1.0),
    ),
];

/// The longest time of failing data points of an expression, in seconds.
const LONGEST_OF_EXPRESSIONS: i64 = 5 * MINUTE;
/// The highest threshold of an expression: a percentage of requests, a latency in milliseconds.
const HIGHEST_OF_EXPRESSIONS: f64 = 500.0;
/// Metrics of which an expression uses the number.
const COUNTS: &[&str] = &[
    "4XXError",
    "5XXError",
    "AllowedRequests",
    "BlockedRequests",
    "Errors",
    "HTTPCode_ELB_5XX_Count",
    "HTTPCode_Target_5XX_Count",
    "Invocations",
    "SystemErrors",
    "ThrottledRequests",
    "Throttles",
    "WriteFences",
    "WriterChanges",
];

/// An alarm that compares in the wrong direction, averages failures away, waits for an hour or takes a silent component for
/// a healthy one is no alarm.
pub(crate) fn alarms_detect_failures_in_time(case: Case<'_>) -> Verdict {
    case.every::<aws::CloudwatchMetricAlarm>()
        .must("detect a failure of its metric in time", |alarm| {
            if alarm.metric_query().is_empty() {
                is_within_limits(alarm)
            } else {
                is_expression_of_requests(alarm)
            }
        })
        .verdict()
}

/// An alarm without actions sends no notification. Only the alarms of a side that receives no request have none.
pub(crate) fn alarms_of_serving_sides_act(case: Case<'_>) -> Verdict {
    let is_shifted_by_a_workflow = case.phase == Some(Phase::Migration) && case.traffic.is_none();
    let new_side_percent = case
        .new_side_percent()
        .filter(|_| !is_shifted_by_a_workflow);
    case.every::<aws::CloudwatchMetricAlarm>()
        .must("have its actions enabled", |alarm| {
            let path = alarm.path();
            let mut of_requests = ["alarms/api/", "alarms/balancer/", "alarms/dns/"].iter();
            let idle_at = if path.contains("/old") { 100 } else { 0 };
            let is_idle = new_side_percent == Some(idle_at)
                && of_requests.any(|prefix| path.starts_with(prefix));
            is_idle || !alarm.actions_enabled().is(false)
        })
        .verdict()
}

fn is_within_limits(alarm: &Alarm<'_>) -> bool {
    let metric = alarm.metric_name().text().unwrap_or_default();
    let Some(limit) = LIMITS.iter().find(|limit| limit.metric == metric) else {
        return false;
    };
    let (lowest, highest) = limit.thresholds;
    let statistic = alarm.statistic();
    alarm.comparison_operator().is(limit.comparison)
        && limit.statistics.iter().any(|it| statistic.is(*it))
        && alarm.treat_missing_data().is(limit.missing)
        && threshold(alarm).is_some_and(|it| (lowest..=highest).contains(&it))
        && failing_seconds(alarm, alarm.period().number()).is_some_and(|it| it <= limit.longest)
}

fn is_expression_of_requests(alarm: &Alarm<'_>) -> bool {
    let queries = alarm.metric_query();
    let mut metrics = queries.iter().filter_map(View::<MetricQuery>::metric);
    let in_time = metrics.all(|metric| {
        let name = metric.metric_name().text().unwrap_or_default();
        let counted = !COUNTS.contains(&name) || metric.stat().is("Sum");
        let seconds = failing_seconds(alarm, metric.period().number());
        counted && seconds.is_some_and(|it| it <= LONGEST_OF_EXPRESSIONS)
    });
    in_time
        && alarm.comparison_operator().is(ABOVE)
        && alarm.treat_missing_data().is("notBreaching")
        && threshold(alarm).is_some_and(|it| (0.0..=HIGHEST_OF_EXPRESSIONS).contains(&it))
}

/// The time until an alarm has all its data points, in seconds.
fn failing_seconds(alarm: &Alarm<'_>, period: Option<i64>) -> Option<i64> {
    let periods = alarm.evaluation_periods().number()?;
    let datapoints = alarm.datapoints_to_alarm().number().unwrap_or(periods);
    let fits = (1..=periods).contains(&datapoints);
    fits.then_some(period? * periods)
}
