//! Events of the migration, counted: what functions log becomes metrics that alarms and dashboards read.

use crate::aws;
use crate::aws::cloudwatch_log_metric_filter::{
    CloudwatchLogMetricFilterArgs, MetricTransformation, MetricTransformationArgs,
};
use crate::constructs::compute::function::Function;
use crate::constructs::core::Context;
use crate::terraform::tree::{Declared, Scope};

/// Something that the programs of the migration log, as the field `event` of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A step could not be done.
    Failed,
    /// Writers were shut out of the source, or of the target on the way back.
    Fenced,
    /// Another database takes writes now.
    Promoted,
    /// Requests were moved.
    TrafficShifted,
    /// Source and target were compared.
    Validated,
}

impl Event {
    /// Every event.
    pub const ALL: [Self; 5] = [
        Self::Failed,
        Self::Fenced,
        Self::Promoted,
        Self::TrafficShifted,
        Self::Validated,
    ];

    /// What the programs write.
    pub fn logged(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Fenced => "fenced",
            Self::Promoted => "promoted",
            Self::TrafficShifted => "traffic-shifted",
            Self::Validated => "validated",
        }
    }

    /// The metric that counts it.
    pub fn metric(self) -> &'static str {
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

/// Counts every event that `function` logs; `subject` is its part of names.
pub fn count(scope: &mut Scope<'_>, context: &Context<'_>, subject: &str, function: &Function) {
    let mut scope = scope.child("event");
    for event in Event::ALL {
        let (logged, metric) = (event.logged(), event.metric());
        let filter = counted(context, subject, function, logged, metric);
        scope.add(logged, filter);
    }
}

/// What counts the lines of `function` whose `event` is `logged`, as `metric`.
pub(super) fn counted(
    context: &Context<'_>,
    subject: &str,
    function: &Function,
    logged: &str,
    metric: &'static str,
) -> Declared<aws::CloudwatchLogMetricFilter> {
    let transformation = MetricTransformation::new(MetricTransformationArgs {
        name: metric.into(),
        namespace: namespace(context).into(),
        value: "1".into(),
    })
    .default_value("0")
    .unit("Count");
    aws::CloudwatchLogMetricFilter::new(CloudwatchLogMetricFilterArgs {
        log_group_name: function.log_group(),
        metric_transformation: transformation,
        name: context.names.keyed("event", [subject, logged]).into(),
        pattern: format!("{{ $.event = \"{logged}\" }}").into(),
    })
}
