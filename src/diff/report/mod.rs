//! The report of a diff: what a reviewer, a script or a pull request shows of it.

mod markdown;
mod text;
mod transition;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::effects::Effect;
use super::interruption::interruption;
use super::plan::{Action, ArgumentChange, Certainty, Plan, ResourceChange};
use super::planner::DEFAULT_TAGS;
use super::rename::{Rename, renames};
use crate::retention::RetentionReason;
use crate::terraform::synth::CONSTRUCT_DEPTH;

pub use transition::{
    RollbackReport, TimeBoundReport, TimePartReport, TransitionDirection, TransitionReport,
};

/// The version of the JSON form. A consumer can rely on the fields of a version; new ones may be added.
pub const REPORT_VERSION: u32 = 1;

/// A diff with its context.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Report {
    /// The version of this form: 1.
    pub version: u32,
    /// The configuration: `orchestrated-migration`.
    pub configuration: String,
    /// What is applied: `migration@50`, a file or a Git revision.
    pub from: String,
    /// What would be applied: `production`.
    pub to: String,
    /// Whether no stateful resource, and none that external systems refer to, is destroyed or replaced, and no stage of the
    /// migration is skipped.
    pub is_safe: bool,
    /// Whether a rollback loses writes afterwards.
    pub ends_lossless_rollback: bool,
    /// The transition, if the stages of the migration differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transition: Option<TransitionReport>,
    /// The numbers of resources by what happens to them.
    pub summary: Summary,
    /// The changed resources by construct and address.
    pub changes: Vec<Change>,
    /// Sections whose resources are destroyed and created under another name, with the way to keep them.
    pub renames: Vec<Rename>,
}

/// The numbers of resources by what happens to them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Summary {
    /// Destroyed and created anew.
    pub replaced: usize,
    /// Destroyed.
    pub destroyed: usize,
    /// Changed in place.
    pub updated: usize,
    /// Those of them that interrupt a service.
    pub interrupted: usize,
    /// Those of them of which only the default tags change.
    pub tagged: usize,
    /// Created.
    pub created: usize,
    /// Under another address, otherwise unchanged.
    pub moved: usize,
    /// Those of all these whose change depends on something that only a plan or an apply reads.
    pub uncertain: usize,
}

/// What happens to a resource.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Change {
    /// Its Terraform address.
    pub address: String,
    /// Its former address, if that differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub former_address: Option<String>,
    /// Its Terraform type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Its construct: `database/payments`.
    pub construct: String,
    /// What happens to it.
    pub action: Action,
    /// What decides whether it happens. Empty if it is sure.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub depends_on: BTreeSet<String>,
    /// The changed arguments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<Argument>,
    /// The interruption, if the change in place causes one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interruption: Option<InterruptionReport>,
    /// The loss, if this destroys what no later apply restores.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss: Option<Loss>,
    /// The place in the stack file that it comes from: `stack.toml:12`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// A changed argument.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Argument {
    /// `a`, or `a.b` within the block `a`.
    pub argument: String,
    /// Whether its change replaces the resource. Absent if that depends on its values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forces_replacement: Option<bool>,
    /// The changed attribute of another resource that it refers to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
}

/// What a change in place interrupts.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct InterruptionReport {
    /// What is unavailable meanwhile.
    pub effect: String,
    /// The seconds that AWS documents as the usual upper bound. Absent if it documents none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// The documentation.
    pub source: String,
}

/// What is lost.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Loss {
    /// Whether it is data, a record for audits, or an identity that external systems refer to.
    pub kind: RetentionReason,
    /// The loss, as a noun phrase.
    pub lost: String,
    /// What to do instead.
    pub remedy: String,
}

/// What a report says besides the plan.
#[derive(Clone, Debug)]
pub struct ReportContext {
    /// The configuration: `orchestrated-migration`.
    pub configuration: String,
    /// What is applied.
    pub from: String,
    /// What would be applied.
    pub to: String,
    /// Whether a rollback loses writes afterwards.
    pub ends_lossless_rollback: bool,
    /// The transition, if the stages of the migration differ.
    pub transition: Option<TransitionReport>,
    /// The places in the stack file by address.
    pub sources: BTreeMap<String, String>,
}

