//! Deployments that fail: ECS says so once, as an event.

use super::Tasks;
use crate::constructs::core::Context;
use crate::constructs::observability::alarms::{self, AlarmActions};
use crate::constructs::observability::event_notification::EventNotification;
use crate::terraform::tree::{Object, Scope, Term, Value};

/// What ECS says when a version cannot be brought to run (ECS developer guide, "Deployment state change
/// events" and "Service action events").
const EVENTS: [&str; 3] = [
    "SERVICE_DEPLOYMENT_FAILED",
    "SERVICE_TASK_PLACEMENT_FAILURE",
    "SERVICE_TASK_START_IMPAIRED",
];

/// Tells `topic` when a deployment of `tasks` fails; `keys` are their part of names. Where the event
/// cannot be delivered an alarm tells.
pub fn notify_deployment_failures(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    keys: [&str; 2],
    tasks: &[Tasks],
    topic: &Value<String>,
    alarm_actions: &AlarmActions,
) {
    let mut scope = scope.child("failures");
    let notification = EventNotification {
        name: context.names.keyed("deployments", keys),
        description: "ECS deployment failed, or tasks cannot be placed",
        pattern: pattern(tasks),
    };
    let rule = notification.send_to(&mut scope, topic);
    let subject: Vec<_> = ["deployments"].into_iter().chain(keys).collect();
    alarms::add_rule_alarm(
        &mut scope,
        context,
        &subject.join("-"),
        rule.name(),
        alarm_actions,
    );
}

fn pattern(tasks: &[Tasks]) -> Object {
    let texts = |texts: &[&'static str]| {
        let texts = texts.iter().map(|text| Term::Text((*text).into()));
        Term::List(texts.collect())
    };
    let services = tasks.iter().map(|tasks| tasks.service.id().into_term());
    let detail = Object::from_iter([("eventName", texts(&EVENTS))]);
    Object::from_iter([
        ("source", texts(&["aws.ecs"])),
        (
            "detail-type",
            texts(&["ECS Deployment State Change", "ECS Service Action"]),
        ),
        ("resources", Term::List(services.collect())),
        ("detail", Term::Object(detail)),
    ])
}
