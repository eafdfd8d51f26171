//! Portability of sections: a section of one stack file in another loads, or is an error with help.

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

/// Sections that every stack has for itself.
const OWN: [&str; 6] = [
    "stack",
    "title",
    "regions",
    "naming",
    "tags",
    "environments",
];

/// A stack file with a section of another, and the sections that it refers to.
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
        let donor = relocated(&base, table(from)?)?;
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

/// Moves the sections of `donor` into the first network and the first and last region of `base`.
fn relocated(base: &Table, donor: Table) -> anyhow::Result<Table> {
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
            ("replica" | "secondary", Value::Table(copy)) if copy.contains_key("region") => {
                Table::from_iter([("region".to_owned(), region.1.into())]).into()
            }
            ("network", Value::String(_)) => network.into(),
            ("networks", Value::Array(_)) => vec![network].into(),
            ("weights", Value::Table(_)) => {
                Table::from_iter([(network.to_owned(), 100.into())]).into()
            }
            (_, value) => moved(value, region, network),
        };
        (key, value)
    });
    Value::Table(entries.collect())
}

/// Adds a section that the table lacks, or the entries that the table lacks in it.
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

/// Adds the missing sections that the messages name, until no reference is missing.
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

    /// Synthesizes the environment in phase `migration`.
    fn configuration(&self) -> anyhow::Result<Result<String, Diagnostics>> {
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
                let mut configuration = Vec::new();
                synth::write(&system.tree, "graft", &mut configuration)?;
                Ok(Ok(String::from_utf8(configuration)?))
            }
            Err(refused) => Ok(Err(refused)),
        }
    }
}

#[test]
fn section_of_another_stack_loads_or_is_an_error_with_help() -> anyhow::Result<()> {
    let mut unhelpful = BTreeSet::new();
    for (onto, _) in EMBEDDED {
        let mut outcomes = String::new();
        for graft in grafts(onto)? {
            let outcome = match graft.configuration()? {
                Ok(_) => "loads".to_owned(),
                Err(refused) => {
                    let errors: Vec<_> = refused
                        .iter()
                        .filter(|diagnostic| diagnostic.severity == Severity::Error)
                        .collect();
                    let mut messages = BTreeSet::new();
                    for error in errors {
                        let whole = format!("{error:?}");
                        ensure!(refused.position(error).is_some(), "no position: {whole}");
                        if error.help.is_empty() && error.label.is_none() {
                            unhelpful.insert(error.message.clone());
                        }
                        messages.insert(error.message.as_str());
                    }
                    format!(
                        "refused: {}",
                        messages.into_iter().collect::<Vec<_>>().join("; ")
                    )
                }
            };
            let Graft { section, from, .. } = &graft;
            writeln!(outcomes, "{section} of {from}: {outcome}")?;
        }
        insta::with_settings!({ snapshot_path => "../snapshots/grafts", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(onto, outcomes);
        });
    }
    ensure!(unhelpful.is_empty(), "no help with {unhelpful:#?}");
    Ok(())
}

#[test]
fn stack_with_a_section_of_another_stack_validates_in_terraform() -> anyhow::Result<()> {
    let harness = support::harness()?;
    let mut configurations = Vec::new();
    // Some sections have no effect alone.
    let mut seen = BTreeSet::new();
    for (onto, _) in EMBEDDED {
        let alone = Graft {
            section: "nothing".to_owned(),
            from: onto,
            onto,
            stack: table(onto)?,
        };
        for graft in [alone].into_iter().chain(grafts(onto)?) {
            if let Ok(configuration) = graft.configuration()?
                && seen.insert(configuration.clone())
            {
                let name = format!("{onto}-{}-{}", graft.section, graft.from);
                configurations.push((name, configuration));
            }
        }
    }
    ensure!(
        configurations.len() > EMBEDDED.len(),
        "too few sections load"
    );
    let configurations: Vec<(&str, &str)> = configurations
        .iter()
        .map(|(name, configuration)| (name.as_str(), configuration.as_str()))
        .collect();
    harness.terraform().validate_many(&configurations)
}
