//! Every section of the vocabulary is for every stack: a section of one stack file, put into another, loads
//! or is refused with a message that helps.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::support;
use crate::support::stacks::{embedded, selection};
use anyhow::{Context as _, ensure};
use paymig::compose;
use paymig::config::{EMBEDDED, Phase, StackSource, load, load_all};
use paymig::diagnostic::{Diagnostics, Severity};
use paymig::terraform::synth;
use toml::{Table, Value};

/// What makes a stack itself, and so is in each.
const OWN: [&str; 6] = [
    "stack",
    "title",
    "regions",
    "naming",
    "tags",
    "environments",
];

/// A section of one stack file in another, with what it refers to.
struct Graft {
    section: String,
    from: &'static str,
    onto: &'static str,
    stack: Table,
}

fn table(stack: &str) -> anyhow::Result<Table> {
    Ok(embedded(stack)?.text().parse()?)
}

fn grafts(onto: &'static str) -> anyhow::Result<Vec<Graft>> {
    let base = table(onto)?;
    let mut grafts = Vec::new();
    for (from, _) in EMBEDDED.iter().filter(|(from, _)| *from != onto) {
        let donor = at_home_in(&base, table(from)?)?;
        for (section, value) in &donor {
            if OWN.contains(&section.as_str()) {
                continue;
            }
            let mut stack = base.clone();
            insert(&mut stack, section, value);
            if stack != base {
                complete(&mut stack, &donor)?;
                grafts.push(Graft {
                    section: section.clone(),
                    from,
                    onto,
                    stack,
                });
            }
        }
    }
    Ok(grafts)
}

/// The sections of `donor`, in the first network and the first and last region of `base`.
fn at_home_in(base: &Table, donor: Table) -> anyhow::Result<Table> {
    let regions = base.get("regions").and_then(Value::as_array);
    let region =
        regions.and_then(|regions| Some((regions.first()?.as_str()?, regions.last()?.as_str()?)));
    let networks = base.get("network").and_then(Value::as_table);
    let network = networks.and_then(|networks| networks.keys().next());
    let (region, network) = region.zip(network).context("a region and a network")?;
    let Value::Table(donor) = moved(Value::Table(donor), region, network) else {
        anyhow::bail!("a table stays a table");
    };
    Ok(donor)
}

fn moved(value: Value, region: (&str, &str), network: &str) -> Value {
    let Value::Table(table) = value else {
        return value;
    };
    let entries = table.into_iter().map(|(key, value)| {
        let value = match (key.as_str(), value) {
            ("region", Value::String(_)) => region.0.into(),
            ("replica", Value::Table(replica)) if replica.contains_key("region") => {
                Table::from_iter([("region".to_owned(), region.1.into())]).into()
            }
            ("network", Value::String(_)) => network.into(),
            ("networks", Value::Array(_)) => vec![network].into(),
            ("shares", Value::Table(_)) => {
                Table::from_iter([(network.to_owned(), 100.into())]).into()
            }
            (_, value) => moved(value, region, network),
        };
        (key, value)
    });
    Value::Table(entries.collect())
}

/// Adds what the table lacks: a whole section, or those of its entries that have another name.
fn insert(table: &mut Table, key: &str, value: &Value) {
    match (table.get_mut(key), value) {
        (Some(Value::Table(there)), Value::Table(entries)) => {
            for (name, entry) in entries {
                if key == "existing" && there.contains_key(name) {
                    insert(there, name, entry);
                } else {
                    there.entry(name).or_insert_with(|| entry.clone());
                }
            }
        }
        (Some(_), _) => {}
        (None, value) => {
            table.insert(key.to_owned(), value.clone());
        }
    }
}

/// Adds the sections of `donor` that are referred to and missing, until there are none, as the messages name them.
fn complete(stack: &mut Table, donor: &Table) -> anyhow::Result<()> {
    loop {
        let Err(refused) = load_all(&StackSource::new("graft.toml", stack.to_string()), &[]) else {
            return Ok(());
        };
        let before = stack.clone();
        for diagnostic in refused.iter() {
            let missing = diagnostic.message.strip_prefix("there is no [");
            let missing = missing.and_then(|rest| rest.strip_suffix(']'));
            if let Some(missing) = missing {
                let path: Vec<&str> = missing.split('.').collect();
                carry(stack, donor, &path);
            }
        }
        if *stack == before {
            return Ok(());
        }
    }
}

