//! State of a migration in Parameter Store, and postconditions that fail a plan which contradicts it.
//!
//! Terraform sets the initial values; then the functions of the migration own them. A postcondition reads the
//! refreshed value, so a plan depends on the current state, not on the value that Terraform wrote.

use std::fmt::Display;

use crate::aws;
use crate::aws::data;
use crate::aws::ssm_parameter::SsmParameterArgs;
use crate::config::ManagedBy;
use crate::constructs::core::{Context, PlanCondition, with_ignored_changes};
use crate::newtypes::{EnvironmentName, Percent};
use crate::terraform::tree::{Declared, Handle, Scope, Value};

/// A database that may accept writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// The database that is migrated from.
    Source,
    /// The Aurora cluster that is migrated to.
    Target,
}

/// State of the rollback window, from `initialize` to `end_soak`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RollbackWindow {
    /// Reverse replication runs, or its task and its slot may be needed.
    Open,
    /// `end_soak` has stopped the reverse task and dropped its slot.
    Closed,
}

/// State of the ledger on AWS, where the old side has a database of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ledger {
    /// Payments are booked. `import_idempotency_keys` opens the ledger.
    Open,
    /// No payment is booked. `export_idempotency_keys` closes the ledger.
    Closed,
}

/// Whether the tasks of a replication have run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplicationState {
    /// No task has run, or `abandon_migration` has stopped the tasks and dropped their slots.
    Absent,
    /// Tasks run, or their slots may exist.
    Present,
}

/// A value that a parameter must have for a plan to succeed.
#[derive(Clone, Copy, Debug)]
pub struct RequiredValue<T> {
    /// The value.
    pub value: T,
    /// The setting that requires it: `phase production`.
    pub by: &'static str,
}

/// A traffic weight that Terraform sets in phase `migration`.
#[derive(Clone, Copy, Debug)]
pub struct PlannedWeight<'a> {
    /// The environment that declares it.
    pub environment: &'a EnvironmentName,
    /// The weight of the new side.
    pub percent: Percent,
    /// The traffic step at which the cutover runs.
    pub cutover_percent: Percent,
}

/// The value of `traffic/hold` without a hold.
const NONE: &str = "none";

/// The value of `writer` while neither database accepts writes.
const FENCED: &str = "fenced";

/// Adds the parameter with the database that accepts writes: `source`, `fenced` or `target`.
pub fn add_writer_parameter(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    first: Writer,
    required: Option<RequiredValue<Writer>>,
) -> Handle<aws::SsmParameter> {
    let writer = parameter(
        context,
        "writer",
        "Writer database: source, target or fenced",
        "^(source|fenced|target)$",
        first.to_string(),
    );
    scope.add(
        "writer",
        with_required_value(context, writer, Property::moved("the writer"), required),
    )
}

