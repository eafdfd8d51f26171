//! The table of effects: `make effects` writes it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, ensure};
use paymig::diff::{EffectTable, effect_table};
use paymig::retention::{RETAINED, RetentionReason};
use provider_plugin::Value;
use serde_json::Value as Json;

use crate::deployments::deployments;
use crate::planner::Planner;
use crate::probes::{changes_when_applied, probe};
use crate::provider::Provider;

/// Whether a test run measures the effects of a type again. Those that hold data are; all types take many minutes.
fn is_compared(type_name: &str) -> bool {
    RETAINED
        .iter()
        .any(|retained| retained.type_name == type_name && retained.reason == RetentionReason::Data)
}

#[test]
fn effects_are_those_that_the_provider_plans() -> anyhow::Result<()> {
    let mut planner = Planner::new(Provider::start()?);
    let bases = bases(&mut planner)?;
    let mut provider = planner.into_provider();
    ensure_applied_bases_are_unchanged(&mut provider, &bases)?;
    let is_blessing = std::env::var_os("PAYMIG_BLESS").is_some();
    let only = std::env::var("PAYMIG_EFFECT_TYPES").unwrap_or_default();
    let only: Vec<&str> = only.split_whitespace().collect();
    let is_selected = |type_name: &str| only.is_empty() || only.contains(&type_name);
    let mut table = if only.is_empty() {
        EffectTable::new()
    } else {
        effect_table().clone()
    };
    for type_name in types()? {
        let none = Vec::new();
        let bases = bases.get(&type_name).unwrap_or(&none);
        let is_skipped = !is_blessing && !is_compared(&type_name);
        if is_skipped || !is_selected(&type_name) {
            continue;
        }
        let effects = probe(&mut provider, &type_name, bases).with_context(|| type_name.clone())?;
        table.insert(type_name, effects);
    }
    if is_blessing {
        let file = fixture("effects.json");
        std::fs::write(file, serde_json::to_string_pretty(&table)? + "\n")?;
        return Ok(());
    }
    let known = effect_table();
    let different: Vec<&String> = table
        .iter()
        .filter(|(name, effects)| known.get(*name) != Some(effects))
        .map(|(name, _)| name)
        .collect();
    ensure!(
        different.is_empty() && known.len() == types()?.len(),
        "fixtures/provider/effects.json is not what the provider plans for {different:?}; run `make effects`"
    );
    Ok(())
}

/// Fails if a plan of an applied configuration changes something.
///
/// A probe compares with the state that the same configuration has after an apply. If the state contained a value that AWS
/// does not return, every probe would find a change.
fn ensure_applied_bases_are_unchanged(
    provider: &mut Provider,
    bases: &BTreeMap<String, Vec<Value>>,
) -> anyhow::Result<()> {
    let mut wrong = BTreeSet::new();
    for (type_name, bases) in bases {
        for base in bases {
            let changed = changes_when_applied(provider, type_name, base)?;
            if !changed.is_empty() {
                wrong.insert(format!("{type_name}: {changed:?}"));
            }
        }
    }
    ensure!(wrong.is_empty(), "an apply leaves changes: {wrong:?}");
    Ok(())
}

/// Configurations of each type in the embedded stacks, each with other arguments, nested ones included.
fn bases(planner: &mut Planner) -> anyhow::Result<BTreeMap<String, Vec<Value>>> {
    let mut bases: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for deployment in deployments() {
        for stage in deployment.stages() {
            let tree = &stage.system.tree;
            let state = planner.apply(tree).with_context(|| deployment.id())?;
            for node in tree.nodes() {
                let Some(resource) = state.get(&node.address()) else {
                    continue;
                };
                let mut names = BTreeSet::new();
                argument_names("", resource.configuration(), &mut names);
                if seen.insert((node.type_name(), names)) {
                    let bases = bases.entry(node.type_name().to_owned()).or_default();
                    bases.push(resource.configuration().clone());
                }
            }
        }
    }
    Ok(bases)
}

/// The names of the arguments that `value` has, nested ones included.
fn argument_names(at: &str, value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Null => {}
        Value::List(items) => items.iter().for_each(|it| argument_names(at, it, names)),
        Value::Object(entries) => {
            for (name, value) in entries {
                argument_names(&format!("{at}.{name}"), value, names);
            }
        }
        _ => {
            names.insert(at.to_owned());
        }
    }
}

/// Every type that paymig can emit.
fn types() -> anyhow::Result<Vec<String>> {
    let schema: Json = serde_json::from_str(&std::fs::read_to_string(fixture("schema.json"))?)?;
    let types = schema["resource_schemas"].as_object();
    Ok(types.context("no resources")?.keys().cloned().collect())
}

fn fixture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/provider")
        .join(name)
}
