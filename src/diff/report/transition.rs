//! The transition of a diff: its preconditions, its procedure and its rollback.

use std::fmt::{self, Display, Formatter};

use schemars::JsonSchema;
use serde::Serialize;

use crate::config::{RollbackPath, Stack};
use crate::transitions::{Direction, Route, TimeBound, Transition};

/// The transition of a diff between two stages of a migration.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TransitionReport {
    /// Whether it leads towards phase `production` or back.
    pub direction: TransitionDirection,
    /// The stages that it skips, although a migration passes them. Not empty: it is unsafe.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skips: Vec<String>,
    /// What an operator does before the apply, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub preparation: Vec<String>,
    /// The state of the migration without which the plan fails.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// The apply, and the operations that follow it without a pause.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<String>,
    /// What proves the new stage.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verification: Vec<String>,
    /// The rollback. Absent if stages are skipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollback: Option<RollbackReport>,
}

/// The direction of a transition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TransitionDirection {
    /// Towards phase `production`.
    Forward,
    /// Towards phase `legacy`.
    Back,
}

/// The rollback of a transition.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RollbackReport {
    /// The stage that it restores: `migration@10`.
    pub to: String,
    /// Whether it keeps all payments.
    pub is_lossless: bool,
    /// What an operator does, in order.
    pub actions: Vec<String>,
    /// The time until the new side receives no requests, by what starts the rollback.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub time_bounds: Vec<TimeBoundReport>,
}

/// The time between an outage of the new side and its last request.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TimeBoundReport {
    /// What starts the rollback.
    pub path: RollbackPath,
    /// The total in seconds.
    pub seconds: u32,
    /// The limit in seconds.
    pub limit_seconds: u32,
    /// The parts of the total.
    pub parts: Vec<TimePartReport>,
}

/// A part of a time.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TimePartReport {
    /// What takes the time.
    pub name: String,
    /// Its seconds.
    pub seconds: u32,
}

impl TransitionReport {
    /// Describes `route` in `stack`. None if it stays at its stage.
    pub fn new(stack: &Stack, route: &Route) -> Option<Self> {
        match route {
            Route::Stay => None,
            Route::Step(step) => Some(Self::of_step(stack, *step)),
            Route::Skips {
                direction, skipped, ..
            } => Some(Self {
                direction: (*direction).into(),
                skips: listed(skipped),
                preparation: Vec::new(),
                conditions: Vec::new(),
                actions: Vec::new(),
                verification: Vec::new(),
                rollback: None,
            }),
        }
    }

    fn of_step(stack: &Stack, step: Transition) -> Self {
        let procedure = step.procedure(stack);
        let rollback = procedure.rollback;
        Self {
            direction: step.direction.into(),
            skips: Vec::new(),
            preparation: listed(&procedure.preparation),
            conditions: listed(&procedure.conditions),
            actions: listed(&procedure.actions),
            verification: listed(&procedure.verification),
            rollback: Some(RollbackReport {
                to: rollback.to.to_string(),
                is_lossless: rollback.is_lossless,
                actions: listed(&rollback.actions),
                time_bounds: rollback.bounds.iter().map(bound).collect(),
            }),
        }
    }

    /// Whether a migration passes every stage of it.
    pub fn is_legal(&self) -> bool {
        self.skips.is_empty()
    }

    /// The sentences of a report for a reader: what is skipped, what the plan requires, and how long a rollback takes.
    pub(super) fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if !self.skips.is_empty() {
            let stages = self.skips.join(", ");
            remarks.push(format!(
                "This skips {stages}: apply every stage, one after the other."
            ));
        }
        let conditions = self.conditions.iter();
        remarks.extend(conditions.map(|it| format!("The plan fails unless {it}.")));
        if let Some(rollback) = &self.rollback {
            let bounds = rollback.time_bounds.iter();
            remarks.extend(bounds.map(|bound| format!("A rollback takes {bound}.")));
        }
        remarks
    }
}

impl Display for TimeBoundReport {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self {
            path,
            seconds,
            limit_seconds,
            parts,
        } = self;
        let parts = parts.iter();
        let parts: Vec<String> = parts
            .map(|part| format!("{} {} s", part.name, part.seconds))
            .collect();
        let start = match path {
            RollbackPath::Operator => "an operator",
            RollbackPath::DnsFailback => "the DNS failback",
            RollbackPath::Workflow => "the workflow",
        };
        write!(
            f,
            "{seconds} s at most if {start} starts it (limit {limit_seconds} s): {}",
            parts.join(", ")
        )
    }
}

impl From<Direction> for TransitionDirection {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::Forward => Self::Forward,
            Direction::Back => Self::Back,
        }
    }
}

fn bound(bound: &TimeBound) -> TimeBoundReport {
    let parts = bound.parts.iter().map(|part| TimePartReport {
        name: part.name.to_owned(),
        seconds: part.seconds,
    });
    TimeBoundReport {
        path: bound.path,
        seconds: bound.seconds,
        limit_seconds: bound.limit,
        parts: parts.collect(),
    }
}

fn listed(items: &[impl Display]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}
