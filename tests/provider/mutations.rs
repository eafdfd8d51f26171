//! Random changes of configurations: the diff and the provider agree on each.

use anyhow::{Context as _, ensure};
use fastrand::Rng;
use paymig::diff::{self, Configuration, effect_table};
use paymig::terraform::tree::{Mode, MutatedTree, NodeId, Object, Term, Tree};

use crate::deployments::deployments;
use crate::planner::{Planner, State};
use crate::provider::Provider;
use crate::walks::disagreements;

/// The number of changes that are compared unless `PAYMIG_MUTATIONS` has another one.
const MUTATIONS: usize = 150;

#[test]
fn diff_of_a_random_change_is_the_plan_of_the_provider() -> anyhow::Result<()> {
    let count = variable("PAYMIG_MUTATIONS").unwrap_or(MUTATIONS);
    let seed = variable("PAYMIG_MUTATION_SEED").unwrap_or(1);
    let mut random = Rng::with_seed(u64::try_from(seed)?);
    let mut planner = Planner::new(Provider::start()?);
    let bases = bases(&mut planner)?;
    let (mut compared, mut rejected, mut actions) = (0, 0, 0);
    let mut wrong = Vec::new();
    while compared < count {
        let base = &bases[random.usize(..bases.len())];
        let Some((description, mutated)) = mutate(&base.tree, &mut random) else {
            continue;
        };
        let Ok(planned) = planner.plan(&base.state, &mutated) else {
            rejected += 1;
            continue;
        };
        compared += 1;
        actions += planned.len();
        let after = Configuration::of(&mutated, &base.id)?;
        let diff = diff::plan(&base.configuration, &after, effect_table());
        let found = disagreements(&planned, &diff);
        if !found.is_empty() {
            let id = &base.id;
            wrong.push(format!("{id}: {description}\n  {}", found.join("\n  ")));
        }
    }
    println!(
        "{compared} random changes with {actions} actions, seed {seed}; the provider rejects {rejected} others"
    );
    ensure!(
        wrong.is_empty(),
        "{} of {compared} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    Ok(())
}

/// The number in an environment variable.
pub(crate) fn variable(name: &str) -> Option<usize> {
    std::env::var(name).ok()?.parse().ok()
}

/// A configuration that is applied.
struct Base {
    id: String,
    tree: Tree,
    state: State,
    configuration: Configuration,
}

/// Every deployment at its default stage.
fn bases(planner: &mut Planner) -> anyhow::Result<Vec<Base>> {
    let deployments = deployments().into_iter();
    let bases = deployments.map(|deployment| {
        let (id, tree) = (deployment.id(), deployment.at_default().tree);
        Ok(Base {
            state: planner.apply(&tree).with_context(|| id.clone())?,
            configuration: Configuration::of(&tree, &id)?,
            id,
            tree,
        })
    });
    bases.collect()
}

/// Changes one argument of one resource. None if it has none that can be changed.
fn mutate(tree: &Tree, random: &mut Rng) -> Option<(String, MutatedTree)> {
    let nodes: Vec<NodeId> = tree
        .nodes()
        .iter()
        .filter(|node| node.mode() == Mode::Managed && node.type_name() != "terraform_data")
        .map(paymig::terraform::tree::Node::node_id)
        .collect();
    let id = *random.choice(&nodes)?;
    let node = tree.node(id)?;
    let names: Vec<&str> = node.arguments().iter().map(|(name, _)| name).collect();
    let name = (*random.choice(&names)?).to_owned();
    let mut description = None;
    let mutated = tree.with_arguments(id, |arguments| {
        description = change_entry(arguments, &name, random);
    });
    Some((format!("{}: {}", node.address(), description?), mutated))
}

/// Changes the entry `name`, and describes the change.
fn change_entry(object: &mut Object, name: &str, random: &mut Rng) -> Option<String> {
    if random.u8(..8) == 0 {
        object.remove(name)?;
        return Some(format!("without {name}"));
    }
    let changed = change(object.get_mut(name)?, random)?;
    Some(format!("{name} {changed}"))
}

fn change(term: &mut Term, random: &mut Rng) -> Option<String> {
    match term {
        Term::Null | Term::Float(_) | Term::Expr(_) => None,
        Term::Bool(truth) => {
            *truth = !*truth;
            Some(format!("= {truth}"))
        }
        Term::Integer(number) => {
            *number += 1;
            Some(format!("= {number}"))
        }
        Term::Text(text) => {
            let changed = changed_text(text)?;
            let description = format!("= {changed:?}");
            *term = Term::Text(changed.into());
            Some(description)
        }
        Term::List(items) => {
            let at = (!items.is_empty()).then(|| random.usize(..items.len()))?;
            match random.u8(..4) {
                0 => {
                    items.remove(at);
                    Some(format!("without [{at}]"))
                }
                1 => {
                    items.reverse();
                    Some("reversed".to_owned())
                }
                _ => change(items.get_mut(at)?, random).map(|it| format!("[{at}] {it}")),
            }
        }
        Term::Object(object) => {
            let names: Vec<String> = object.iter().map(|(name, _)| name.to_owned()).collect();
            let name = random.choice(&names)?;
            change_entry(object, name, random)
        }
    }
}

/// Another text of the same kind. None for a document, of which most other texts are invalid.
fn changed_text(text: &str) -> Option<String> {
    if text.len() > 200 || text.contains(['{', '\n']) {
        return None;
    }
    if let Ok(number) = text.parse::<i64>() {
        return Some((number + 1).to_string());
    }
    Some(match text {
        "true" => "false".to_owned(),
        "false" => "true".to_owned(),
        _ if text.starts_with("10.") => text.replacen("10.", "11.", 1),
        _ => format!("{text}x"),
    })
}
