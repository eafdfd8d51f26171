//! Tells a topic when a task fails.

use super::Running;
use super::tasks::Task;
use crate::constructs::core::Context;
use crate::constructs::observability::event_notification::EventNotification;
use crate::terraform::tree::{Object, Scope, Term, Value};

/// Sends the failures of the tasks of `running` to `topic`, whose policy and key let
/// `events.amazonaws.com` in. `identity` is the replication's.
///
/// Source: DMS user guide, "Working with Amazon EventBridge events".
pub(super) fn on_failure(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    identity: &str,
    running: &Running,
    topic: &Value<String>,
) {
    let mut scope = scope.child("failures");
    let tasks = running.tasks().map(Task::arn).map(Value::into_term);
    let failure = |key: &'static str, value: &'static str| {
        Term::Object(Object::from_iter([(key, only(value))]))
    };
    let either = Term::List(vec![
        failure("category", "Failure"),
        failure("eventType", "REPLICATION_TASK_FAILED"),
    ]);
    let pattern = Object::from_iter([
        ("source", only("aws.dms")),
        ("detail-type", only("DMS Replication Task State Change")),
        ("resources", Term::List(tasks.collect())),
        ("detail", Term::Object(Object::from_iter([("$or", either)]))),
    ]);
    let notification = EventNotification {
        name: context.names.keyed("dms-failures", [identity]),
        description: "A replication task failed",
        pattern,
    };
    notification.send_to(&mut scope, topic);
}

fn only(text: &'static str) -> Term {
    Term::List(vec![Term::Text(text.into())])
}
