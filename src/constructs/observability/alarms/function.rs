//! Alarms of a Lambda function.

use super::alarm::{Alarm, AlarmActions, AlarmHandle};
use super::expression::{ExpressionAlarm, Operand};
use super::failed_requests::RequestRate;
use crate::constructs::core::Context;
use crate::constructs::observability::metric_filters::{LoggedFailure, namespace};
use crate::newtypes::Percent;
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

/// Adds the alarms of the function `name`, which handles payments: on rates of errors and of throttles above `limit` in two
/// of three minutes. One of a million invocations that fails is no reason for a rollback.
pub fn add_payment_function_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    name: &Value<String>,
    limit: Percent,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    let errors = (
        "errors",
        "Rate of Lambda function errors above the limit in two of three minutes",
    );
    [
        invocation_rate(name, "Errors").errors_alarm(errors, limit, subject),
        throttle_rate_alarm(subject, name, limit),
    ]
    .map(|alarm| alarm.add(scope, context, actions))
    .into()
}

/// The rate of invocations that `failed` counts. A throttled request is no invocation.
fn invocation_rate(name: &Value<String>, failed: &'static str) -> RequestRate {
    let sum = |id, metric| Operand {
        id,
        namespace: LAMBDA.into(),
        metric,
        dimensions: vec![("FunctionName", name.clone())],
        statistic: "Sum".to_owned(),
    };
    RequestRate {
        failed: vec![sum("failed", failed)],
        requests: sum("requests", "Invocations"),
    }
}

fn throttle_rate_alarm<'a>(
    subject: &'a str,
    name: &Value<String>,
    limit: Percent,
) -> ExpressionAlarm<'a> {
    let throttles = (
        "throttles",
        "Rate of throttled Lambda requests above the limit in two of three minutes: concurrency limit reached",
    );
    invocation_rate(name, "Throttles").errors_alarm(throttles, limit, subject)
}

const LAMBDA: &str = "AWS/Lambda";

/// Adds the alarms of the function `name`, which rotates secrets. A migration holds rotations, and a hold is an error of the
/// function too, so failures are counted in its log.
pub fn add_rotation_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    name: &Value<String>,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    let failures = failures_alarm(context, subject, LoggedFailure::Rotation);
    [failures, throttles_alarm(subject, name)]
        .map(|alarm| alarm.add(scope, context, actions))
        .into()
}

fn failures_alarm<'a>(
    context: &Context<'_>,
    subject: &'a str,
    failure: LoggedFailure,
) -> Alarm<'a> {
    let description = match failure {
        LoggedFailure::Authorization => {
            "The authorizer failed for another reason than a refused token"
        }
        LoggedFailure::Rotation => "A rotation failed for another reason than a hold",
    };
    Alarm::on_any_occurrence(
        "failures",
        description,
        (namespace(context), failure.metric_name()),
        Vec::new(),
        subject,
    )
}

/// Adds the alarms of the Lambda authorizer `name`. A refused token is an error of the function too, so failures are
/// counted in its log.
pub fn add_authorizer_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    name: &Value<String>,
    limit: Percent,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    let failures = failures_alarm(context, subject, LoggedFailure::Authorization);
    let throttles = throttle_rate_alarm(subject, name, limit);
    vec![
        failures.add(scope, context, actions),
        throttles.add(scope, context, actions),
    ]
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
    let metric = (LAMBDA, metric);
    Alarm::on_any_occurrence(id, description, metric, dimensions, subject)
}
