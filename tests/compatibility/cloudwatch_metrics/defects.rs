//! Each rule finds its defect.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

use super::monitors::{Alarm, CompositeAlarm, Identifier, MetricUse, Query, WidgetUse};
use super::rules::{alarm_violations, composite_violations, widget_violations};
use super::table::Table;

#[test]
fn a_correct_alarm_has_no_violations() {
    assert_eq!(found(&latency_alarm()), [""; 0]);
}

#[test]
fn an_unknown_metric_is_found() {
    let alarm = with_metric(|metric| metric.name = "ResponseTime".to_owned());
    assert_found(alarm, "no such metric");
    let alarm = with_metric(|metric| metric.namespace = "AWS/ALB".to_owned());
    assert_found(alarm, "no such metric");
}

#[test]
fn an_incomplete_set_of_dimensions_is_found() {
    let alarm = with_metric(|metric| {
        metric.dimensions = dimensions([("TargetGroup", "aws_lb_target_group.arn_suffix")]);
    });
    assert_found(alarm, "is not published with");
}

#[test]
fn a_dimension_with_another_identifier_is_found() {
    let alarm = with_metric(|metric| {
        metric.dimensions = dimensions([("LoadBalancer", "aws_lb.arn")]);
    });
    assert_found(alarm, "LoadBalancer of");
}

#[test]
fn the_region_of_another_resource_is_found() {
    let alarm = Alarm {
        region: "us-west-2".to_owned(),
        ..latency_alarm()
    };
    assert_found(alarm, "is published in us-east-2, not us-west-2");
}

#[test]
fn a_health_check_outside_its_only_region_is_found() {
    let alarm = with_metric(|metric| {
        "AWS/Route53".clone_into(&mut metric.namespace);
        "HealthCheckStatus".clone_into(&mut metric.name);
        "Minimum".clone_into(&mut metric.statistic);
        metric.dimensions = dimensions([("HealthCheckId", "aws_route53_health_check.id")]);
    });
    assert_found(alarm, "is published in us-east-1, not us-east-2");
}

#[test]
fn an_unsupported_statistic_is_found() {
    assert_found(
        with_metric(|metric| metric.statistic = "Sum".to_owned()),
        "has no statistic Sum",
    );
    let mut alarm = with_metric(|metric| {
        "HTTPCode_ELB_5XX_Count".clone_into(&mut metric.name);
    });
    "5xx".clone_into(&mut alarm.description);
    assert_found(alarm, "has no statistic p99");
}

#[test]
fn a_high_resolution_period_is_found() {
    let alarm = with_metric(|metric| metric.period = 30);
    assert_found(alarm.clone(), "no multiple of 60");
    assert_found(alarm, "has no data every 30 s");
}

#[test]
fn an_evaluation_of_more_than_a_day_is_found() {
    let alarm = Alarm {
        evaluation_periods: 1_500,
        ..latency_alarm()
    };
    assert_found(alarm, "exceed 86400 s");
}

#[test]
fn more_data_points_than_periods_are_found() {
    let alarm = Alarm {
        datapoints_to_alarm: Some(4),
        ..latency_alarm()
    };
    assert_found(alarm, "4 of 3 data points");
}

#[test]
fn every_wrong_treatment_of_missing_data_is_found() {
    let treated = |treatment: Option<&str>| Alarm {
        treat_missing_data: treatment.map(str::to_owned),
        ..latency_alarm()
    };
    assert_found(treated(None), "is not set");
    assert_found(treated(Some("breaching")), "from the first apply");
    assert_found(
        treated(Some("missing")),
        "missing data is normal, and treated as missing",
    );
}

#[test]
fn a_percentile_without_a_minimum_of_requests_is_found() {
    let alarm = Alarm {
        low_sample_percentiles: None,
        ..latency_alarm()
    };
    assert_found(alarm, "a percentile of few requests");
    let mut alarm = expression_alarm("p99");
    alarm.metrics.truncate(1);
    assert_found(alarm, "a percentile of few requests");
}

#[test]
fn an_expression_with_an_unknown_query_is_found() {
    assert_eq!(
        found(&expression_alarm("IF(requests >= 5, p99, 0)")),
        [""; 0]
    );
    assert_found(
        expression_alarm("IF(request >= 5, p99, 0)"),
        "`request` is no query",
    );
}

#[test]
fn two_returned_queries_are_found() {
    let mut alarm = expression_alarm("p99");
    for query in &mut alarm.queries {
        query.returns_data = true;
    }
    assert_found(alarm, "3 queries return data");
}

#[test]
fn different_periods_in_an_expression_are_found() {
    let mut alarm = expression_alarm("p99");
    alarm.metrics[0].period = 300;
    assert_found(alarm, "the periods {60, 300}");
}

#[test]
fn a_threshold_in_another_unit_is_found() {
    let alarm = Alarm {
        threshold: Some(500.0),
        description: "Response time above 500 ms".to_owned(),
        ..latency_alarm()
    };
    assert_found(alarm, "the threshold is 500 Seconds");
    let alarm = Alarm {
        description: "Response time above the limit (ms)".to_owned(),
        ..latency_alarm()
    };
    assert_found(alarm, "the metric is in Seconds");
}

