//! A CloudWatch alarm on one metric, and the topics that it notifies.

use crate::aws;
use crate::aws::cloudwatch_metric_alarm::CloudwatchMetricAlarmArgs;
use crate::constructs::core::Context;
use crate::constructs::observability::topic::Topic;
use crate::terraform::tree::{Declared, Handle, Map, Scope, Value};

/// Topics that alarms of one region notify, on ALARM and on OK.
#[derive(Clone, Debug, Default)]
pub struct AlarmActions {
    topic_arns: Vec<Value<String>>,
    state: ActionState,
}

/// Whether alarms run their actions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum ActionState {
    #[default]
    Enabled,
    Disabled,
}

impl AlarmActions {
    /// Actions that notify `topics`.
    pub fn notify(topics: impl IntoIterator<Item = Topic>) -> Self {
        Self {
            topic_arns: topics.into_iter().map(|topic| topic.arn()).collect(),
            state: ActionState::Enabled,
        }
    }

    /// The same actions, disabled: the alarms change their state, and send no notification.
    #[must_use]
    pub fn disabled(self) -> Self {
        Self {
            state: ActionState::Disabled,
            ..self
        }
    }

    /// Sets the actions of an alarm.
    pub(super) fn attach(
        &self,
        alarm: Declared<aws::CloudwatchMetricAlarm>,
    ) -> Declared<aws::CloudwatchMetricAlarm> {
        let alarm = alarm
            .alarm_actions(self.topic_arns.clone())
            .ok_actions(self.topic_arns.clone());
        match self.state {
            ActionState::Enabled => alarm,
            ActionState::Disabled => alarm.actions_enabled(false),
        }
    }
}

/// An alarm that was added to a tree.
pub type AlarmHandle = Handle<aws::CloudwatchMetricAlarm>;

/// An alarm on one metric.
#[derive(Debug)]
pub(super) struct Alarm<'a> {
    /// Last component of its path, and of its name after the subject: `cpu`.
    pub(super) id: &'static str,
    pub(super) description: &'static str,
    pub(super) namespace: Value<String>,
    pub(super) metric: &'static str,
    pub(super) dimensions: Vec<(&'static str, Value<String>)>,
    pub(super) statistic: Statistic,
    pub(super) comparison: Comparison,
    pub(super) threshold: f64,
    pub(super) period_seconds: u16,
    /// Consecutive periods beyond the threshold.
    pub(super) periods: u8,
    pub(super) treat_missing_data: TreatMissingData,
    /// The resource's part of the alarm's name: `db-payments`.
    pub(super) subject: &'a str,
}

/// Aggregation of the data points in a period.
#[derive(Clone, Copy, Debug)]
pub(super) enum Statistic {
    Average,
    Maximum,
    Minimum,
    Sum,
}

/// Comparison of a statistic with the threshold.
#[derive(Clone, Copy, Debug)]
pub(super) enum Comparison {
    Above,
    AtLeast,
    Below,
}

/// State for a period without data points.
#[derive(Clone, Copy, Debug)]
pub(super) enum TreatMissingData {
    /// OK: the metric is published on occurrence.
    NotBreaching,
    /// `INSUFFICIENT_DATA`: the metric is published continuously.
    Missing,
}

impl<'a> Alarm<'a> {
    /// An alarm that one occurrence in a minute triggers.
    pub(super) fn on_any_occurrence(
        id: &'static str,
        description: &'static str,
        (namespace, metric): (impl Into<Value<String>>, &'static str),
        dimensions: Vec<(&'static str, Value<String>)>,
        subject: &'a str,
    ) -> Self {
        Self {
            id,
            description,
            namespace: namespace.into(),
            metric,
            dimensions,
            statistic: Statistic::Sum,
            comparison: Comparison::Above,
            threshold: 0.0,
            period_seconds: 60,
            periods: 1,
            treat_missing_data: TreatMissingData::NotBreaching,
            subject,
        }
    }

    /// Adds the alarm to a tree.
    pub(super) fn add(
        self,
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        actions: &AlarmActions,
    ) -> AlarmHandle {
        let alarm = aws::CloudwatchMetricAlarm::new(CloudwatchMetricAlarmArgs {
            alarm_name: context.names.keyed("alarm", [self.subject, self.id]).into(),
            comparison_operator: match self.comparison {
                Comparison::Above => "GreaterThanThreshold".into(),
                Comparison::AtLeast => "GreaterThanOrEqualToThreshold".into(),
                Comparison::Below => "LessThanThreshold".into(),
            },
            evaluation_periods: self.periods.into(),
        })
        .alarm_description(self.description)
        .namespace(self.namespace)
        .metric_name(self.metric)
        .dimensions(self.dimensions.into_iter().collect::<Value<Map<String>>>())
        .period(self.period_seconds)
        .threshold(self.threshold)
        .treat_missing_data(match self.treat_missing_data {
            TreatMissingData::NotBreaching => "notBreaching",
            TreatMissingData::Missing => "missing",
        });
        let alarm = match self.statistic {
            Statistic::Average => alarm.statistic("Average"),
            Statistic::Maximum => alarm.statistic("Maximum"),
            Statistic::Minimum => alarm.statistic("Minimum"),
            Statistic::Sum => alarm.statistic("Sum"),
        };
        scope.add(self.id, actions.attach(alarm))
    }
}
