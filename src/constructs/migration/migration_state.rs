//! State of a migration in Parameter Store, and postconditions that fail a plan which contradicts it.
//!
//! Terraform sets the initial values; then the functions of the migration own them. A postcondition reads the
//! refreshed value, so a plan depends on the current state, not on the value that Terraform wrote.

use crate::aws;
use crate::aws::data;
use crate::aws::ssm_parameter::SsmParameterArgs;
use crate::config::ManagedBy;
use crate::constructs::core::{Context, PlanCondition, with_ignored_changes};
use crate::newtypes::{EnvironmentName, Percent};
use crate::terraform::tree::{Declared, Handle, Scope, Value};
use crate::transitions::{
    Condition, Ledger, NO_HOLD, Parameter, ReplicationState, RollbackWindow, Writer,
};

/// A traffic weight that Terraform sets in phase `migration`.
#[derive(Clone, Copy, Debug)]
pub struct PlannedWeight<'a> {
    /// The environment that declares it.
    pub environment: &'a EnvironmentName,
    /// The weight of the new side.
    pub percent: Percent,
}

/// Adds the parameter with the database that accepts writes: `source`, `fenced` or `target`.
pub fn add_writer_parameter(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    first: Writer,
    condition: Option<&Condition>,
) -> Handle<aws::SsmParameter> {
    let writer = parameter(
        context,
        Parameter::Writer,
        "Writer database: source, target or fenced",
        "^(source|fenced|target)$",
        first.to_string(),
    );
    scope.add("writer", with_condition(context, writer, condition))
}

/// Adds a data source of the writer, and returns the condition that the old side receives requests only while it accepts
/// payments. The fence of the cutover is no reason to move them.
///
/// A data source is read in every plan, also with `-refresh=false`, which reverts a traffic weight within minutes.
pub fn add_weight_condition(
    scope: &mut Scope<'_>,
    writer: Handle<aws::SsmParameter>,
    weight: PlannedWeight<'_>,
    condition: &Condition,
) -> Option<PlanCondition> {
    let PlannedWeight {
        environment,
        percent,
    } = weight;
    let writer = data::SsmParameter::new(writer.name());
    let writer = scope.add("current-writer", writer).insecure_value();
    Some(PlanCondition {
        condition: is_one_of(&writer, condition)?,
        error_message: Value::concat([
            format!("at traffic weight {percent} the old side receives requests, but it accepts payments only while the writer is the source, and the writer is ").into(),
            writer,
            format!(": write `traffic = 100` in [environments.{environment}], or roll back the writer first").into(),
        ]),
    })
}

/// Adds the parameter that holds whether the rollback window is open.
///
/// Phase `production` removes the reverse task. A slot that no task reads would then fill the disk of the target.
pub fn add_rollback_window_parameter(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    first: RollbackWindow,
    condition: Option<&Condition>,
) {
    let window = parameter(
        context,
        Parameter::RollbackWindow,
        "Whether reverse replication may be needed for a rollback",
        "^(open|closed)$",
        first.to_string(),
    );
    scope.add(
        "rollback-window",
        with_condition(context, window, condition),
    );
}

/// Adds the parameter that holds whether AWS books payments, while the old side has a database of its own.
///
/// Neither side has the idempotency keys of the other. A plan that shifts traffic before they are exchanged fails:
/// a payment that is repeated on the other side would be booked twice.
pub fn add_ledger_parameter(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    first: Ledger,
    condition: Option<&Condition>,
) {
    let ledger = parameter(
        context,
        Parameter::Ledger,
        "Whether AWS books payments, while the old side has a database of its own",
        "^(open|closed)$",
        first.to_string(),
    );
    scope.add("ledger", with_condition(context, ledger, condition));
}

