//! The rules that alarms and widgets follow.

use std::collections::BTreeSet;

use super::monitors::{Alarm, CompositeAlarm, MetricUse, WidgetUse};
use super::stated_limit::StatedLimit;
use super::table::{Metric, Published, Table};

/// The longest time that an alarm evaluates, in seconds (CloudWatch API reference, `PutMetricAlarm`).
const DAY: i64 = 86_400;
const WEEK: i64 = 7 * DAY;

/// Returns the violations of an alarm.
pub(crate) fn alarm_violations(alarm: &Alarm, table: &Table) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for metric in &alarm.metrics {
        found.extend(metric_violations(metric, &alarm.region, table));
        found.extend(period_violations(metric, alarm.evaluation_periods));
    }
    found.extend(missing_data_violations(alarm, table));
    found.extend(percentile_violations(alarm));
    found.extend(query_violations(alarm));
    if alarm.queries.is_empty() {
        found.extend(threshold_violations(alarm, table));
    }
    if let Some(points) = alarm.datapoints_to_alarm
        && !(1..=alarm.evaluation_periods).contains(&points)
    {
        found.push(format!(
            "{points} of {} data points cannot exist",
            alarm.evaluation_periods
        ));
    }
    let elsewhere = alarm.action_regions.iter();
    for region in elsewhere.filter(|&region| *region != alarm.region) {
        found.push(format!("its action is in {region}"));
    }
    prefixed(&alarm.path, found)
}

/// Returns the violations of a composite alarm, given the region and the name of every alarm of its configuration.
pub(crate) fn composite_violations(
    composite: &CompositeAlarm,
    alarms: &BTreeSet<(&str, &str)>,
) -> Vec<String> {
    let mut found = Vec::new();
    if composite.alarms.is_empty() {
        found.push("its rule has no alarm".to_owned());
    }
    for (name, region) in &composite.alarms {
        let region = region.as_ref().unwrap_or(&composite.region);
        if *region != composite.region {
            found.push(format!("`{name}` is in {region}"));
        } else if !alarms.contains(&(region.as_str(), name.as_str())) {
            found.push(format!("no alarm `{name}` in {region}"));
        }
    }
    prefixed(&composite.path, found)
}

/// Returns the violations of a widget.
pub(crate) fn widget_violations(widget: &WidgetUse, table: &Table) -> Vec<String> {
    let metrics = widget.metrics.iter();
    let found = metrics.flat_map(|metric| {
        let mut found = metric_violations(metric, &widget.region, table);
        found.extend(period_violations(metric, 1));
        found
    });
    prefixed(&widget.path, found.collect())
}

fn metric_violations(used: &MetricUse, region: &str, table: &Table) -> Vec<String> {
    let name = format!("{} {}", used.namespace, used.name);
    let Some(metric) = table.metric(&used.namespace, &used.name) else {
        return vec![format!("no such metric: {name}")];
    };
    let mut found = Vec::new();
    let dimensions: BTreeSet<String> = used.dimensions.keys().cloned().collect();
    if !metric.dimensions.contains(&dimensions) {
        found.push(format!("{name} is not published with {dimensions:?}"));
    }
    for (dimension, identifier) in &used.dimensions {
        let known = table.identifiers.get(dimension);
        if !known.is_some_and(|known| known.contains(&identifier.attribute)) {
            found.push(format!(
                "{dimension} of {name} contains {}",
                identifier.attribute
            ));
        }
    }
    if !is_supported(&used.statistic, metric) {
        found.push(format!("{name} has no statistic {}", used.statistic));
    }
    if used.period < metric.period {
        found.push(format!("{name} has no data every {} s", used.period));
    }
    for published in regions(used, metric) {
        if published != region {
            found.push(format!("{name} is published in {published}, not {region}"));
        }
    }
    found
}

/// The regions that have the data of a metric.
fn regions<'a>(used: &'a MetricUse, metric: &'a Metric) -> Vec<&'a str> {
    let identifiers = used.dimensions.iter();
    match metric.region.as_deref() {
        None => identifiers
            .filter_map(|(_, identifier)| identifier.region.as_deref())
            .collect(),
        Some(rule) => match rule.strip_prefix("dimension ") {
            None => vec![rule],
            Some(name) => identifiers
                .filter(|(dimension, _)| *dimension == name)
                .filter_map(|(_, identifier)| identifier.region.as_deref())
                .collect(),
        },
    }
}

fn is_supported(statistic: &str, metric: &Metric) -> bool {
    metric.statistics.contains(statistic) || (metric.percentiles && is_percentile(statistic))
}

/// Whether a statistic is computed from the distribution of the values: `p99`, `PR(0.5:)`.
fn is_percentile(statistic: &str) -> bool {
    statistic.starts_with("PR(")
        || statistic
            .strip_prefix('p')
            .is_some_and(|percent| percent.parse::<f64>().is_ok())
}

