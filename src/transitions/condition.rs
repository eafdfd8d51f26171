//! The state of a migration that a plan requires.

use std::fmt::{self, Display, Formatter};

use super::stage::Stage;
use crate::config::{ManagedBy, Phase, Stack};
use crate::newtypes::Percent;

/// A parameter with the state of the migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Parameter {
    /// The database that accepts writes.
    Writer,
    /// Whether reverse replication may be needed for a rollback.
    RollbackWindow,
    /// Whether replication tasks or their slots may exist.
    Replication,
    /// Whether AWS books payments, while the old side has a database of its own.
    Ledger,
    /// The share of requests on the new side.
    TrafficWeight,
    /// The reason why requests must stay on the old side.
    TrafficHold,
}

impl Parameter {
    /// The end of the parameter's name.
    pub fn path(self) -> &'static str {
        match self {
            Self::Writer => "writer",
            Self::RollbackWindow => "rollback-window",
            Self::Replication => "replication",
            Self::Ledger => "ledger",
            Self::TrafficWeight => "traffic/weight",
            Self::TrafficHold => "traffic/hold",
        }
    }

    /// The property of the migration, as a noun phrase.
    pub fn property(self) -> &'static str {
        match self {
            Self::Writer => "the writer",
            Self::RollbackWindow => "the rollback window",
            Self::Replication => "the replication",
            Self::Ledger => "the ledger",
            Self::TrafficWeight => "the percentage of requests on the new side",
            Self::TrafficHold => "the hold on traffic",
        }
    }
}

/// A database that may accept writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// The database that is migrated from.
    Source,
    /// Neither of them: a cutover or a rollback is in progress.
    Fenced,
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

/// State of the replication, from `initialize` to `abandon_migration`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplicationState {
    /// Tasks or their slots exist, or may be needed.
    Present,
    /// No task and no slot exists.
    Absent,
}

/// State of a ledger on AWS, while the old side has one of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ledger {
    /// AWS books payments: it has the idempotency keys of the old side.
    Open,
    /// AWS books no payments.
    Closed,
}

/// The value of `traffic/hold` without a hold.
pub const NO_HOLD: &str = "none";

/// A state of the migration without which a plan fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The parameter with the state.
    pub parameter: Parameter,
    /// The values that it may have.
    pub values: Vec<String>,
    /// What requires it: `phase production`.
    pub required_by: String,
    /// The action that sets such a value, as an instruction.
    pub remedy: String,
}

impl Display for Condition {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (property, values) = (self.parameter.property(), self.values.join(" or "));
        write!(f, "{property} is {values}: {}", self.remedy)
    }
}

/// The conditions of a plan of `stage`.
pub fn conditions(stack: &Stack, stage: Stage) -> Vec<Condition> {
    let by = match stage.phase {
        Phase::Legacy => "phase legacy",
        Phase::Migration => "phase migration",
        Phase::Production => "phase production",
    };
    let condition = |parameter: Parameter, value: String, remedy: &str| Condition {
        parameter,
        values: vec![value],
        required_by: by.to_owned(),
        remedy: remedy.to_owned(),
    };
    let mut conditions = Vec::new();
    if !stack.replication.is_empty() {
        match stage.phase {
            Phase::Legacy => {
                // The target shrinks to a pilot light, so it must not be the writer.
                let writer = Writer::Source.to_string();
                conditions.push(condition(Parameter::Writer, writer, FINISH));
                let absent = ReplicationState::Absent.to_string();
                conditions.push(condition(Parameter::Replication, absent, ABANDON));
            }
            Phase::Migration => conditions.extend(writer_of_weight(stack, stage)),
            // The rollback is no longer possible.
            Phase::Production => {
                let writer = Writer::Target.to_string();
                conditions.push(condition(Parameter::Writer, writer, FINISH));
                let closed = RollbackWindow::Closed.to_string();
                conditions.push(condition(Parameter::RollbackWindow, closed, END_SOAK));
            }
        }
    }
    if stack.ledger_functions().next().is_some() {
        conditions.push(ledger(stage, by));
    }
    if let (true, Some(weight)) = (
        stack.is_traffic_managed_by_workflow(),
        stage.phase.fixed_traffic(),
    ) {
        let weight = weight.to_string();
        conditions.push(condition(Parameter::TrafficWeight, weight, FINISH));
    }
    let has_hold = !stack.replication.is_empty() || stack.is_traffic_managed_by_workflow();
    if has_hold && stage.weight() > Percent::NONE {
        let remedy = format!(
            "find out why requests are held on the old side, then write `{NO_HOLD}` to traffic/hold"
        );
        conditions.push(condition(
            Parameter::TrafficHold,
            NO_HOLD.to_owned(),
            &remedy,
        ));
    }
    conditions
}

const FINISH: &str = "let the workflow finish, or roll back, first";
const ABANDON: &str = "run the operation `abandon_migration` of the function `cutover` first";
const END_SOAK: &str = "run the operation `end_soak` of the function `cutover` first";

/// The old side receives requests only while it accepts payments. The fence of the cutover is no reason to move them.
fn writer_of_weight(stack: &Stack, stage: Stage) -> Option<Condition> {
    let traffic = stack.traffic.as_ref()?;
    let weight = stage.weight();
    if traffic.managed_by == ManagedBy::Workflow || weight == Percent::ALL {
        return None;
    }
    let mut values = vec![Writer::Source.to_string()];
    if weight == traffic.cutover_percent {
        values.push(Writer::Fenced.to_string());
    }
    Some(Condition {
        parameter: Parameter::Writer,
        values,
        required_by: format!("traffic weight {weight}"),
        remedy: "declare `traffic = 100`, or roll back the writer first".to_owned(),
    })
}

/// Neither side has the idempotency keys of the other: a payment that is repeated on the other side before they are
/// exchanged would be booked twice.
fn ledger(stage: Stage, phase: &str) -> Condition {
    let (value, required_by) = match stage.phase {
        // There is no old side, and a database that never shared traffic has nothing to import.
        Phase::Production => (Ledger::Open, phase),
        Phase::Legacy => (Ledger::Closed, phase),
        Phase::Migration if stage.weight() > Percent::NONE => {
            (Ledger::Open, "traffic on the new side")
        }
        Phase::Migration => (Ledger::Closed, "no traffic on the new side"),
    };
    let operation = match value {
        Ledger::Open => "import_idempotency_keys",
        Ledger::Closed => "export_idempotency_keys",
    };
    Condition {
        parameter: Parameter::Ledger,
        values: vec![value.to_string()],
        required_by: required_by.to_owned(),
        remedy: format!(
            "run the operation `{operation}` of the function that books payments first"
        ),
    }
}

impl Display for Writer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Source => "source",
            Self::Fenced => "fenced",
            Self::Target => "target",
        })
    }
}

impl Display for ReplicationState {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "absent",
            Self::Present => "present",
        })
    }
}

impl Display for RollbackWindow {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::Closed => "closed",
        })
    }
}

impl Display for Ledger {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::Closed => "closed",
        })
    }
}
