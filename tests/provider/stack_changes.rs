//! Random changes of stack files: sections, sizes, names, orders. The diff and the provider agree on each.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use fastrand::Rng;
use paymig::compose;
use paymig::config::{EMBEDDED, StackSource, load};
use paymig::diff::{self, Certainty, Configuration, effect_table};
use serde_json::Value;

use crate::deployments::{Deployment, deployments};
use crate::mutations::variable;
use crate::planner::{Planner, State};
use crate::provider::Provider;
use crate::stack_sections::{keys_of_rename, named_sections, renamed};
use crate::walks::disagreements;

/// The number of changes that are compared unless `PAYMIG_STACK_CHANGES` has another one.
const CHANGES: usize = 40;

#[test]
fn diff_of_a_random_change_of_a_stack_file_is_the_plan_of_the_provider() -> anyhow::Result<()> {
    let count = variable("PAYMIG_STACK_CHANGES").unwrap_or(CHANGES);
    let seed = variable("PAYMIG_MUTATION_SEED").unwrap_or(1);
    let mut random = Rng::with_seed(u64::try_from(seed)?);
    let mut planner = Planner::new(Provider::start()?);
    let bases = bases(&mut planner)?;
    let donors = donors()?;
    let (mut compared, mut rejected, mut actions, mut open) = (0, 0, 0, 0);
    let mut wrong = Vec::new();
    while compared < count {
        let base = &bases[random.usize(..bases.len())];
        let Some((description, text)) = change(base.text, &donors, &mut random) else {
            continue;
        };
        let source = StackSource::new("changed.toml", text);
        let composed = load(&source, &base.deployment.selection())
            .and_then(|loaded| compose::compose(&loaded));
        let Ok(system) = composed else {
            rejected += 1;
            continue;
        };
        let id = base.deployment.id();
        let Ok(planned) = planner.plan(&base.state, &system.tree) else {
            rejected += 1;
            continue;
        };
        compared += 1;
        actions += planned.len();
        let after = Configuration::of(&system.tree, &id)?;
        let diff = diff::plan(&base.configuration, &after, effect_table());
        let depending = |it: &&diff::ResourceChange| it.certainty != Certainty::Certain;
        open += diff.changes.iter().filter(depending).count();
        let found = disagreements(&planned, &diff);
        if !found.is_empty() {
            wrong.push(format!("{id}: {description}\n  {}", found.join("\n  ")));
        }
    }
    println!(
        "{compared} random changes of stack files with {actions} actions, seed {seed}; {open} actions depend on data sources; {rejected} other changes are rejected"
    );
    ensure!(
        wrong.is_empty(),
        "{} of {compared} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    Ok(())
}

/// A deployment that is applied at its default stage.
struct Base {
    deployment: Deployment,
    text: &'static str,
    state: State,
    configuration: Configuration,
}

fn bases(planner: &mut Planner) -> anyhow::Result<Vec<Base>> {
    let deployments = deployments().into_iter();
    let bases = deployments.map(|deployment| {
        let tree = deployment.at_default().tree;
        let id = deployment.id();
        let mut embedded = EMBEDDED.iter();
        let text = embedded.find(|(name, _)| *name == deployment.stack);
        Ok(Base {
            text: text.context("no such stack")?.1,
            state: planner.apply(&tree).with_context(|| id.clone())?,
            configuration: Configuration::of(&tree, &id)?,
            deployment,
        })
    });
    bases.collect()
}

/// The values that each key has in the embedded stack files.
type Donors = BTreeMap<String, Vec<Value>>;

fn donors() -> anyhow::Result<Donors> {
    let mut donors = Donors::new();
    for (_, text) in EMBEDDED {
        collect(&table(text)?, &mut donors);
    }
    Ok(donors)
}

fn table(text: &str) -> anyhow::Result<Value> {
    Ok(serde_json::to_value(toml::from_str::<toml::Table>(text)?)?)
}

fn collect(value: &Value, donors: &mut Donors) {
    for (key, value) in value.as_object().into_iter().flatten() {
        collect(value, donors);
        let values = donors.entry(key.clone()).or_default();
        if !values.contains(value) {
            values.push(value.clone());
        }
    }
}

/// Changes the stack file, and describes the change. None if nothing changes.
fn change(text: &str, donors: &Donors, random: &mut Rng) -> Option<(String, String)> {
    if random.u8(..5) == 0 {
        let sections = named_sections(text);
        let section = random.choice(&sections)?;
        let new = format!("{}-x", section.name);
        let keys = keys_of_rename(section);
        let keys: &[(&str, &str)] = if random.bool() { &keys } else { &[] };
        let description = format!("{} renamed with {} keys", section.path(), keys.len());
        return Some((description, renamed(text, section, &new, keys)));
    }
    let mut stack = table(text).ok()?;
    let mut paths = Vec::new();
    keys(&stack, "", &mut paths);
    let path = random.choice(&paths)?.clone();
    let (parent, key) = path.rsplit_once('/')?;
    let description = {
        let table = stack.pointer_mut(parent)?.as_object_mut()?;
        let value = table.get_mut(key)?;
        match random.u8(..6) {
            0 => {
                table.remove(key)?;
                "removed".to_owned()
            }
            1 | 2 => {
                let donor = random.choice(donors.get(key)?)?;
                if value == donor {
                    return None;
                }
                *value = donor.clone();
                format!("= {donor}")
            }
            _ => change_value(value, random)?,
        }
    };
    let text = toml::to_string(&stack).ok()?;
    Some((format!("{path} {description}"), text))
}

/// The pointer of each key.
fn keys(value: &Value, at: &str, found: &mut Vec<String>) {
    for (key, value) in value.as_object().into_iter().flatten() {
        let path = format!("{at}/{key}");
        keys(value, &path, found);
        found.push(path);
    }
}

fn change_value(value: &mut Value, random: &mut Rng) -> Option<String> {
    match value {
        Value::Bool(truth) => *truth = !*truth,
        Value::Number(number) => {
            let number = number.as_i64()?;
            let factors = [number + 1, number - 1, number * 2];
            *value = (*random.choice(factors.iter())?).into();
        }
        Value::String(text) => {
            let (head, tail) = text.split_once("10.")?;
            *text = format!("{head}11.{tail}");
        }
        Value::Array(items) => {
            if random.bool() {
                items.reverse();
            } else {
                items.pop()?;
            }
        }
        Value::Object(_) | Value::Null => return None,
    }
    Some(format!("= {value}"))
}