#[test]
fn a_threshold_beyond_the_values_of_the_metric_is_found() {
    let cpu = |comparison: &str, threshold| {
        let mut alarm = with_metric(|metric| {
            "AWS/RDS".clone_into(&mut metric.namespace);
            "CPUUtilization".clone_into(&mut metric.name);
            "Average".clone_into(&mut metric.statistic);
            metric.dimensions = dimensions([("DBClusterIdentifier", "aws_rds_cluster.id")]);
        });
        "CPU".clone_into(&mut alarm.description);
        comparison.clone_into(&mut alarm.comparison);
        alarm.threshold = Some(threshold);
        alarm
    };
    assert_eq!(found(&cpu("GreaterThanThreshold", 80.0)), [""; 0]);
    assert_found(cpu("GreaterThanThreshold", 100.0), "no value of");
    assert_found(cpu("LessThanThreshold", 0.0), "no value of");
    assert_found(cpu("LessThanThreshold", 101.0), "every value of");
    assert_found(cpu("GreaterThanOrEqualToThreshold", 0.0), "every value of");
}

#[test]
fn an_action_in_another_region_is_found() {
    let alarm = Alarm {
        action_regions: vec!["us-east-1".to_owned()],
        ..latency_alarm()
    };
    assert_found(alarm, "its action is in us-east-1");
}

#[test]
fn a_composite_alarm_on_an_unknown_alarm_is_found() {
    let alarms = BTreeSet::from([("us-east-1", "errors")]);
    let composite = |name: &str, region: Option<&str>| CompositeAlarm {
        path: "composite".to_owned(),
        region: "us-east-1".to_owned(),
        alarms: vec![(name.to_owned(), region.map(str::to_owned))],
    };
    let found = |composite| composite_violations(&composite, &alarms).join("\n");
    assert_eq!(found(composite("errors", None)), "");
    assert!(found(composite("error", None)).contains("no alarm `error`"));
    assert!(found(composite("errors", Some("us-east-2"))).contains("`errors` is in us-east-2"));
}

#[test]
fn a_widget_in_another_region_is_found() {
    let widget = WidgetUse {
        path: "widget".to_owned(),
        region: "us-east-1".to_owned(),
        metrics: latency_alarm().metrics,
    };
    let found = widget_violations(&widget, &Table::read()).join("\n");
    assert!(
        found.contains("is published in us-east-2, not us-east-1"),
        "{found}"
    );
}

/// A correct alarm on the response time of a load balancer.
fn latency_alarm() -> Alarm {
    Alarm {
        path: "alarms/latency".to_owned(),
        name: "latency".to_owned(),
        region: "us-east-2".to_owned(),
        description: "Response time above 500 ms".to_owned(),
        metrics: vec![metric("TargetResponseTime", "p99")],
        comparison: "GreaterThanThreshold".to_owned(),
        threshold: Some(0.5),
        evaluation_periods: 3,
        datapoints_to_alarm: Some(2),
        treat_missing_data: Some("notBreaching".to_owned()),
        low_sample_percentiles: Some("ignore".to_owned()),
        action_regions: vec!["us-east-2".to_owned()],
        ..Alarm::default()
    }
}

/// An alarm on an expression of the response time and the number of requests.
fn expression_alarm(expression: &str) -> Alarm {
    let query = |id: &str, expression: Option<&str>| Query {
        id: id.to_owned(),
        expression: expression.map(str::to_owned),
        returns_data: expression.is_some(),
    };
    Alarm {
        metrics: vec![
            metric("TargetResponseTime", "p99"),
            metric("RequestCount", "Sum"),
        ],
        queries: vec![
            query("p99", None),
            query("requests", None),
            query("limited", Some(expression)),
        ],
        low_sample_percentiles: None,
        ..latency_alarm()
    }
}

fn metric(name: &str, statistic: &str) -> MetricUse {
    MetricUse {
        namespace: "AWS/ApplicationELB".to_owned(),
        name: name.to_owned(),
        dimensions: dimensions([("LoadBalancer", "aws_lb.arn_suffix")]),
        statistic: statistic.to_owned(),
        period: 60,
    }
}

fn dimensions<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, Identifier> {
    let pairs = pairs.map(|(name, attribute)| {
        let identifier = Identifier {
            attribute: attribute.to_owned(),
            region: Some("us-east-2".to_owned()),
        };
        (name.to_owned(), identifier)
    });
    pairs.into()
}

fn with_metric(change: impl FnOnce(&mut MetricUse)) -> Alarm {
    let mut alarm = latency_alarm();
    change(&mut alarm.metrics[0]);
    alarm
}

fn found(alarm: &Alarm) -> Vec<String> {
    alarm_violations(alarm, &Table::read())
}

fn assert_found(alarm: impl Borrow<Alarm>, violation: &str) {
    let found = found(alarm.borrow()).join("\n");
    assert!(found.contains(violation), "{found}");
}
