//! Notification of failed replication tasks.

use super::active_replication::ActiveReplication;
use super::task::Task;
use crate::constructs::core::Context;
use crate::constructs::observability::event_notification::EventNotification;
use crate::terraform::tree::{Object, Scope, Term, Value};

/// Adds a rule that sends task failures to the topic. The topic's policy and key must allow
/// `events.amazonaws.com`.
///
/// Source: DMS user guide, "Working with Amazon EventBridge events".
pub(super) fn add_failure_notification(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    key: &str,
    replication: &ActiveReplication,
    topic_arn: &Value<String>,
) {
    let mut scope = scope.child("failures");
    let tasks = replication.tasks().map(Task::arn).map(Value::into_term);
    let failure = |field: &'static str, value: &'static str| {
        Term::Object(Object::from_iter([(field, single(value))]))
    };
    let either = Term::List(vec![
        failure("category", "Failure"),
        failure("eventType", "REPLICATION_TASK_FAILED"),
    ]);
    let pattern = Object::from_iter([
        ("source", single("aws.dms")),
        ("detail-type", single("DMS Replication Task State Change")),
        ("resources", Term::List(tasks.collect())),
        ("detail", Term::Object(Object::from_iter([("$or", either)]))),
    ]);
    let notification = EventNotification {
        name: context.names.keyed("dms-failures", [key]),
        description: "DMS replication task failed",
        pattern,
    };
    notification.send_to(&mut scope, topic_arn);
}

fn single(text: &'static str) -> Term {
    Term::List(vec![Term::Text(text.into())])
}
