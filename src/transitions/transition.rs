//! Transitions between stages, each with its procedure.

use super::action::Action;
use super::condition::{Condition, conditions};
use super::stage::{Stage, stages};
use crate::config::{Phase, RollbackPart, RollbackPath, RollbackTime, Stack, Traffic};
use crate::newtypes::Percent;

/// The direction of a transition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Towards phase `production`.
    Forward,
    /// Towards phase `legacy`.
    Back,
}

/// A change from a stage to another one that one apply makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The stage before it.
    pub from: Stage,
    /// The stage after it.
    pub to: Stage,
    /// Its direction.
    pub direction: Direction,
}

/// How a stage leads to another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// They are the same stage.
    Stay,
    /// One transition leads there.
    Step(Transition),
    /// Stages between them would be skipped.
    Skips {
        /// The direction.
        direction: Direction,
        /// The stages between, in order.
        skipped: Vec<Stage>,
    },
}

/// What an operator does for a transition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Procedure {
    /// The actions before the apply.
    pub preparation: Vec<Action>,
    /// The conditions without which the plan fails.
    pub conditions: Vec<Condition>,
    /// The apply, and what follows it without a pause.
    pub actions: Vec<Action>,
    /// The checks and operations that prove the new stage.
    pub verification: Vec<Action>,
    /// The rollback.
    pub rollback: Rollback,
}

/// The rollback of a transition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rollback {
    /// The stage that it restores.
    pub to: Stage,
    /// The actions of an operator.
    pub actions: Vec<Action>,
    /// Whether it keeps all payments.
    pub is_lossless: bool,
    /// The bounds of the traffic's return. Empty if the transition sends no requests to the new side.
    pub bounds: Vec<TimeBound>,
}

/// The time between an outage of the new side and its last request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeBound {
    /// What starts the rollback.
    pub path: RollbackPath,
    /// The parts of the time.
    pub parts: Vec<RollbackPart>,
    /// Their total in seconds.
    pub seconds: u32,
    /// The limit in seconds.
    pub limit: u32,
}

/// Every transition of a stack: forward from each stage to the next one, and back. A lower traffic weight needs no step
/// between.
pub fn walk(stack: &Stack) -> Vec<Transition> {
    let stages = stages(stack);
    let pairs = stages
        .iter()
        .flat_map(|from| stages.iter().map(|to| (*from, *to)));
    let steps = pairs.filter_map(|(from, to)| match Route::between(stack, from, to) {
        Route::Step(step) => Some(step),
        Route::Stay | Route::Skips { .. } => None,
    });
    steps.collect()
}

impl Route {
    /// How `from` leads to `to` in the walk of `stack`.
    pub fn between(stack: &Stack, from: Stage, to: Stage) -> Self {
        if from == to {
            return Self::Stay;
        }
        let direction = if from < to {
            Direction::Forward
        } else {
            Direction::Back
        };
        let is_lower_weight = direction == Direction::Back && from.phase == to.phase;
        let mut skipped: Vec<Stage> = stages(stack);
        skipped.retain(|stage| from.min(to) < *stage && *stage < from.max(to));
        if skipped.is_empty() || is_lower_weight {
            return Self::Step(Transition {
                from,
                to,
                direction,
            });
        }
        if direction == Direction::Back {
            skipped.reverse();
        }
        Self::Skips { direction, skipped }
    }
}

impl Transition {
    /// Whether a rollback loses the writes made on AWS afterwards.
    pub fn ends_lossless_rollback(&self) -> bool {
        self.to.phase == Phase::Production
    }