impl Report {
    /// Describes `plan`.
    pub fn new(plan: &Plan, context: ReportContext) -> Self {
        let renames = renames(plan);
        let mut summary = Summary::default();
        for change in &plan.changes {
            let count = match change.action {
                Action::Replace => &mut summary.replaced,
                Action::Destroy => &mut summary.destroyed,
                Action::Update => &mut summary.updated,
                Action::Create => &mut summary.created,
                Action::Move => &mut summary.moved,
            };
            *count += 1;
            if change.certainty != Certainty::Certain {
                summary.uncertain += 1;
            }
        }
        let mut changes: Vec<Change> = plan
            .changes
            .iter()
            .map(|change| describe(change, &renames, &context.sources))
            .collect();
        summary.tagged = changes
            .iter()
            .filter(|change| change.changes_default_tags_only())
            .count();
        summary.interrupted = changes
            .iter()
            .filter(|change| change.interruption.is_some())
            .count();
        changes.sort_by(|one, other| {
            let key = |change: &Change| (change.construct.clone(), change.address.clone());
            key(one).cmp(&key(other))
        });
        let transition = context.transition.as_ref();
        let is_legal = transition.is_none_or(TransitionReport::is_legal);
        Self {
            version: REPORT_VERSION,
            configuration: context.configuration,
            from: context.from,
            to: context.to,
            is_safe: is_legal && !plan.changes.iter().any(ResourceChange::is_unsafe),
            ends_lossless_rollback: context.ends_lossless_rollback,
            transition: context.transition,
            summary,
            changes,
            renames,
        }
    }
}

impl Change {
    /// Whether only the default tags of its provider configuration change, as in every change of a phase.
    fn changes_default_tags_only(&self) -> bool {
        let [argument] = self.arguments.as_slice() else {
            return false;
        };
        self.action == Action::Update && argument.argument == DEFAULT_TAGS
    }
}

fn describe(
    change: &ResourceChange,
    renames: &[Rename],
    sources: &BTreeMap<String, String>,
) -> Change {
    let construct = change.construct.as_deref().unwrap_or("(no construct)");
    let components: Vec<&str> = construct.split('/').take(CONSTRUCT_DEPTH).collect();
    let depends_on = match &change.certainty {
        Certainty::Certain => BTreeSet::new(),
        Certainty::DependsOn(unknowns) => unknowns.clone(),
    };
    Change {
        address: change.address.clone(),
        former_address: change.former_address.clone(),
        type_name: change.type_name.clone(),
        construct: components.join("/"),
        action: change.action,
        depends_on,
        arguments: change.arguments.iter().map(argument).collect(),
        interruption: interruption_of(change),
        loss: loss(change, renames),
        source: sources.get(&change.address).cloned(),
    }
}

fn interruption_of(change: &ResourceChange) -> Option<InterruptionReport> {
    let arguments = change.arguments.iter();
    let arguments = arguments.filter(|_| change.action == Action::Update);
    let mut found = arguments.filter_map(|it| interruption(&change.type_name, &it.argument));
    found.next().map(|it| InterruptionReport {
        effect: it.effect.to_owned(),
        seconds: it.seconds,
        source: it.source.to_owned(),
    })
}

fn argument(change: &ArgumentChange) -> Argument {
    let replaces = change.effects.contains(&Effect::Replace);
    Argument {
        argument: change.argument.clone(),
        forces_replacement: (change.effects.len() == 1 || !replaces && !change.effects.is_empty())
            .then_some(replaces),
        cause: change.cause.clone(),
    }
}

fn loss(change: &ResourceChange, renames: &[Rename]) -> Option<Loss> {
    let retained = change.retained.filter(|_| change.is_unsafe())?;
    let is_renamed = renames.iter().any(|rename| {
        rename
            .moved
            .iter()
            .any(|moved| moved.from == change.address)
    });
    let forcing: Vec<&str> = change
        .replacing_arguments()
        .map(|it| it.argument.as_str())
        .collect();
    let remedy = if is_renamed {
        "keep it under its new name, as `renames` says".to_owned()
    } else if change.action == Action::Replace {
        format!(
            "keep the value of `{}`, or add another resource beside it and move to that one",
            forcing.join("`, `")
        )
    } else {
        "keep its section; if it really ends, export what it holds, and destroy it in a change of its own"
            .to_owned()
    };
    Some(Loss {
        kind: retained.reason,
        lost: retained.lost.to_owned(),
        remedy,
    })
}

/// The JSON Schema of the JSON form.
pub fn report_schema() -> serde_json::Value {
    schemars::schema_for!(Report).to_value()
}
