//! Every step of every migration, forward and back: `paymig diff` and the provider agree on each resource.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, ensure};
use paymig::diff::{self, Certainty, Configuration, ResourceChange, effect_table};

use crate::agreement;
use crate::deployments::{Deployment, Stage, deployments};
use crate::planner::{Change, Planner, State};
use crate::provider::Provider;

#[test]
fn diff_of_every_transition_is_the_plan_of_the_provider() -> anyhow::Result<()> {
    let mut planner = Planner::new(Provider::start()?);
    let mut wrong = BTreeSet::new();
    let (mut transitions, mut compared) = (0, 0);
    for deployment in deployments() {
        let stages = applied(&deployment, &mut planner)?;
        for (at, before) in stages.iter().enumerate() {
            for after in neighbors(&stages, at) {
                let tree = &after.stage.system.tree;
                let planned = planner.plan(&before.state, tree)?;
                let diff = diff::plan(&before.configuration, &after.configuration, effect_table());
                transitions += 1;
                compared += planned.len();
                wrong.extend(disagreements(&planned, &diff).into_iter().map(|text| {
                    format!(
                        "{} {} -> {}: {text}",
                        deployment.id(),
                        before.stage.label(),
                        after.stage.label()
                    )
                }));
            }
        }
    }
    println!("{compared} actions of {transitions} transitions are those that the provider plans");
    let wrong: Vec<String> = wrong.into_iter().collect();
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// The stage with the other protection; of a destroyable stage, also the next and the previous one of the migration.
fn neighbors(stages: &[Applied], at: usize) -> Vec<&Applied> {
    // Each stage is there twice, first destroyable, then protected.
    let is_destroyable = at.is_multiple_of(2);
    let steps = [at.checked_sub(2), at.checked_add(2)];
    let steps = steps.into_iter().flatten().filter(|_| is_destroyable);
    steps
        .chain([at ^ 1])
        .filter_map(|other| stages.get(other))
        .collect()
}

/// A stage that is applied.
struct Applied {
    stage: Stage,
    state: State,
    configuration: Configuration,
}

fn applied(deployment: &Deployment, planner: &mut Planner) -> anyhow::Result<Vec<Applied>> {
    let stages = deployment.stages().into_iter().map(|stage| {
        let tree = &stage.system.tree;
        let state = planner.apply(tree).with_context(|| deployment.id())?;
        let configuration = Configuration::of(tree, &deployment.id())?;
        Ok(Applied {
            stage,
            state,
            configuration,
        })
    });
    stages.collect()
}

/// The resources on which both disagree. A change that depends on data sources is known to no plan of a provider alone.
pub(crate) fn disagreements(planned: &BTreeMap<String, Change>, diff: &diff::Plan) -> Vec<String> {
    let planned = planned
        .iter()
        .map(|(address, change)| (address.clone(), change.planned_action()))
        .collect();
    agreement::disagreements(&planned, diff, depends_on_data)
}

fn depends_on_data(change: &ResourceChange) -> bool {
    match &change.certainty {
        Certainty::Certain => false,
        Certainty::DependsOn(unknowns) => unknowns.iter().all(|it| it.starts_with("data.")),
    }
}
