//! What a transition changes: the resources that an apply creates, updates, replaces and destroys, without a plan.
//!
//! ```text
//! tree before, or a Terraform JSON file ─► Configuration ─┐
//! tree after ─────────────────────────────► Configuration ─┼─► plan ─► Plan
//! fixtures/provider/effects.json ─────────► effect_table ──┘
//! ```

mod comparison;
mod configuration;
mod effects;
mod interruption;
mod plan;
mod planner;
mod references;
mod rename;
mod report;

pub use configuration::Configuration;
pub use effects::{ANY, ChangeKind, Effect, EffectTable, Effects, effect_table};
pub use interruption::{INTERRUPTIONS, Interruption, interruption};
pub use plan::{Action, ArgumentChange, Certainty, Plan, ResourceChange};
pub use planner::plan;
pub use rename::{MovedBlock, Rename};
pub use report::{
    Argument, Change, InterruptionReport, Loss, REPORT_VERSION, Report, ReportContext,
    RollbackReport, Summary, TimeBoundReport, TimePartReport, TransitionDirection,
    TransitionReport, report_schema,
};
