//! A CloudWatch alarm on an expression of several metrics of one minute.

use super::alarm::{AlarmActions, AlarmHandle};
use crate::aws;
use crate::aws::cloudwatch_metric_alarm::{
    CloudwatchMetricAlarmArgs, Metric, MetricArgs, MetricQuery,
};
use crate::constructs::core::Context;
use crate::constructs::observability::metric_filters::FenceMetrics;
use crate::terraform::tree::{Map, Scope, Value};

/// The response time `p99` of a minute with at least 5 `slow` requests, else 0. `slow` is a percentile rank: the
/// percentage of `requests` above the limit. One slow request of ten would raise an alarm on the percentile alone, and
/// CloudWatch ignores a p99 of fewer than 1,000 requests altogether (CloudWatch user guide, "Percentile-based alarms and
/// low data samples").
const P99_WITH_SLOW_REQUESTS: &str = "IF(slow * requests / 100 >= 5, p99, 0)";

/// A metric in an expression.
#[derive(Clone, Debug)]
pub(super) struct Operand {
    /// Its name in the expression, in lowercase.
    pub(super) id: &'static str,
    pub(super) namespace: Value<String>,
    pub(super) metric: &'static str,
    pub(super) dimensions: Vec<(&'static str, Value<String>)>,
    /// Such as `Sum`, `p99`.
    pub(super) statistic: String,
}

/// A metric of response times.
#[derive(Debug)]
pub(super) struct ResponseTime {
    pub(super) namespace: &'static str,
    pub(super) metric: &'static str,
    pub(super) dimensions: Vec<(&'static str, Value<String>)>,
    /// The limit of its p99, in the unit of the metric.
    pub(super) limit: f64,
    /// The name of the p99 in the console, with the unit: `p99 (ms)`.
    pub(super) label: &'static str,
}

/// An alarm on an expression that exceeds a threshold.
#[derive(Debug)]
pub(super) struct ExpressionAlarm<'a> {
    /// Last component of its path, and of its name after the subject: `latency`.
    pub(super) id: &'static str,
    pub(super) description: &'static str,
    pub(super) operands: Vec<Operand>,
    pub(super) expression: String,
    /// The name of the result in the console.
    pub(super) label: &'static str,
    pub(super) threshold: f64,
    /// Minutes that are evaluated.
    pub(super) periods: u8,
    /// Minutes of these above the threshold that raise the alarm.
    pub(super) datapoints: u8,
    /// The resource's part of the alarm's name: `alb-main`.
    pub(super) subject: &'a str,
}

impl<'a> ExpressionAlarm<'a> {
    /// An alarm on the p99 of a minute with slow requests.
    pub(super) fn on_slow_requests(
        description: &'static str,
        time: &ResponseTime,
        subject: &'a str,
    ) -> Self {
        let operand = |id, statistic: String| Operand {
            id,
            namespace: time.namespace.into(),
            metric: time.metric,
            dimensions: time.dimensions.clone(),
            statistic,
        };
        Self {
            id: "latency",
            description,
            operands: vec![
                operand("p99", "p99".to_owned()),
                operand("slow", format!("PR({}:)", time.limit)),
                operand("requests", "SampleCount".to_owned()),
            ],
            expression: P99_WITH_SLOW_REQUESTS.to_owned(),
            label: time.label,
            threshold: time.limit,
            periods: 3,
            datapoints: 2,
            subject,
        }
    }

    /// The alarm without the minutes in which a writer was fenced or promoted: the program answers 503 during a fence.
    pub(super) fn outside_fences(mut self, fences: Option<&FenceMetrics>) -> Self {
        let Some(fences) = fences else {
            return self;
        };
        let operands = fences.metrics().map(|(id, metric)| Operand {
            id,
            namespace: fences.namespace().to_owned().into(),
            metric,
            dimensions: Vec::new(),
            statistic: "Sum".to_owned(),
        });
        let fenced = operands
            .each_ref()
            .map(|operand| format!("FILL({}, 0)", operand.id));
        self.expression = format!("IF({} > 0, 0, {})", fenced.join(" + "), self.expression);
        self.operands.extend(operands);
        self
    }

    /// Adds the alarm to a tree. Without data the alarm is OK: the metrics are published while there are requests.
    pub(super) fn add(
        self,
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        actions: &AlarmActions,
    ) -> AlarmHandle {
        let operands = self.operands.into_iter().map(|operand| {
            let metric = Metric::new(MetricArgs {
                metric_name: operand.metric.into(),
                period: 60.into(),
                stat: operand.statistic.into(),
            })
            .namespace(operand.namespace)
            .dimensions(
                operand
                    .dimensions
                    .into_iter()
                    .collect::<Value<Map<String>>>(),
            );
            MetricQuery::new(operand.id).metric(metric)
        });
        let result = MetricQuery::new("result")
            .expression(self.expression)
            .label(self.label)
            .return_data(true);
        let alarm = aws::CloudwatchMetricAlarm::new(CloudwatchMetricAlarmArgs {
            alarm_name: context.names.keyed("alarm", [self.subject, self.id]).into(),
            comparison_operator: "GreaterThanThreshold".into(),
            evaluation_periods: self.periods.into(),
        })
        .alarm_description(self.description)
        .metric_query(operands.chain([result]))
        .datapoints_to_alarm(self.datapoints)
        .threshold(self.threshold)
        .treat_missing_data("notBreaching");
        scope.add(self.id, actions.attach(alarm))
    }
}
