//! Metric filters over the migration's log events, for alarms and dashboards.

use crate::aws;
use crate::aws::cloudwatch_log_metric_filter::{
    CloudwatchLogMetricFilterArgs, MetricTransformation, MetricTransformationArgs,
};
use crate::constructs::core::Context;
use crate::terraform::tree::{Declared, Scope, Value};

/// A log event of the migration's functions: the value of the field `event`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MigrationEvent {
    /// An operation failed.
    Failed,
    /// The outgoing writer was fenced.
    Fenced,
    /// A database became the writer.
    Promoted,
    /// Traffic was shifted.
    TrafficShifted,
    /// Source and target were compared.
    Validated,
}

impl MigrationEvent {
    /// Every event.
    pub const ALL: [Self; 5] = [
        Self::Failed,
        Self::Fenced,
        Self::Promoted,
        Self::TrafficShifted,
        Self::Validated,
    ];

    /// The value of the field `event`.
    pub fn event_name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Fenced => "fenced",
            Self::Promoted => "promoted",
            Self::TrafficShifted => "traffic-shifted",
            Self::Validated => "validated",
        }
    }

    /// The metric that counts the event.
    pub fn metric_name(self) -> &'static str {
        match self {
            Self::Failed => "StepsFailed",
            Self::Fenced => "WriteFences",
            Self::Promoted => "WriterChanges",
            Self::TrafficShifted => "TrafficShifts",
            Self::Validated => "Validations",
        }
    }
}

/// The namespace of the migration's own metrics: one for each environment and suffix.
pub fn namespace(context: &Context<'_>) -> String {
    format!("PaymentMigration{}", context.names.parameter_root())
}

/// The metrics of the minutes in which a writer was fenced or promoted. They exist in the region of the function
/// `cutover`, whose log events they count.
#[derive(Clone, Debug)]
pub struct FenceMetrics {
    namespace: String,
}

impl FenceMetrics {
    /// The metrics of the environment.
    pub fn of(context: &Context<'_>) -> Self {
        Self {
            namespace: namespace(context),
        }
    }

    /// Their namespace.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Their ids in an expression, and their names. A fence is shorter than a minute, so it begins and ends in these minutes.
    pub fn metrics(&self) -> [(&'static str, &'static str); 2] {
        [
            ("fences", MigrationEvent::Fenced.metric_name()),
            ("promotions", MigrationEvent::Promoted.metric_name()),
        ]
    }
}

/// Adds a metric filter for every event to a function's log group. `key` is part of physical names.
pub fn add_metric_filters(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    key: &str,
    log_group_name: &Value<String>,
) {
    let mut scope = scope.child("metric-filter");
    for event in MigrationEvent::ALL {
        let (event_name, metric_name) = (event.event_name(), event.metric_name());
        let filter = metric_filter(context, key, log_group_name, event_name, metric_name);
        scope.add(event_name, filter);
    }
}

/// A failure that a function logs, apart from the errors that its caller expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoggedFailure {
    /// An authorization failed for another reason than a refused token.
    Authorization,
    /// A step of a rotation failed for another reason than a hold.
    Rotation,
}

impl LoggedFailure {
    /// The value of the field `event`.
    pub fn event_name(self) -> &'static str {
        match self {
            Self::Authorization => "authorization-failed",
            Self::Rotation => "rotation-failed",
        }
    }

    /// The metric that counts the event.
    pub fn metric_name(self) -> &'static str {
        match self {
            Self::Authorization => "AuthorizationsFailed",
            Self::Rotation => "RotationsFailed",
        }
    }
}

/// Adds the metric filter for failures to a function's log group. `key` is part of physical names.
pub fn add_failure_metric_filter(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    key: &str,
    log_group_name: &Value<String>,
    failure: LoggedFailure,
) {
    let (event_name, metric_name) = (failure.event_name(), failure.metric_name());
    let filter = metric_filter(context, key, log_group_name, event_name, metric_name);
    scope.child("metric-filter").add(event_name, filter);
}

/// The metric filter that counts the log lines whose field `event` is `event_name`.
pub(super) fn metric_filter(
    context: &Context<'_>,
    key: &str,
    log_group_name: &Value<String>,
    event_name: &str,
    metric_name: &'static str,
) -> Declared<aws::CloudwatchLogMetricFilter> {
    let transformation = MetricTransformation::new(MetricTransformationArgs {
        name: metric_name.into(),
        namespace: namespace(context).into(),
        value: "1".into(),
    })
    .default_value("0")
    .unit("Count");
    aws::CloudwatchLogMetricFilter::new(CloudwatchLogMetricFilterArgs {
        log_group_name: log_group_name.into(),
        metric_transformation: transformation,
        name: context.names.keyed("event", [key, event_name]).into(),
        pattern: format!("{{ $.event = \"{event_name}\" }}").into(),
    })
}