/// Adds a data source of the writer, and returns the condition that the old side receives requests only while it accepts
/// payments. The fence of the cutover is no reason to move them.
///
/// Returns `None` at weight 100, where it receives none. A data source is read in every plan, also with `-refresh=false`,
/// which reverts a traffic weight within minutes.
pub fn add_weight_condition(
    scope: &mut Scope<'_>,
    writer: Handle<aws::SsmParameter>,
    weight: PlannedWeight<'_>,
) -> Option<PlanCondition> {
    let (percent, environment) = (weight.percent, weight.environment);
    if percent == Percent::ALL {
        return None;
    }
    let writer = data::SsmParameter::new(writer.name());
    let writer = scope.add("current-writer", writer).insecure_value();
    let source = writer.clone().equals(Writer::Source.to_string());
    let condition = if percent == weight.cutover_percent {
        source.or(writer.clone().equals(FENCED))
    } else {
        source
    };
    Some(PlanCondition {
        condition,
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
    required: Option<RequiredValue<RollbackWindow>>,
) {
    let window = parameter(
        context,
        "rollback-window",
        "Whether reverse replication may be needed for a rollback",
        "^(open|closed)$",
        first.to_string(),
    );
    let property = Property {
        name: "the rollback window",
        help: "run the operation `end_soak` of the function `cutover` first",
    };
    scope.add(
        "rollback-window",
        with_required_value(context, window, property, required),
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
    required: RequiredValue<Ledger>,
) {
    let ledger = parameter(
        context,
        "ledger",
        "Whether AWS books payments, while the old side has a database of its own",
        "^(open|closed)$",
        first.to_string(),
    );
    let property = Property {
        name: "the ledger",
        help: match required.value {
            Ledger::Open => {
                "run the operation `import_idempotency_keys` of the function that books payments first"
            }
            Ledger::Closed => {
                "run the operation `export_idempotency_keys` of the function that books payments first"
            }
        },
    };
    scope.add(
        "ledger",
        with_required_value(context, ledger, property, Some(required)),
    );
}

/// Adds the parameter that holds whether replication tasks or their slots may exist.
///
/// Phase `legacy` removes the tasks. A slot that no task reads would then fill the disk of the source.
pub fn add_replication_parameter(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    required: Option<RequiredValue<ReplicationState>>,
) {
    let replication = parameter(
        context,
        "replication",
        "Whether replication tasks or their slots may exist",
        "^(absent|present)$",
        ReplicationState::Absent.to_string(),
    );
    let property = Property {
        name: "the replication",
        help: "run the operation `abandon_migration` of the function `cutover` first",
    };
    scope.add(
        "replication",
        with_required_value(context, replication, property, required),
    );
}

/// Adds the traffic weight of the new side, in percent. Where Terraform manages the weight, the parameter shows it to
/// functions; otherwise the workflow writes it.
pub fn add_traffic_weight(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    managed_by: ManagedBy,
    planned: Percent,
    required: Option<RequiredValue<Percent>>,
) {
    let weight = parameter(
        context,
        "traffic/weight",
        "The share of requests on the new side, in percent",
        "^([0-9]|[1-9][0-9]|100)$",
        planned.to_string(),
    );
    let property = Property::moved("the percentage of requests on the new side");
    let weight = match managed_by {
        ManagedBy::Terraform => context.protect(weight),
        ManagedBy::Workflow => with_required_value(context, weight, property, required),
    };
    scope.child("traffic").add("weight", weight);
}

/// Adds the hold on traffic, which an automatic rollback sets.
///
/// While it is set, a plan with traffic on the new side fails: its apply would route requests to the side that has
/// just failed. An operator ends the hold by writing `none`.
pub fn add_traffic_hold(scope: &mut Scope<'_>, context: &Context<'_>, planned: Percent) {
    let hold = parameter(
        context,
        "traffic/hold",
        "Why requests must stay on the old side; none while they may move",
        "^.+$",
        NONE.to_owned(),
    );
    let hold = if planned > Percent::NONE {
        hold.postcondition(
            current().equals(NONE),
            Value::concat([
                "requests are held on the old side (".into(),
                current(),
                format!(
                    "): find out why, then write `{NONE}` to {}, or plan with no traffic on the new side",
                    path(context, "traffic/hold")
                )
                .into(),
            ]),
        )
    } else {
        hold
    };
    scope
        .child("traffic")
        .add("hold", context.protect(with_ignored_changes(hold)));
}

impl Display for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Source => "source",
            Self::Target => "target",
        })
    }
}

impl Display for ReplicationState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Absent => "absent",
            Self::Present => "present",
        })
    }
}

impl Display for RollbackWindow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::Closed => "closed",
        })
    }
}

impl Display for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::Closed => "closed",
        })
    }
}

/// A property of the migration in the message of a failed plan.
#[derive(Clone, Copy, Debug)]
struct Property {
    name: &'static str,
    /// The action that sets the required value.
    help: &'static str,
}

impl Property {
    /// A property that the workflow changes.
    fn moved(name: &'static str) -> Self {
        let help = "let the workflow finish, or roll back, first";
        Self { name, help }
    }
}

/// Adds the postcondition that `parameter` has the required value.
fn with_required_value(
    context: &Context<'_>,
    parameter: Declared<aws::SsmParameter>,
    property: Property,
    required: Option<RequiredValue<impl Display>>,
) -> Declared<aws::SsmParameter> {
    let parameter = parameter.when_some(required, |parameter, RequiredValue { value, by }| {
        parameter.postcondition(
            current().equals(value.to_string()),
            Value::concat([
                format!("{by} needs {} to be {value}, and it is ", property.name).into(),
                current(),
                format!(": {}", property.help).into(),
            ]),
        )
    });
    context.protect(with_ignored_changes(parameter))
}

/// Returns the refreshed value. `value` is sensitive, so no message could contain it.
fn current() -> Value<String> {
    Handle::<aws::SsmParameter>::self_ref().insecure_value()
}

fn parameter(
    context: &Context<'_>,
    name: &str,
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

fn path(context: &Context<'_>, name: &str) -> String {
    format!("{}/{name}", context.names.parameter_root())
}
