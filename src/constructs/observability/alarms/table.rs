//! Alarms of a `DynamoDB` table (`DynamoDB` developer guide, "Metrics and dimensions").

use super::alarm::{Alarm, AlarmActions, AlarmHandle, Comparison, Statistic, TreatMissingData};
use super::expression::{ExpressionAlarm, Operand};
use crate::constructs::core::Context;
use crate::terraform::tree::{Scope, Value};

/// Adds the alarms of the table `name` in the region of `scope`.
pub fn add_table_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    name: &Value<String>,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    [
        AllOperationsAlarm {
            id: "throttled",
            description: "DynamoDB throttled requests of the table",
            metric: "ThrottledRequests",
            subject,
        },
        AllOperationsAlarm {
            id: "system-errors",
            description: "DynamoDB returned system errors",
            metric: "SystemErrors",
            subject,
        },
    ]
    .map(|alarm| alarm.add(scope, context, name, actions))
    .into()
}

/// Adds the alarm on the replication of a global table to `receiving`. `scope` is in the source region.
pub fn add_table_replication_latency_alarm(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    name: &Value<String>,
    receiving: &'static str,
    actions: &AlarmActions,
) -> AlarmHandle {
    let alarm = Alarm {
        id: "replication-latency",
        description: "DynamoDB global table replication latency above 5 s",
        namespace: DYNAMODB.into(),
        metric: "ReplicationLatency",
        dimensions: vec![
            ("TableName", name.clone()),
            ("ReceivingRegion", receiving.into()),
        ],
        statistic: Statistic::Average,
        comparison: Comparison::Above,
        threshold: REPLICATION_LATENCY_MS,
        period_seconds: 60,
        periods: 5,
        // Published only while items change.
        treat_missing_data: TreatMissingData::NotBreaching,
        subject,
    };
    alarm.add(scope, context, actions)
}

/// Adds the alarm on rejected requests. The metric covers all tables of the region.
pub fn add_user_errors_alarm(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    actions: &AlarmActions,
) -> AlarmHandle {
    let alarm = Alarm {
        id: "user-errors",
        description: "DynamoDB rejected more than 10 requests in a minute: invalid, not authorized or not found",
        namespace: DYNAMODB.into(),
        metric: "UserErrors",
        dimensions: Vec::new(),
        statistic: Statistic::Sum,
        comparison: Comparison::Above,
        threshold: REJECTED_REQUESTS,
        period_seconds: 60,
        periods: 5,
        treat_missing_data: TreatMissingData::NotBreaching,
        subject,
    };
    alarm.add(scope, context, actions)
}

/// An alarm on the sum of a metric over all operations, which `DynamoDB` publishes for each operation.
struct AllOperationsAlarm<'a> {
    id: &'static str,
    description: &'static str,
    metric: &'static str,
    subject: &'a str,
}

impl AllOperationsAlarm<'_> {
    fn add(
        self,
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        table: &Value<String>,
        actions: &AlarmActions,
    ) -> AlarmHandle {
        let counts = OPERATIONS.iter().map(|&(id, operation)| Operand {
            id,
            namespace: DYNAMODB.into(),
            metric: self.metric,
            dimensions: vec![
                ("TableName", table.clone()),
                ("Operation", operation.into()),
            ],
            statistic: "Sum".to_owned(),
        });
        let alarm = ExpressionAlarm {
            id: self.id,
            description: self.description,
            operands: counts.collect(),
            expression: "SUM(FILL(METRICS(), 0))".to_owned(),
            label: self.metric,
            threshold: 0.0,
            periods: 5,
            datapoints: 3,
            subject: self.subject,
        };
        alarm.add(scope, context, actions)
    }
}

const DYNAMODB: &str = "AWS/DynamoDB";
/// Ten, the most that an alarm can sum.
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
const REPLICATION_LATENCY_MS: f64 = 5_000.0;
/// Requests in a minute.
const REJECTED_REQUESTS: f64 = 10.0;
