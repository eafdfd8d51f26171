//! No transition loses a resource: between stages, everything that exists in both is changed in place.

use std::collections::BTreeSet;

use paymig::diff::{Action, Configuration, Plan, effect_table, plan};

use crate::deployments::{Deployment, Stage, deployments};

#[test]
fn no_transition_replaces_a_resource_or_destroys_a_retained_one() {
    let mut wrong = BTreeSet::new();
    let mut transitions = 0;
    for deployment in deployments() {
        let stages = deployment.stages();
        let configurations: Vec<Configuration> = stages
            .iter()
            .map(|stage| Configuration::of(&stage.system.tree, &deployment.id()).unwrap())
            .collect();
        for (before, from) in stages.iter().zip(&configurations) {
            for (after, to) in stages.iter().zip(&configurations) {
                let changes = plan(from, to, effect_table());
                transitions += 1;
                wrong.extend(lossy(&deployment, before, after, &changes));
            }
        }
    }
    assert!(transitions > 500, "only {transitions} transitions");
    let wrong: Vec<String> = wrong.into_iter().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The resources that are replaced or may be, and the retained ones that are destroyed.
fn lossy(deployment: &Deployment, before: &Stage, after: &Stage, changes: &Plan) -> Vec<String> {
    let lossy = changes
        .changes
        .iter()
        .filter(|change| change.action == Action::Replace || change.is_unsafe());
    let texts = lossy.map(|change| {
        let (id, from, to) = (deployment.id(), before.label(), after.label());
        let (action, address) = (change.action, &change.address);
        format!(
            "{id}, from {from} to {to}: {action:?} {address}: {:?}",
            change.arguments
        )
    });
    texts.collect()
}
