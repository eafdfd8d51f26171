//! The transitions of a migration: from stage to stage, forward and back.
//!
//! ```text
//! legacy ⇄ migration@0 ⇄ migration@10 ⇄ … ⇄ migration@100 ⇄ production
//! ```
//!
//! Each transition has preconditions, the actions that make it, a verification, a rollback and a time bound. The
//! composition makes the conditions of the plans from the same [`Condition`]s, the diff reports them, and the tests walk the
//! same transitions.

mod action;
mod condition;
mod stage;
mod transition;

#[cfg(test)]
mod tests;

pub use action::{Action, Operation};
pub use condition::{
    Condition, Ledger, NO_HOLD, Parameter, ReplicationState, RollbackWindow, Writer, conditions,
};
pub use stage::{Stage, stages};
pub use transition::{Direction, Procedure, Rollback, Route, TimeBound, Transition, walk};
