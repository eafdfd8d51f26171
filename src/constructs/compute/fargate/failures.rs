//! Notification of failed deployments.

use super::service::EcsService;
use crate::constructs::core::Context;
use crate::constructs::observability::alarms::{self, AlarmActions};
use crate::constructs::observability::event_notification::EventNotification;
use crate::terraform::tree::{Object, Scope, Term, Value};

/// Events of failed deployments and placements (ECS developer guide, "Deployment state change
/// events" and "Service action events").
const EVENTS: [&str; 3] = [
    "SERVICE_DEPLOYMENT_FAILED",
    "SERVICE_TASK_PLACEMENT_FAILURE",
    "SERVICE_TASK_START_IMPAIRED",
];

/// Adds a rule that sends deployment failures of `services` to `topic`, and an alarm for events that it cannot
/// deliver. `keys` are part of physical names.
pub fn notify_deployment_failures(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    keys: [&str; 2],
    services: &[EcsService],
    topic: &Value<String>,
    alarm_actions: &AlarmActions,
) {
    let mut scope = scope.child("failures");
    let notification = EventNotification {
        name: context.names.keyed("deployments", keys),
        description: "ECS deployment failed, or tasks cannot be placed",
        pattern: pattern(services),
    };
    let rule = notification.send_to(&mut scope, topic);
    let subject: Vec<_> = ["deployments"].into_iter().chain(keys).collect();
    alarms::add_event_rule_alarm(
        &mut scope,
        context,
        &subject.join("-"),
        rule.name(),
        alarm_actions,
    );
}

fn pattern(services: &[EcsService]) -> Object {
    let texts = |texts: &[&'static str]| {
        let texts = texts.iter().map(|text| Term::Text((*text).into()));
        Term::List(texts.collect())
    };
    let services = services
        .iter()
        .map(|service| service.service.id().into_term());
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
