//! Alarms of a Lambda function.

use super::alarm::{Alarm, AlarmActions, AlarmHandle};
use crate::constructs::core::Context;
use crate::constructs::observability::metric_filters::{AUTHORIZATIONS_FAILED, namespace};
use crate::terraform::tree::{Scope, Value};

/// Adds the alarms of the function `name`.
pub fn add_function_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    name: &Value<String>,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    let errors = function_alarm(subject, name, "errors", "Lambda function errors", "Errors");
    [errors, throttles_alarm(subject, name)]
        .map(|alarm| alarm.add(scope, context, actions))
        .into()
}

/// Adds the alarms of the Lambda authorizer `name`. A refused token is an error of the function too, so failures are
/// counted in its log.
pub fn add_authorizer_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    name: &Value<String>,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    let failures = Alarm::on_any_occurrence(
        "failures",
        "The authorizer failed for another reason than a refused token",
        (namespace(context), AUTHORIZATIONS_FAILED),
        Vec::new(),
        subject,
    );
    [failures, throttles_alarm(subject, name)]
        .map(|alarm| alarm.add(scope, context, actions))
        .into()
}

fn throttles_alarm<'a>(subject: &'a str, name: &Value<String>) -> Alarm<'a> {
    let description = "Lambda function throttled: concurrency limit reached";
    function_alarm(subject, name, "throttles", description, "Throttles")
}

fn function_alarm<'a>(
    subject: &'a str,
    name: &Value<String>,
    id: &'static str,
    description: &'static str,
    metric: &'static str,
) -> Alarm<'a> {
    let dimensions = vec![("FunctionName", name.clone())];
    let metric = ("AWS/Lambda", metric);
    Alarm::on_any_occurrence(id, description, metric, dimensions, subject)
}
