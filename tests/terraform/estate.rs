//! An environment of a stack in a local AWS: planned, applied and destroyed.

use std::env;

use anyhow::ensure;
use paymig::config::{Phase, Selection, Stack, StackSource};
use paymig::newtypes::{EnvironmentName, Percent};
use paymig::retention::RETAINED;
use paymig::transitions::{Condition, Stage, conditions, stages};

use crate::diff_agreement::ensure_agrees;
use crate::guard::{denials, policy};
use crate::stack_sections::all_renamed;
use crate::support::Harness;
use crate::support::local_aws::LocalAws;
use crate::support::plan::Plan;
use crate::support::stacks::{configuration, loaded, push_images};
use crate::support::terraform::Workspace;

/// An environment of a stack in a local AWS.
pub(crate) struct Estate<'a> {
    source: &'a StackSource,
    pub(crate) selection: Selection,
    pub(crate) aws: LocalAws,
    pub(crate) workspace: Workspace,
    /// The last apply.
    applied: Option<Applied>,
    /// The number of actions of Terraform that were those of the diff.
    compared: usize,
}

/// An apply.
struct Applied {
    stage: Stage,
    configuration: String,
}

impl<'a> Estate<'a> {
    /// Prepares an account with what `configurations` of `fixtures` create and the images of the stack.
    pub(crate) fn prepare(
        harness: &Harness,
        source: &'a StackSource,
        selection: Selection,
        configurations: &[&str],
    ) -> anyhow::Result<Self> {
        let aws = harness.local_aws_with(configurations)?;
        // The bootstrap environment creates the repositories of the images.
        if selection.environment != EnvironmentName::bootstrap() {
            push_images(source, std::slice::from_ref(&selection), &aws)?;
        }
        let workspace = harness.workspace(&configuration(source, &selection)?, &aws)?;
        Ok(Self {
            source,
            selection,
            aws,
            workspace,
            applied: None,
            compared: 0,
        })
    }

    /// The stages of the stack in the order of a migration.
    pub(crate) fn stages(&self) -> anyhow::Result<Vec<Stage>> {
        Ok(stages(&self.stack()?))
    }

    /// The conditions of a plan of `stage`.
    pub(crate) fn conditions(&self, stage: Stage) -> anyhow::Result<Vec<Condition>> {
        Ok(conditions(&self.stack()?, stage))
    }

    fn stack(&self) -> anyhow::Result<Stack> {
        Ok(loaded(self.source, &self.selection)?.stack)
    }

    /// Plans `stage`, which loses no retained resource, and changes what the diff of both configurations says. The policy of the
    /// configuration allows phase `production`.
    pub(crate) fn plan(&mut self, stage: Stage) -> anyhow::Result<Plan> {
        self.plan_with(stage, Workspace::plan)
    }

    fn plan_with(
        &mut self,
        stage: Stage,
        plan: impl FnOnce(&Workspace) -> anyhow::Result<Plan>,
    ) -> anyhow::Result<Plan> {
        let text = self.write(stage)?;
        let plan = plan(&self.workspace)?;
        let lost = plan.lost().filter(|address| is_retained(address));
        let lost: Vec<_> = lost.collect();
        ensure!(lost.is_empty(), "{stage} destroys or replaces {lost:?}");
        self.ensure_agrees_with_diff(&text, &plan)?;
        if stage.phase == Phase::Production {
            let policy = policy(self.source, &self.selection)?;
            let denied = denials(&policy, &self.workspace.show_plan()?, "{}")?;
            ensure!(denied.is_empty(), "the policy denies {stage}: {denied:?}");
        }
        Ok(plan)
    }

    fn write(&mut self, stage: Stage) -> anyhow::Result<String> {
        self.selection.phase = Some(stage.phase);
        self.selection.traffic = stage.traffic;
        let text = configuration(self.source, &self.selection)?;
        self.workspace.write(&text)?;
        Ok(text)
    }

    fn ensure_agrees_with_diff(&mut self, text: &str, plan: &Plan) -> anyhow::Result<()> {
        if let Some(applied) = &self.applied {
            self.compared += ensure_agrees(&applied.configuration, text, plan)?;
        }
        Ok(())
    }

    /// Applies `stage`, and plans it again without a change: each stage in `make walks`, or else the first one of a phase.
    pub(crate) fn enter(&mut self, stage: Stage) -> anyhow::Result<Transition> {
        let changes_phase = self
            .applied
            .as_ref()
            .is_none_or(|applied| applied.stage.phase != stage.phase);
        let plan = self.plan(stage)?;
        let transition = self.apply(stage, plan)?;
        if changes_phase || env::var_os("PAYMIG_WALKS").is_some() {
            self.ensure_is_applied(&stage.to_string())?;
        }
        Ok(transition)
    }

    fn apply(&mut self, stage: Stage, plan: Plan) -> anyhow::Result<Transition> {
        let log = self.workspace.apply_plan()?;
        let configuration = configuration(self.source, &self.selection)?;
        self.applied = Some(Applied {
            stage,
            configuration,
        });
        Ok(Transition { plan, log })
    }

