//! An environment of a stack in a local AWS: planned, applied and destroyed.

use anyhow::{anyhow, ensure};
use paymig::config::{self, Phase, Selection, StackSource};
use paymig::newtypes::{EnvironmentName, Percent};
use paymig::retention::RETAINED;

use crate::diff_agreement::ensure_agrees;
use crate::stack_sections::all_renamed;
use crate::support::Harness;
use crate::support::local_aws::LocalAws;
use crate::support::plan::Plan;
use crate::support::stacks::{configuration, push_images};
use crate::support::terraform::Workspace;

/// Stack files whose plans have not been compared with the diff yet.
const NOT_COMPARED: [&str; 2] = ["stacks/orchestrated.toml", "stacks/multi-region.toml"];

/// An environment of a stack in a local AWS.
pub(crate) struct Estate<'a> {
    source: &'a StackSource,
    pub(crate) selection: Selection,
    pub(crate) aws: LocalAws,
    pub(crate) workspace: Workspace,
    /// The configuration of the last apply.
    applied: Option<String>,
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
        })
    }

    /// Plans `phase`, which loses no retained resource and changes what the diff of both configurations says.
    pub(crate) fn plan(&mut self, phase: Phase) -> anyhow::Result<Plan> {
        let text = self.write(phase)?;
        // Functions change resources during the migration. Before the other phases, the last plan has refreshed the state.
        let plan = match phase {
            Phase::Production => self.workspace.plan(),
            Phase::Legacy | Phase::Migration => self.workspace.plan_without_refresh(),
        }?;
        let lost = plan.lost().filter(|address| is_retained(address));
        let lost: Vec<_> = lost.collect();
        ensure!(lost.is_empty(), "{phase} destroys or replaces {lost:?}");
        self.ensure_agrees_with_diff(&text, &plan)?;
        Ok(plan)
    }

    fn write(&mut self, phase: Phase) -> anyhow::Result<String> {
        self.selection.phase = Some(phase);
        let text = configuration(self.source, &self.selection)?;
        self.workspace.write(&text)?;
        Ok(text)
    }

    #[expect(
        clippy::print_stdout,
        reason = "the number of compared actions is a result"
    )]
    fn ensure_agrees_with_diff(&self, text: &str, plan: &Plan) -> anyhow::Result<()> {
        let is_compared = !NOT_COMPARED.contains(&self.source.name());
        if let Some(applied) = self.applied.as_ref().filter(|_| is_compared) {
            let actions = ensure_agrees(applied, text, plan)?;
            println!("{actions} actions of Terraform are those of the diff");
        }
        Ok(())
    }

    /// Applies `phase`, and plans it again without a change.
    pub(crate) fn enter(&mut self, phase: Phase) -> anyhow::Result<Transition> {
        let plan = self.plan(phase)?;
        let log = self.workspace.apply_plan()?;
        self.applied = Some(configuration(self.source, &self.selection)?);
        self.ensure_is_applied(phase.as_str())?;
        Ok(Transition { plan, log })
    }

    /// Applies a traffic weight that Terraform manages, in phase `migration`.
    pub(crate) fn shift_traffic(&mut self, percent: Percent) -> anyhow::Result<()> {
        self.selection.traffic = Some(percent);
        let text = self.write(Phase::Migration)?;
        self.workspace.apply()?;
        self.applied = Some(text);
        Ok(())
    }

    /// Fails if another apply would change something, such as a class that waits for a maintenance window.
    pub(crate) fn ensure_is_applied(&self, stage: &str) -> anyhow::Result<()> {
        let again = self.workspace.plan()?;
        ensure!(again.is_empty(), "{stage} again: {:?}", again.changes());
        Ok(())
    }

    /// The primary region of the stack, which has the functions of the migration.
    pub(crate) fn region(&self) -> anyhow::Result<String> {
        let loaded =
            config::load(self.source, &self.selection).map_err(|error| anyhow!("{error}"))?;
        Ok(loaded.stack.primary_region().to_string())
    }

    /// Plans the stack file with every section renamed, which destroys nothing.
    pub(crate) fn plan_renamed_sections(&self) -> anyhow::Result<()> {
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

    /// Destroys everything. AWS's service models allow every request since the start.
    pub(crate) fn destroy(self) -> anyhow::Result<()> {
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

/// Returns a `--set` argument, for a stack file with every section renamed.
fn renamed_setting(set: &str) -> String {
    match set.splitn(3, '.').collect::<Vec<_>>()[..] {
        [kind, name, key] => format!("{kind}.{name}-renamed.{key}"),
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