fn carry(stack: &mut Table, donor: &Table, path: &[&str]) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    match donor.get(*first) {
        Some(Value::Table(below)) if !rest.is_empty() => {
            let there = stack.entry(*first).or_insert_with(|| Table::new().into());
            if let Value::Table(there) = there {
                carry(there, below, rest);
            }
        }
        Some(value) => insert(stack, first, value),
        None => {}
    }
}

impl Graft {
    fn source(&self) -> StackSource {
        StackSource::new(format!("{}.toml", self.onto), self.stack.to_string())
    }

    /// The document of the environment that the migration runs in.
    fn document(&self) -> anyhow::Result<Result<String, Diagnostics>> {
        let source = self.source();
        let all = match load_all(&source, &[]) {
            Ok(all) => all,
            Err(refused) => return Ok(Err(refused)),
        };
        let mut environments = all.stack.environments.iter();
        let (environment, _) = environments
            .find(|(_, environment)| environment.phase == Phase::Migration)
            .context("no environment is in phase migration")?;
        let selection = selection(environment.as_str())?;
        let composed = load(&source, &selection).and_then(|loaded| compose::compose(&loaded));
        match composed {
            Ok(system) => {
                let mut document = Vec::new();
                synth::write(&system.tree, "graft", &mut document)?;
                Ok(Ok(String::from_utf8(document)?))
            }
            Err(refused) => Ok(Err(refused)),
        }
    }
}

#[test]
fn a_section_of_another_stack_loads_or_is_refused_with_help() -> anyhow::Result<()> {
    let mut unhelpful = BTreeSet::new();
    for (onto, _) in EMBEDDED {
        let mut told = String::new();
        for graft in grafts(onto)? {
            let outcome = match graft.document()? {
                Ok(_) => "loads".to_owned(),
                Err(refused) => {
                    let errors: Vec<_> = refused
                        .iter()
                        .filter(|diagnostic| diagnostic.severity == Severity::Error)
                        .collect();
                    let mut said = BTreeSet::new();
                    for error in errors {
                        let whole = format!("{error:?}");
                        ensure!(refused.position(error).is_some(), "no position: {whole}");
                        if error.help.is_empty() && error.label.is_none() {
                            unhelpful.insert(error.message.clone());
                        }
                        said.insert(error.message.as_str());
                    }
                    format!(
                        "refused: {}",
                        said.into_iter().collect::<Vec<_>>().join("; ")
                    )
                }
            };
            let Graft { section, from, .. } = &graft;
            writeln!(told, "{section} of {from}: {outcome}")?;
        }
        insta::with_settings!({ snapshot_path => "../snapshots/grafts", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(onto, told);
        });
    }
    ensure!(unhelpful.is_empty(), "no help with {unhelpful:#?}");
    Ok(())
}

#[test]
fn what_loads_with_a_section_of_another_stack_is_valid_to_terraform() -> anyhow::Result<()> {
    let Some(engine) = support::engine() else {
        return Ok(());
    };
    let mut documents = Vec::new();
    // Some sections add nothing by themselves.
    let mut seen = BTreeSet::new();
    for (onto, _) in EMBEDDED {
        let alone = Graft {
            section: "nothing".to_owned(),
            from: onto,
            onto,
            stack: table(onto)?,
        };
        for graft in [alone].into_iter().chain(grafts(onto)?) {
            if let Ok(document) = graft.document()?
                && seen.insert(document.clone())
            {
                let name = format!("{onto}-{}-{}", graft.section, graft.from);
                documents.push((name, document));
            }
        }
    }
    ensure!(documents.len() > EMBEDDED.len(), "hardly anything loads");
    let documents: Vec<(&str, &str)> = documents
        .iter()
        .map(|(name, document)| (name.as_str(), document.as_str()))
        .collect();
    engine.terraform().validate_many(&documents)
}