    /// What an operator of `stack` does for it.
    pub fn procedure(&self, stack: &Stack) -> Procedure {
        let operations = Operations::of(stack);
        let cuts_over = self.direction == Direction::Forward
            && is_after_cutover(stack, self.to)
            && !is_after_cutover(stack, self.from);
        let mut actions = vec![self.apply()];
        if cuts_over {
            actions.extend(operations.cutover());
        }
        Procedure {
            preparation: self.preparation(stack, operations),
            conditions: conditions(stack, self.to),
            actions,
            verification: self.verification(operations),
            rollback: Rollback {
                to: self.from,
                actions: self.rollback(stack, operations),
                is_lossless: !self.ends_lossless_rollback(),
                bounds: self.bounds(stack),
            },
        }
    }

    fn apply(self) -> Action {
        let is_weight = self.from.phase == self.to.phase && self.direction == Direction::Back;
        if is_weight {
            Action::ApplyWeights(self.to)
        } else {
            Action::Apply(self.to)
        }
    }

    fn preparation(self, stack: &Stack, operations: Operations) -> Vec<Action> {
        let mut actions = Vec::new();
        match (self.direction, self.to.phase) {
            (Direction::Forward, Phase::Migration) if self.from.phase == Phase::Legacy => {
                if operations != Operations::None {
                    actions.push(Action::cutover("premigration_assessment"));
                }
                actions.push(Action::Check(
                    "the prerequisites of `paymig list` exist, and the secrets have values",
                ));
            }
            (Direction::Forward, Phase::Migration) => {
                actions.push(Action::Check("no alarm is in ALARM"));
                if operations == Operations::Runbook && !is_after_cutover(stack, self.from) {
                    actions.extend(validation());
                }
                actions.extend(self.exchange(stack));
            }
            (Direction::Forward, _) => {
                if operations == Operations::Workflow {
                    actions.push(Action::Check(
                        "the execution of the state machine `migration-…` has succeeded",
                    ));
                }
                if operations != Operations::None {
                    actions.push(Action::cutover("end_soak"));
                }
            }
            (Direction::Back, Phase::Legacy) => {
                if operations == Operations::Workflow {
                    actions.push(Action::Check(
                        "if the workflow has moved the writer or requests, an execution of the state machine `rollback-…` has succeeded",
                    ));
                }
                if operations != Operations::None {
                    actions.push(Action::cutover("abandon_migration"));
                }
            }
            (Direction::Back, _) => {
                actions.extend(self.writer_rollback(stack, operations));
                actions.extend(self.exchange(stack));
            }
        }
        actions
    }

    fn verification(self, operations: Operations) -> Vec<Action> {
        let mut checks = vec![Action::Check("a plan of the same configuration is empty")];
        let enters_migration =
            self.from.phase == Phase::Legacy && self.to.phase == Phase::Migration;
        match operations {
            Operations::Workflow if enters_migration => {
                checks.push(Action::StartExecution("migration"));
            }
            Operations::Runbook if enters_migration => checks.extend(replication()),
            _ => {}
        }
        if self.to.weight() > Percent::NONE {
            checks.push(Action::Check("no alarm is in ALARM"));
        }
        checks
    }

    /// What restores `from`.
    fn rollback(self, stack: &Stack, operations: Operations) -> Vec<Action> {
        if self.direction == Direction::Back {
            return vec![Action::ApplyStagesUpTo(self.from)];
        }
        let back = Self {
            from: self.to,
            to: self.from,
            direction: Direction::Back,
        };
        let mut actions = back.preparation(stack, operations);
        actions.push(back.apply());
        actions
    }

    /// Makes the source the writer again, if the cutover has made the target the writer.
    fn writer_rollback(self, stack: &Stack, operations: Operations) -> Vec<Action> {
        if operations == Operations::Runbook && is_after_cutover(stack, self.from) {
            writer_rollback()
        } else {
            Vec::new()
        }
    }

    /// The exchange of idempotency keys between two ledgers, if the first or the last request moves.
    fn exchange(self, stack: &Stack) -> Option<Action> {
        stack.ledger_functions().next()?;
        let weights = [self.from.weight(), self.to.weight()];
        let operation = match weights.map(|weight| weight > Percent::NONE) {
            [false, true] => "import_idempotency_keys",
            [true, false] => "export_idempotency_keys",
            _ => return None,
        };
        Some(Action::operation("transaction-processing", operation))
    }

