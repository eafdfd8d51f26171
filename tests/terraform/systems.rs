//! The embedded stacks as a whole: applied, moved through the phases, planned again without a change, and destroyed.

use anyhow::ensure;
use paymig::config::{Phase, Protection, Selection, StackSource};
use paymig::newtypes::{EnvironmentName, Percent};
use paymig::retention::RETAINED;

use crate::phases::{
    ensure_custom_resource_is_deleted_first, ensure_execution_fails,
    ensure_machines_are_updated_first, ensure_no_migration_function,
};
use crate::stack_sections::all_renamed;
use crate::support;
use crate::support::Harness;
use crate::support::local_aws::LocalAws;
use crate::support::plan::Plan;
use crate::support::rehearsal::Rehearsal;
use crate::support::stacks::{configuration, embedded, loaded, push_images, selection};
use crate::support::terraform::Workspace;

/// An environment of an embedded stack in a local AWS.
struct Estate<'a> {
    source: &'a StackSource,
    selection: Selection,
    aws: LocalAws,
    workspace: Workspace,
}

impl<'a> Estate<'a> {
    /// Prepares an account with what `configurations` of `fixtures` create and the images of the stack.
    fn prepare(
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
        })
    }

    /// Plans `phase`, which loses no retained resource.
    fn plan(&mut self, phase: Phase) -> anyhow::Result<Plan> {
        self.selection.phase = Some(phase);
        let text = configuration(self.source, &self.selection)?;
        self.workspace.write(&text)?;
        let plan = self.workspace.plan()?;
        let lost = plan.lost().filter(|address| is_retained(address));
        let lost: Vec<_> = lost.collect();
        ensure!(lost.is_empty(), "{phase} destroys or replaces {lost:?}");
        Ok(plan)
    }

    /// Applies `phase`, and plans it again without a change.
    fn enter(&mut self, phase: Phase) -> anyhow::Result<Transition> {
        let plan = self.plan(phase)?;
        let log = self.workspace.apply_plan()?;
        self.ensure_is_applied(phase.as_str())?;
        Ok(Transition { plan, log })
    }

    /// Fails if another apply would change something, such as a class that waits for a maintenance window.
    fn ensure_is_applied(&self, stage: &str) -> anyhow::Result<()> {
        let again = self.workspace.plan()?;
        ensure!(again.is_empty(), "{stage} again: {:?}", again.changes());
        Ok(())
    }

    /// Plans the stack file with every section renamed, which destroys nothing.
    fn plan_renamed_sections(&self) -> anyhow::Result<()> {
        let renamed = StackSource::new("renamed.toml", all_renamed(self.source.text()));
        // Settings of a rehearsal contain the names of sections.
        let settings = self
            .selection
            .set
            .iter()
            .filter(|set| set.starts_with("state."));
        let selection = Selection {
            set: settings.cloned().collect(),
            ..self.selection.clone()
        };
        let text = configuration(&renamed, &selection)?;
        self.workspace.write(&text)?;
        let plan = self.workspace.plan()?;
        let lost: Vec<_> = plan.lost().collect();
        ensure!(lost.is_empty(), "renamed sections destroy {lost:?}");
        Ok(())
    }

    /// Stores the state of a migration, as functions do: values by the end of a parameter's name.
    fn store_state(&self, state: &[(&str, &str)]) -> anyhow::Result<()> {
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
    fn destroy(self) -> anyhow::Result<()> {
        self.workspace.destroy()?;
        let left = self.workspace.state_list()?;
        ensure!(left.is_empty(), "leaves {left:?}");
        ensure_requests_are_valid(&self.aws)
    }
}

/// A change of the phase that was applied.
struct Transition {
    plan: Plan,
    /// The output of the apply.
    log: String,
}

/// Stores the state after a migration, as functions do.
fn store_end_of_migration(estate: &mut Estate<'_>) -> anyhow::Result<()> {
    estate.store_state(&[
        ("writer", "target"),
        ("traffic/weight", "100"),
        ("rollback-window", "closed"),
        ("ledger", "open"),
    ])
}

/// Whether every phase retains the resource.
fn is_retained(address: &str) -> bool {
    let (type_name, _) = address.split_once('.').unwrap_or((address, ""));
    RETAINED
        .iter()
        .any(|retained| retained.type_name == type_name)
}

/// Whether the plan changes the class of a database instance in place.
fn resizes_instances(plan: &Plan) -> bool {
    plan.updated()
        .any(|address| address.starts_with("aws_rds_cluster_instance."))
}

