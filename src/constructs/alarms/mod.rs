//! Alarms: what must not stay unseen.
//!
//! One file a subject; each knows the metrics that AWS publishes for it and what they should be.

mod api;
mod balancer;
mod database;
mod function;
mod replication;
mod rule;
mod state_machine;
mod tasks;

pub use api::api;
pub use balancer::{balancer, targets};
pub use database::{database, secondary};
pub use function::function;
pub use replication::replication;
pub use rule::rule;
pub use state_machine::state_machine;
pub use tasks::tasks;

use super::Context;
use super::alerts::Topic;
use crate::aws;
use crate::aws::cloudwatch_metric_alarm::CloudwatchMetricAlarmArgs;
use crate::tree::{Handle, Map, Scope, Value};

/// Whom alarms of one region tell.
#[derive(Clone, Debug, Default)]
pub struct Told(Vec<Value<String>>);

impl Told {
    /// These topics.
    pub fn by(topics: impl IntoIterator<Item = Topic>) -> Self {
        Self(topics.into_iter().map(|topic| topic.arn()).collect())
    }

    fn actions(&self) -> Vec<Value<String>> {
        self.0.clone()
    }
}

/// An alarm that was added to a tree.
pub type Raised = Handle<aws::CloudwatchMetricAlarm>;

/// A metric, and from where on it is too much.
#[derive(Debug)]
pub(super) struct Alarm<'a> {
    /// Its part of paths and, behind the subject, of names: `cpu`.
    id: &'static str,
    /// What it means, for who is woken by it.
    description: &'static str,
    namespace: Value<String>,
    metric: &'static str,
    dimensions: Vec<(&'static str, Value<String>)>,
    statistic: Statistic,
    /// How the threshold is passed.
    when: Comparison,
    threshold: f64,
    /// Seconds in a period.
    period: u16,
    /// Periods in a row.
    periods: u8,
    missing: Missing,
    /// What the metrics belong to, as names tell it: `payments`.
    subject: &'a str,
}

/// How a period's data points become one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Statistic {
    Average,
    Maximum,
    Sum,
    /// Such as `p99`.
    Percentile(&'static str),
}

/// How a threshold is passed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Comparison {
    Above,
    Below,
}

/// What a period without data says.
#[derive(Clone, Copy, Debug)]
pub(super) enum Missing {
    /// Nothing is wrong: the metric is published when something happens.
    Fine,
    /// Nobody knows.
    Unknown,
}

impl Alarm<'_> {
    /// Adds the alarm, which tells when it goes off and when it is over.
    pub(super) fn add(self, scope: &mut Scope<'_>, context: &Context<'_>, told: &Told) -> Raised {
        let alarm = aws::CloudwatchMetricAlarm::new(CloudwatchMetricAlarmArgs {
            alarm_name: context.names.keyed("alarm", [self.subject, self.id]).into(),
            comparison_operator: match self.when {
                Comparison::Above => "GreaterThanThreshold".into(),
                Comparison::Below => "LessThanThreshold".into(),
            },
            evaluation_periods: self.periods.into(),
        })
        .alarm_description(self.description)
        .namespace(self.namespace)
        .metric_name(self.metric)
        .dimensions(self.dimensions.into_iter().collect::<Value<Map<String>>>())
        .period(self.period)
        .threshold(self.threshold)
        .treat_missing_data(match self.missing {
            Missing::Fine => "notBreaching",
            Missing::Unknown => "missing",
        })
        .alarm_actions(told.actions())
        .ok_actions(told.actions());
        let alarm = match self.statistic {
            Statistic::Average => alarm.statistic("Average"),
            Statistic::Maximum => alarm.statistic("Maximum"),
            Statistic::Sum => alarm.statistic("Sum"),
            Statistic::Percentile(percentile) => alarm.extended_statistic(percentile),
        };
        scope.add(self.id, alarm)
    }
}