    /// Stores the state that a plan of `stage` requires, as functions do, and applies it.
    pub(crate) fn enter_prepared(&mut self, stage: Stage) -> anyhow::Result<Transition> {
        let conditions = self.conditions(stage)?;
        let values = conditions.iter().filter_map(|condition| {
            let value = condition.values.first()?;
            Some((condition.parameter.path(), value.as_str()))
        });
        self.store_state(&values.collect::<Vec<_>>())?;
        self.enter(stage)
    }

    /// Applies a traffic weight that Terraform manages, in phase `migration`, while a migration runs: without a refresh.
    pub(crate) fn shift_traffic(&mut self, percent: Percent) -> anyhow::Result<()> {
        let stage = Stage {
            phase: Phase::Migration,
            traffic: Some(percent),
        };
        let plan = self.plan_with(stage, Workspace::plan_without_refresh)?;
        self.apply(stage, plan).map(drop)
    }

    /// Fails if another apply would change something, such as a class that waits for a maintenance window.
    pub(crate) fn ensure_is_applied(&self, stage: &str) -> anyhow::Result<()> {
        let again = self.workspace.plan()?;
        ensure!(again.is_empty(), "{stage} again: {:?}", again.changes());
        Ok(())
    }

    /// The primary region of the stack, which has the functions of the migration.
    pub(crate) fn region(&self) -> anyhow::Result<String> {
        Ok(self.stack()?.primary_region().to_string())
    }

    /// Plans the stack file with every section renamed, which destroys nothing.
    pub(crate) fn plan_renamed_sections(&mut self) -> anyhow::Result<()> {
        let renamed = StackSource::new("renamed.toml", all_renamed(self.source.text()));
        let settings = self.selection.set.iter().map(|set| renamed_setting(set));
        let selection = Selection {
            set: settings.collect(),
            ..self.selection.clone()
        };
        let text = configuration(&renamed, &selection)?;
        self.workspace.write(&text)?;
        let plan = self.workspace.plan_without_refresh()?;
        let lost: Vec<_> = plan.lost().collect();
        ensure!(lost.is_empty(), "renamed sections destroy {lost:?}");
        self.ensure_agrees_with_diff(&text, &plan)
    }

    /// Stores the state of a migration, as functions do: values by the end of a parameter's name.
    pub(crate) fn store_state(&self, state: &[(&str, &str)]) -> anyhow::Result<()> {
        let state: serde_json::Value = state.iter().copied().collect();
        self.aws.change_outside_terraform(&format!(
            r#"
for region in ("us-east-1", "us-east-2"):
    ssm = boto3.client("ssm", region_name=region)
    pages = ssm.get_paginator("describe_parameters").paginate()
    for name in [parameter["Name"] for page in pages for parameter in page["Parameters"]]:
        for end, value in {state}.items():
            if name.endswith(f"/{{end}}"):
                ssm.put_parameter(Name=name, Value=value, Overwrite=True)
"#
        ))
    }

    /// Destroys everything, and prints how many actions were compared. AWS's service models allow every request since the start.
    #[expect(
        clippy::print_stdout,
        reason = "the number of compared actions is a result"
    )]
    pub(crate) fn destroy(self) -> anyhow::Result<()> {
        let (compared, name) = (self.compared, self.source.name());
        println!("{name}: {compared} actions of Terraform are those of the diff");
        self.workspace.destroy()?;
        let left = self.workspace.state_list()?;
        ensure!(left.is_empty(), "leaves {left:?}");
        ensure_requests_are_valid(&self.aws)
    }
}

/// A change of the phase that was applied.
pub(crate) struct Transition {
    pub(crate) plan: Plan,
    /// The output of the apply.
    pub(crate) log: String,
}

/// Returns a `--set` argument, for a stack file with every section renamed. Environments keep their names.
fn renamed_setting(set: &str) -> String {
    match set.splitn(3, '.').collect::<Vec<_>>()[..] {
        [kind, name, key] if kind != "environments" => format!("{kind}.{name}-renamed.{key}"),
        _ => set.to_owned(),
    }
}

/// Whether every phase retains the resource.
fn is_retained(address: &str) -> bool {
    let (type_name, _) = address.split_once('.').unwrap_or((address, ""));
    RETAINED
        .iter()
        .any(|retained| retained.type_name == type_name)
}

/// Prints how many requests AWS's own service models were applied to, and fails if AWS rejects one of them.
#[expect(clippy::print_stderr, reason = "the number of requests is a result")]
pub(crate) fn ensure_requests_are_valid(aws: &LocalAws) -> anyhow::Result<()> {
    let record = aws.request_record()?;
    eprintln!("{} requests are valid", record.validated);
    ensure!(record.validated > 0, "no request was validated");
    ensure!(
        record.invalid.is_empty(),
        "AWS rejects {:#?}",
        record.invalid
    );
    Ok(())
}
