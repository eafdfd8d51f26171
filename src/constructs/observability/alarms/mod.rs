//! Alarms: what must not stay unseen.
//!
//! One file a subject; each knows the metrics that AWS publishes for it and what they should be.

mod api;
mod balancer;
mod bucket;
mod database;
mod function;
mod group;
mod health_check;
mod replication;
mod rule;
mod state_machine;
mod table;
mod tasks;
mod transactions;

pub use api::api;
pub use balancer::{balancer, targets};
pub use bucket::{bucket_behind, bucket_failed};
pub use database::{database, secondary};
pub use function::function;
pub use group::{group, group_failures};
pub use health_check::{health_check, none_healthy};
pub use replication::replication;
pub use rule::rule;
pub use state_machine::state_machine;
pub use table::{refused_requests, table, table_behind};
pub use tasks::tasks;
pub use transactions::transactions;

use crate::aws;
use crate::aws::cloudwatch_metric_alarm::CloudwatchMetricAlarmArgs;
use crate::constructs::core::Context;
use crate::constructs::observability::topic::Topic;
use crate::terraform::tree::{Handle, Map, Scope, Value};

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
    Minimum,
    Sum,
    /// Such as `p99`.
    Percentile(&'static str),
}

/// How a threshold is passed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Comparison {
    Above,
    AtLeast,
    Below,
}

/// What a period without data says.
#[derive(Clone, Copy, Debug)]
pub(super) enum Missing {
    /// Nothing is wrong: the metric is published when something happens.
    Fine,
    /// Nobody knows.
    Unknown,
    /// Something is wrong: the metric is always published.
    Wrong,
}

impl<'a> Alarm<'a> {
    /// The alarm of something that must never happen: one in a minute is too much.
    pub(super) fn never(
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
            when: Comparison::Above,
            threshold: 0.0,
            period: 60,
            periods: 1,
            missing: Missing::Fine,
            subject,
        }
    }

    /// Adds the alarm, which tells when it goes off and when it is over.
    pub(super) fn add(self, scope: &mut Scope<'_>, context: &Context<'_>, told: &Told) -> Raised {
        let alarm = aws::CloudwatchMetricAlarm::new(CloudwatchMetricAlarmArgs {
            alarm_name: context.names.keyed("alarm", [self.subject, self.id]).into(),
            comparison_operator: match self.when {
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
        .period(self.period)
        .threshold(self.threshold)
        .treat_missing_data(match self.missing {
            Missing::Fine => "notBreaching",
            Missing::Unknown => "missing",
            Missing::Wrong => "breaching",
        })
        .alarm_actions(told.actions())
        .ok_actions(told.actions());
        let alarm = match self.statistic {
            Statistic::Average => alarm.statistic("Average"),
            Statistic::Maximum => alarm.statistic("Maximum"),
            Statistic::Minimum => alarm.statistic("Minimum"),
            Statistic::Sum => alarm.statistic("Sum"),
            Statistic::Percentile(percentile) => alarm.extended_statistic(percentile),
        };
        scope.add(self.id, alarm)
    }
}