    fn bounds(self, stack: &Stack) -> Vec<TimeBound> {
        let traffic = stack.traffic.as_ref();
        let traffic = traffic.filter(|_| self.to.phase == Phase::Migration);
        let is_shifted = self.direction == Direction::Forward
            && (self.to.weight() > Percent::NONE || stack.is_traffic_managed_by_workflow());
        // The failback changes no writer.
        let is_available = |path: &RollbackPath| {
            *path != RollbackPath::DnsFailback || !is_after_cutover(stack, self.to)
        };
        traffic
            .filter(|_| is_shifted)
            .map(|traffic| time_bounds(stack, traffic, is_available))
            .unwrap_or_default()
    }
}

/// Whether the target is the writer in `stage`, a part of phase `migration`.
fn is_after_cutover(stack: &Stack, stage: Stage) -> bool {
    let traffic = stack.traffic.as_ref();
    let cutover = traffic.map(|traffic| traffic.cutover_percent);
    stage.phase == Phase::Migration
        && !stack.replication.is_empty()
        && stage.traffic.is_some_and(|weight| Some(weight) >= cutover)
}

fn time_bounds(
    stack: &Stack,
    traffic: &Traffic,
    is_available: impl Fn(&RollbackPath) -> bool,
) -> Vec<TimeBound> {
    let time = RollbackTime::of_split(stack, &traffic.at);
    let paths = RollbackPath::all(stack).into_iter().filter(is_available);
    let bounds = paths.map(|path| TimeBound {
        path,
        parts: time.parts(path),
        seconds: time.seconds(path),
        limit: time.limit,
    });
    bounds.collect()
}

/// Who runs the operations of a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operations {
    /// A state machine.
    Workflow,
    /// An operator.
    Runbook,
    /// The stack replicates no database.
    None,
}

impl Operations {
    fn of(stack: &Stack) -> Self {
        if !stack.workflow.is_empty() {
            Self::Workflow
        } else if !stack.runbook.is_empty() {
            Self::Runbook
        } else {
            Self::None
        }
    }

    fn cutover(self) -> Vec<Action> {
        match self {
            Self::Runbook => CUTOVER.map(Action::cutover).into(),
            Self::Workflow | Self::None => Vec::new(),
        }
    }
}

/// The operations of a cutover.
const CUTOVER: [&str; 6] = [
    "fence_source",
    "drain_source",
    "final_validation",
    "promote_target",
    "start_reverse_replication",
    "begin_soak",
];

/// The operations that start the replication.
fn replication() -> Vec<Action> {
    vec![
        Action::cutover_with(
            "acquire_ownership",
            "once, in the environment that will serve payments",
        ),
        Action::cutover("initialize"),
        Action::cutover("premigration_check"),
        Action::cutover("start_full_load"),
        Action::cutover_with("replication_status", CAUGHT_UP),
    ]
}

/// The comparison of source and target before a traffic step.
fn validation() -> Vec<Action> {
    let compare = ["plan", "compare", "summarize"];
    let mut actions = vec![
        Action::cutover_with("replication_status", CAUGHT_UP),
        Action::cutover("postmigration_check"),
    ];
    actions.extend(compare.map(|name| Action::operation("validation", name)));
    actions
}

const CAUGHT_UP: &str = "until it returns `caught-up`";

/// The operations of a rollback after the cutover.
fn writer_rollback() -> Vec<Action> {
    vec![
        Action::cutover_with(
            "assess_rollback",
            "and continue if `path` is `reverse-replication`; if it is `unfence-source`, run that operation only",
        ),
        Action::cutover("fence_target"),
        Action::cutover("drain_target"),
        Action::cutover("final_validation"),
        Action::cutover("promote_source"),
        Action::cutover("start_forward_replication"),
        Action::cutover("record_rollback"),
    ]
}
