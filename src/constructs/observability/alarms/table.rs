//! Alarms of a `DynamoDB` table (`DynamoDB` developer guide, "Metrics and dimensions").

use super::alarm::{Alarm, AlarmActions, AlarmHandle, Comparison, Statistic, TreatMissingData};
use crate::aws;
use crate::aws::cloudwatch_metric_alarm::{
    CloudwatchMetricAlarmArgs, Metric, MetricArgs, MetricQuery,
};
use crate::constructs::core::Context;
use crate::terraform::tree::{Map, Scope, Value};

/// The alarms of the table `name` in one of its regions.
pub fn add_table_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    name: &Value<String>,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    [
        OverOperations {
            id: "throttled",
            description: "DynamoDB throttles requests: payments wait, or fail",
            metric: "ThrottledRequests",
            subject,
        },
        OverOperations {
            id: "system-errors",
            description: "DynamoDB fails requests for reasons of its own",
            metric: "SystemErrors",
            subject,
        },
    ]
    .map(|alarm| alarm.add(scope, context, name, actions))
    .into()
}

/// The alarm of a global table in its own region: `receiving` is behind.
pub fn add_table_replication_latency_alarm(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    name: &Value<String>,
    receiving: &'static str,
    actions: &AlarmActions,
) -> AlarmHandle {
    let alarm = Alarm {
        id: "copy-late",
        description: "Another region gets changes of the table late (ms)",
        namespace: DYNAMODB.into(),
        metric: "ReplicationLatency",
        dimensions: vec![
            ("TableName", name.clone()),
            ("ReceivingRegion", receiving.into()),
        ],
        statistic: Statistic::Average,
        comparison: Comparison::Above,
        threshold: LATE_MS,
        period_seconds: 60,
        periods: 5,
        // Published while something changes.
        treat_missing_data: TreatMissingData::NotBreaching,
        subject,
    };
    alarm.add(scope, context, actions)
}

/// The alarm of requests that `DynamoDB` refuses. AWS counts them for the whole region, not for a table.
pub fn add_user_errors_alarm(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    actions: &AlarmActions,
) -> AlarmHandle {
    let alarm = Alarm {
        id: "user-errors",
        description: "DynamoDB refuses requests of this account: malformed, not allowed, or to what is not there",
        namespace: DYNAMODB.into(),
        metric: "UserErrors",
        dimensions: Vec::new(),
        statistic: Statistic::Sum,
        comparison: Comparison::Above,
        threshold: MANY_REFUSED,
        period_seconds: 60,
        periods: 5,
        treat_missing_data: TreatMissingData::NotBreaching,
        subject,
    };
    alarm.add(scope, context, actions)
}

/// A count that is published for each operation of a table, summed: none may be above zero.
struct OverOperations<'a> {
    id: &'static str,
    description: &'static str,
    metric: &'static str,
    subject: &'a str,
}

impl OverOperations<'_> {
    fn add(
        self,
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        table: &Value<String>,
        actions: &AlarmActions,
    ) -> AlarmHandle {
        let counts = OPERATIONS.iter().map(|&(id, operation)| {
            let dimensions = [
                ("TableName", table.clone()),
                ("Operation", operation.into()),
            ];
            let metric = Metric::new(MetricArgs {
                metric_name: self.metric.into(),
                period: 60.into(),
                stat: "Sum".into(),
            })
            .namespace(DYNAMODB)
            .dimensions(dimensions.into_iter().collect::<Value<Map<String>>>());
            MetricQuery::new(id).metric(metric)
        });
        let sum = MetricQuery::new("all")
            .expression("SUM(FILL(METRICS(), 0))")
            .label(self.metric)
            .return_data(true);
        let alarm = aws::CloudwatchMetricAlarm::new(CloudwatchMetricAlarmArgs {
            alarm_name: context.names.keyed("alarm", [self.subject, self.id]).into(),
            comparison_operator: "GreaterThanThreshold".into(),
            evaluation_periods: 5.into(),
        })
        .alarm_description(self.description)
        .metric_query(counts.chain([sum]))
        .datapoints_to_alarm(3)
        .threshold(0)
        .treat_missing_data("notBreaching")
        .alarm_actions(actions.arns())
        .ok_actions(actions.arns());
        scope.add(self.id, alarm)
    }
}

const DYNAMODB: &str = "AWS/DynamoDB";
/// As many as an alarm may sum.
const OPERATIONS: [(&str, &str); 10] = [
    ("batch_get", "BatchGetItem"),
    ("batch_write", "BatchWriteItem"),
    ("delete", "DeleteItem"),
    ("get", "GetItem"),
    ("put", "PutItem"),
    ("query", "Query"),
    ("scan", "Scan"),
    ("transact_get", "TransactGetItems"),
    ("transact_write", "TransactWriteItems"),
    ("update", "UpdateItem"),
];
const LATE_MS: f64 = 5_000.0;
/// In a minute: a few are the business of who made them.
const MANY_REFUSED: f64 = 10.0;