/// Adds the parameter that holds whether replication tasks or their slots may exist.
///
/// Phase `legacy` removes the tasks. A slot that no task reads would then fill the disk of the source.
pub fn add_replication_parameter(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    condition: Option<&Condition>,
) {
    let replication = parameter(
        context,
        Parameter::Replication,
        "Whether replication tasks or their slots may exist",
        "^(absent|present)$",
        ReplicationState::Absent.to_string(),
    );
    scope.add(
        "replication",
        with_condition(context, replication, condition),
    );
}

/// Adds the traffic weight of the new side, in percent. Where Terraform manages the weight, the parameter shows it to
/// functions; otherwise the workflow writes it.
pub fn add_traffic_weight(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    managed_by: ManagedBy,
    planned: Percent,
    condition: Option<&Condition>,
) {
    let weight = parameter(
        context,
        Parameter::TrafficWeight,
        "The share of requests on the new side, in percent",
        "^([0-9]|[1-9][0-9]|100)$",
        planned.to_string(),
    );
    let weight = match managed_by {
        ManagedBy::Terraform => context.protect(weight),
        ManagedBy::Workflow => with_condition(context, weight, condition),
    };
    scope.child("traffic").add("weight", weight);
}

/// Adds the hold on traffic, which an automatic rollback sets.
///
/// While it is set, a plan with traffic on the new side fails: its apply would route requests to the side that has
/// just failed. An operator ends the hold by writing `none`.
pub fn add_traffic_hold(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    condition: Option<&Condition>,
) {
    let hold = parameter(
        context,
        Parameter::TrafficHold,
        "Why requests must stay on the old side; none while they may move",
        "^.+$",
        NO_HOLD.to_owned(),
    );
    let accepted = condition.and_then(|condition| is_one_of(&current(), condition));
    let hold = hold.when_some(accepted, |hold, accepted| {
        hold.postcondition(
            accepted,
            Value::concat([
                "requests are held on the old side (".into(),
                current(),
                format!(
                    "): find out why, then write `{NO_HOLD}` to {}, or plan with no traffic on the new side",
                    path(context, Parameter::TrafficHold)
                )
                .into(),
            ]),
        )
    });
    scope
        .child("traffic")
        .add("hold", context.protect(with_ignored_changes(hold)));
}

/// Adds the postcondition that `parameter` has one of the values of `condition`.
fn with_condition(
    context: &Context<'_>,
    parameter: Declared<aws::SsmParameter>,
    condition: Option<&Condition>,
) -> Declared<aws::SsmParameter> {
    let accepted = condition.and_then(|it| Some((it, is_one_of(&current(), it)?)));
    let parameter = parameter.when_some(accepted, |parameter, (condition, accepted)| {
        let Condition {
            parameter: state,
            values,
            required_by,
            remedy,
        } = condition;
        parameter.postcondition(
            accepted,
            Value::concat([
                format!(
                    "{required_by} needs {} to be {}, and it is ",
                    state.property(),
                    values.join(" or ")
                )
                .into(),
                current(),
                format!(": {remedy}").into(),
            ]),
        )
    });
    context.protect(with_ignored_changes(parameter))
}

/// Whether `value` is one of the values of `condition`. None if it has none.
fn is_one_of(value: &Value<String>, condition: &Condition) -> Option<Value<bool>> {
    let values = condition.values.iter();
    let equal = values.map(|accepted| value.clone().equals(accepted.clone()));
    equal.reduce(Value::or)
}

/// Returns the refreshed value. `value` is sensitive, so no message could contain it.
fn current() -> Value<String> {
    Handle::<aws::SsmParameter>::self_ref().insecure_value()
}

fn parameter(
    context: &Context<'_>,
    name: Parameter,
    description: &'static str,
    pattern: &'static str,
    first: String,
) -> Declared<aws::SsmParameter> {
    aws::SsmParameter::new(SsmParameterArgs {
        name: path(context, name).into(),
        r#type: "String".into(),
    })
    .description(description)
    .allowed_pattern(pattern)
    .insecure_value(first)
}

fn path(context: &Context<'_>, name: Parameter) -> String {
    format!("{}/{}", context.names.parameter_root(), name.path())
}