/// Moves an estate through its phases and back to the migration, and destroys it there. `cut_over` makes the target the
/// writer, and `in_production` checks phase `production`.
fn walk(
    source: &StackSource,
    selection: Selection,
    fixtures: &[&str],
    cut_over: impl FnOnce(&mut Estate<'_>) -> anyhow::Result<()>,
    in_production: impl FnOnce(&Estate<'_>, &Transition) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let harness = support::harness()?;
    let mut estate = Estate::prepare(&harness, source, selection, fixtures)?;
    estate.enter(Phase::Legacy)?;
    let migration = estate.enter(Phase::Migration)?;
    ensure!(
        resizes_instances(&migration.plan),
        "no instance changes its class"
    );
    estate.plan_renamed_sections()?;
    estate.plan(Phase::Legacy)?;
    cut_over(&mut estate)?;
    let production = estate.enter(Phase::Production)?;
    ensure_no_migration_function(&estate.workspace)?;
    in_production(&estate, &production)?;
    // The target remains the writer, so the old side must receive no requests.
    let stack = loaded(source, &estate.selection)?.stack;
    let by_terraform = !stack.is_traffic_managed_by_workflow();
    estate.selection.traffic = by_terraform.then_some(Percent::ALL);
    estate.enter(Phase::Migration)?;
    estate.destroy()
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

/// Selects `environment` as destroyable, with local state. Another test covers the state bucket.
fn destroyable(environment: &str, backend: &str) -> anyhow::Result<Selection> {
    Ok(Selection {
        protection: Some(Protection::Destroyable),
        set: vec![format!("state.backend={backend}")],
        ..selection(environment)?
    })
}

#[test]
fn orchestrated_migration_moves_through_its_phases() -> anyhow::Result<()> {
    let fixtures = ["datacenter.tf.json"];
    let source = embedded("orchestrated")?;
    let rehearsal = Rehearsal::prepare()?;
    let selection = Selection {
        set: vec![
            rehearsal.set_authority("payments")?,
            "workflow.migration.step_soak=1".to_owned(),
            "workflow.migration.comparison_concurrency=2".to_owned(),
        ],
        ..selection("migration")?
    };
    let run = |estate: &mut Estate<'_>| rehearsal.run(&estate.aws).map(drop);
    walk(&source, selection, &fixtures, run, |estate, production| {
        ensure_machines_are_updated_first(&production.log)?;
        for machine in ["migration", "rollback"] {
            ensure_execution_fails(&estate.aws, machine)?;
        }
        Ok(())
    })
}

#[test]
fn containers_behind_one_load_balancer_move_through_their_phases() -> anyhow::Result<()> {
    let fixtures = ["datacenter.tf.json"];
    let selection = destroyable("migration", "local")?;
    let source = embedded("containerized")?;
    walk(
        &source,
        selection,
        &fixtures,
        store_end_of_migration,
        |_, production| ensure_custom_resource_is_deleted_first(&production.log),
    )
}

#[test]
fn two_regions_with_an_existing_vpc_move_through_their_phases() -> anyhow::Result<()> {
    let fixtures = ["legacy.tf.json"];
    let selection = destroyable("migration", "local")?;
    let source = embedded("multi-region")?;
    walk(
        &source,
        selection,
        &fixtures,
        store_end_of_migration,
        |estate, _| {
            // AWS deletes no primary cluster that has a secondary, so the first region is the primary again at the end.
            for region in ["us-east-2", "us-east-1"] {
                switch_over(&estate.aws, region)?;
                estate.ensure_is_applied(&format!("production with the writer in {region}"))?;
            }
            Ok(())
        },
    )
}

/// Makes the cluster in `region` the primary of the global database.
fn switch_over(aws: &LocalAws, region: &str) -> anyhow::Result<()> {
    aws.change_outside_terraform(&format!(
        r#"
rds = boto3.client("rds")
(database,) = rds.describe_global_clusters()["GlobalClusters"]
(target,) = [m["DBClusterArn"] for m in database["GlobalClusterMembers"] if ":{region}:" in m["DBClusterArn"]]
rds.switchover_global_cluster(
    GlobalClusterIdentifier=database["GlobalClusterIdentifier"], TargetDbClusterIdentifier=target
)
"#
    ))
}

#[test]
fn migration_over_an_existing_vpn_moves_through_its_phases() -> anyhow::Result<()> {
    let fixtures = ["vpn.tf.json"];
    let source = embedded("lift-and-shift")?;
    let selection = selection("aws-production")?;
    walk(
        &source,
        selection,
        &fixtures,
        store_end_of_migration,
        |_, _| Ok(()),
    )
}

#[test]
fn function_pipeline_moves_through_its_phases() -> anyhow::Result<()> {
    let fixtures = ["zone.tf.json"];
    let source = embedded("blue-green")?;
    walk(
        &source,
        selection("migration")?,
        &fixtures,
        store_end_of_migration,
        |_, _| Ok(()),
    )
}

#[test]
fn bootstrap_environment_applies_and_is_destroyed() -> anyhow::Result<()> {
    let selection = Selection {
        // A protected environment makes the bootstrap environment protected too.
        set: vec![
            "environments.migration.protection=destroyable".to_owned(),
            "environments.production.protection=destroyable".to_owned(),
        ],
        ..selection("bootstrap")?
    };
    let harness = support::harness()?;
    let source = embedded("multi-region")?;
    let estate = Estate::prepare(&harness, &source, selection, &[])?;
    estate.workspace.apply()?;
    estate.ensure_is_applied("bootstrap")?;
    estate.plan_renamed_sections()?;
    estate.destroy()
}
