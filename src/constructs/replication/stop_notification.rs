//! Notification of replication tasks that failed or stopped.

use super::active_replication::ActiveReplication;
use super::task::Task;
use crate::constructs::core::Context;
use crate::constructs::observability::alarms::{self, AlarmActions};
use crate::constructs::observability::event_notification::EventNotification;
use crate::terraform::tree::{Object, Scope, Term, Value};

/// Adds a rule that sends failures and stops of tasks to the topic, and an alarm for events that it cannot deliver. The
/// topic's policy and key must allow `events.amazonaws.com`.
///
/// A task that an operator, an apply or AWS stopped has no lag, and so no alarm on it, while its slot retains the log of
/// the database. The cutover stops a task too, so it causes one notification; a rollback and the end of the soak another.
///
/// Source: DMS user guide, "Working with Amazon EventBridge events".
pub(super) fn add_stop_notification(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    key: &str,
    replication: &ActiveReplication,
    topic_arn: &Value<String>,
    alarm_actions: &AlarmActions,
) {
    let mut scope = scope.child("stops");
    let tasks = replication.tasks().map(Task::arn).map(Value::into_term);
    let event = |field: &'static str, value: &'static str| {
        Term::Object(Object::from_iter([(field, single(value))]))
    };
    let either = Term::List(vec![
        event("category", "Failure"),
        event("eventType", "REPLICATION_TASK_FAILED"),
        event("eventType", "REPLICATION_TASK_STOPPED"),
    ]);
    let pattern = Object::from_iter([
        ("source", single("aws.dms")),
        ("detail-type", single("DMS Replication Task State Change")),
        ("resources", Term::List(tasks.collect())),
        ("detail", Term::Object(Object::from_iter([("$or", either)]))),
    ]);
    let notification = EventNotification {
        name: context.names.keyed("dms-stops", [key]),
        description: "DMS replication task failed or stopped; cutover, rollback and the end of the soak stop one each",
        pattern,
    };
    let rule = notification.send_to(&mut scope, topic_arn);
    let subject = format!("dms-stops-{key}");
    alarms::add_event_rule_alarm(&mut scope, context, &subject, rule.name(), alarm_actions);
}

fn single(text: &'static str) -> Term {
    Term::List(vec![Term::Text(text.into())])
}
