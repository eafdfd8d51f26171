//! Records of transactions: the table, and notifications of failed ones.

use paymig::aws;
use paymig::terraform::tree::View;

use super::monitoring::alarms_on;
use crate::framework::case::{Case, Item, Known, Text, Verdict};

type Table<'t> = Item<'t, aws::DynamodbTable>;

/// The key is the id only, so that a repetition finds the item; the capacity is on demand.
pub(crate) fn tables_are_keyed_by_transaction_id(case: Case<'_>) -> Verdict {
    case.every::<aws::DynamodbTable>()
        .must("have an id as key", |table| {
            let key = table.hash_key().text();
            key.is_some_and(|key| is_declared(table, key)) && table.range_key().is_none()
        })
        .must("have on-demand capacity", |table| {
            table.billing_mode().is("PAY_PER_REQUEST")
        })
        .verdict()
}

/// Global secondary indexes by customer and by status, sorted by time.
pub(crate) fn tables_have_secondary_indexes(case: Case<'_>) -> Verdict {
    case.every::<aws::DynamodbTable>()
        .must(
            "have two indexes or more, sorted, with all attributes",
            |table| {
                let indexes = table.global_secondary_index();
                indexes.len() >= 2
                    && indexes.iter().all(|index| {
                        let keys = [index.hash_key().text(), index.range_key().text()];
                        keys.iter()
                            .all(|key| key.is_some_and(|key| is_declared(table, key)))
                            && index.projection_type().is("ALL")
                    })
            },
        )
        .verdict()
}

/// PCI DSS 3.5.1.
pub(crate) fn tables_are_encrypted(case: Case<'_>) -> Verdict {
    case.every::<aws::DynamodbTable>()
        .must("be encrypted with a key of its own region", |table| {
            let encryption = table.server_side_encryption();
            encryption.is_some_and(|encryption| {
                encryption.enabled().is(true)
                    && table.uses_own::<aws::KmsKey, _>(encryption.kms_key_arn())
            })
        })
        .verdict()
}

/// Point-in-time recovery: 35 days by default.
pub(crate) fn tables_have_point_in_time_recovery(case: Case<'_>) -> Verdict {
    case.every::<aws::DynamodbTable>()
        .must("have point-in-time recovery", |table| {
            let recovery = table.point_in_time_recovery();
            recovery.is_some_and(|recovery| recovery.enabled().is(true))
        })
        .verdict()
}

pub(crate) fn tables_are_not_retained(case: Case<'_>) -> Verdict {
    case.every::<aws::DynamodbTable>()
        .must("have no deletion protection", |table| {
            !table.deletion_protection_enabled().is(true)
        })
        .verdict()
}

/// Alarms on throttles, errors of DynamoDB, and rejected requests of this account.
pub(crate) fn tables_have_alarms(case: Case<'_>) -> Verdict {
    let alarms = case.items::<aws::CloudwatchMetricAlarm>();
    let tables = case
        .every::<aws::DynamodbTable>()
        .must("have alarms on throttles and errors", |table| {
            ["ThrottledRequests", "SystemErrors"].iter().all(|metric| {
                let mut alarms = alarms.iter();
                alarms.any(|alarm| {
                    let queries = alarm.metric_query();
                    let mut metrics = queries
                        .iter()
                        .filter_map(View::<aws::cloudwatch_metric_alarm::MetricQuery>::metric);
                    metrics.any(|one| {
                        let of = one.dimensions().and_then(|all| all.key("TableName"));
                        one.metric_name().is(metric)
                            && of.is_some_and(|of| of.refers_to(table.node.node_id()))
                    })
                })
            })
        })
        .verdict();
    let account = case
        .every::<aws::CloudwatchMetricAlarm>()
        .some("monitors requests that DynamoDB rejects", |alarm| {
            alarm.metric_name().is("UserErrors") && alarm.namespace().is("AWS/DynamoDB")
        })
        .verdict();
    tables.and(account)
}

/// A metric filter counts every outcome of a payment in the log of its function.
pub(crate) fn outcomes_are_counted(case: Case<'_>) -> Verdict {
    const BOOKED: [&str; 4] = [
        "transaction-accepted",
        "transaction-declined",
        "transaction-failed",
        "transaction-review",
    ];
    let counted = |program: &'static str, events: &'static [&'static str]| {
        case.every::<aws::LambdaFunction>()
            .that(program, |function| {
                let handler = function.handler().text();
                handler.is_some_and(|handler| handler.starts_with(program))
            })
            .must("have metric filters for its outcomes", |function| {
                let logging = function.logging_config();
                let groups = logging
                    .map(|logging| function.to::<aws::CloudwatchLogGroup, _>(logging.log_group()));
                type Filter = aws::CloudwatchLogMetricFilter;
                let filters: Vec<_> = groups
                    .iter()
                    .flatten()
                    .flat_map(|group| group.from::<Filter, _>(View::<Filter>::log_group_name))
                    .collect();
                events.iter().all(|event| {
                    let pattern = format!("{{ $.event = \"{event}\" }}");
                    filters.iter().any(|filter| {
                        let metric = filter.metric_transformation();
                        filter.pattern().is(&pattern)
                            && metric.is_some_and(|metric| metric.value().is("1"))
                    })
                })
            })
            .verdict()
    };
    // Validation counts what it could not hand on.
    counted("transaction_processing.", &BOOKED)
        .and(counted("payment_validation.", &["transaction-failed"]))
}

/// Failed payments and system errors notify topics of their own
/// category.
pub(crate) fn failed_transactions_have_a_topic_of_their_own(case: Case<'_>) -> Verdict {
    let filters = case.items::<aws::CloudwatchLogMetricFilter>();
    let failures: Vec<_> = filters
        .iter()
        .filter(|filter| filter.pattern().is("{ $.event = \"transaction-failed\" }"))
        .filter_map(|filter| {
            let metric = filter.metric_transformation()?;
            Some((metric.namespace().text()?, metric.name().text()?))
        })
        .collect();
    let topic_of = |alarm: &Item<'_, aws::CloudwatchMetricAlarm>| {
        let topics = alarm.to::<aws::SnsTopic, _>(alarm.alarm_actions());
        topics.first().map(|topic| topic.node.node_id())
    };
    let alarms = case.items::<aws::CloudwatchMetricAlarm>();
    let of_failures: Vec<_> = alarms
        .iter()
        .filter(|alarm| {
            let metric = alarm.namespace().text().zip(alarm.metric_name().text());
            metric.is_some_and(|metric| failures.contains(&metric))
        })
        .filter_map(topic_of)
        .collect();
    let of_system: Vec<_> = case
        .items::<aws::LambdaFunction>()
        .iter()
        .flat_map(|function| alarms_on(function, "FunctionName", "Errors"))
        .filter_map(|alarm| topic_of(&alarm))
        .collect();
    let apart = !of_failures.is_empty()
        && !of_system.is_empty()
        && of_failures.iter().all(|topic| !of_system.contains(topic));
    Verdict::of(
        apart,
        "failed transactions notify no topic, or the topic of system errors",
    )
}

/// A key must be declared as an attribute, and an id is a text.
fn is_declared(table: &Table<'_>, key: &str) -> bool {
    let attributes = table.attribute();
    attributes
        .iter()
        .any(|attribute| attribute.name().is(key) && attribute.r#type().is("S"))
}