fn period_violations(used: &MetricUse, periods: i64) -> Vec<String> {
    let mut found = Vec::new();
    let period = used.period;
    if period <= 0 || period % 60 != 0 {
        // 10, 20 and 30 s are for metrics with high resolution, which none of the table is.
        found.push(format!(
            "{}: a period of {period} s is no multiple of 60",
            used.name
        ));
    }
    let longest = if period < 3_600 { DAY } else { WEEK };
    if period * periods > longest {
        found.push(format!(
            "{periods} periods of {period} s exceed {longest} s"
        ));
    }
    found
}

fn missing_data_violations(alarm: &Alarm, table: &Table) -> Vec<String> {
    let Some(treatment) = alarm.treat_missing_data.as_deref() else {
        return vec!["the treatment of missing data is not set".to_owned()];
    };
    let metrics = alarm.metrics.iter();
    let metrics = metrics.filter_map(|used| table.metric(&used.namespace, &used.name));
    let interrupted = metrics
        .filter(|metric| metric.published != Published::Always)
        .count();
    match treatment {
        "notBreaching" => Vec::new(),
        // A resource has no data yet when its alarm is created.
        "breaching" => vec!["missing data raises it from the first apply".to_owned()],
        _ if interrupted > 0 => {
            vec![format!(
                "missing data is normal, and treated as {treatment}"
            )]
        }
        _ => Vec::new(),
    }
}

fn percentile_violations(alarm: &Alarm) -> Vec<String> {
    let mut uses = alarm.metrics.iter();
    if !uses.any(|used| is_percentile(&used.statistic)) {
        return Vec::new();
    }
    // An expression has no such argument. It requires a number of requests itself.
    let has_minimum = if alarm.queries.is_empty() {
        alarm.low_sample_percentiles.as_deref() == Some("ignore")
    } else {
        alarm
            .metrics
            .iter()
            .any(|used| used.statistic == "SampleCount" || used.name == "RequestCount")
    };
    if has_minimum {
        Vec::new()
    } else {
        vec!["a percentile of few requests raises it".to_owned()]
    }
}

fn query_violations(alarm: &Alarm) -> Vec<String> {
    let mut found = Vec::new();
    if alarm.queries.is_empty() {
        return found;
    }
    let returned = alarm.queries.iter().filter(|query| query.returns_data);
    let returned = returned.count();
    if returned != 1 {
        found.push(format!("{returned} queries return data"));
    }
    let ids: BTreeSet<&str> = alarm
        .queries
        .iter()
        .map(|query| query.id.as_str())
        .collect();
    for query in &alarm.queries {
        if !query
            .id
            .starts_with(|first: char| first.is_ascii_lowercase())
        {
            found.push(format!(
                "the id `{}` has no lowercase letter first",
                query.id
            ));
        }
        for word in variables(query.expression.as_deref().unwrap_or_default()) {
            if !ids.contains(word) {
                found.push(format!("`{word}` is no query"));
            }
        }
    }
    let periods: BTreeSet<i64> = alarm.metrics.iter().map(|used| used.period).collect();
    if periods.len() > 1 {
        found.push(format!("its metrics have the periods {periods:?}"));
    }
    found
}

/// The variables of an expression: its words in lowercase. Functions and operators are in uppercase.
fn variables(expression: &str) -> impl Iterator<Item = &str> {
    let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with(|first: char| first.is_ascii_lowercase()))
}

fn threshold_violations(alarm: &Alarm, table: &Table) -> Vec<String> {
    let (Some(threshold), [used]) = (alarm.threshold, alarm.metrics.as_slice()) else {
        return vec!["no threshold".to_owned()];
    };
    let Some(metric) = table.metric(&used.namespace, &used.name) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let maximum = metric.maximum.filter(|_| used.statistic != "Sum");
    let exceeded = |limit: f64| maximum.is_some_and(|maximum| limit > maximum);
    let (never, always) = match alarm.comparison.as_str() {
        "GreaterThanThreshold" => (
            maximum.is_some_and(|maximum| threshold >= maximum),
            threshold < 0.0,
        ),
        "GreaterThanOrEqualToThreshold" => (exceeded(threshold), threshold <= 0.0),
        "LessThanThreshold" => (threshold <= 0.0, exceeded(threshold)),
        other => return vec![format!("unknown comparison {other}")],
    };
    if never {
        found.push(format!("no value of {} raises it", used.name));
    }
    if always {
        found.push(format!("every value of {} raises it", used.name));
    }
    if let Some(stated) = StatedLimit::find(&alarm.description) {
        let is_rate = used.statistic == "Average";
        if let Err(reason) = stated.compare(threshold, metric.unit, is_rate) {
            found.push(format!("`{}`: {reason}", alarm.description));
        }
    }
    found
}

fn prefixed(path: &str, found: Vec<String>) -> Vec<String> {
    let found = found.into_iter();
    found
        .map(|violation| format!("{path}: {violation}"))
        .collect()
}
