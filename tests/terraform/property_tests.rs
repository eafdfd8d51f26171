//! Property tests of generated stack files: the embedded ones with other sizes, regions, addresses, names and sections.
//!
//! A stack file that loads is valid by the schema, composes without a panic, and validates in Terraform.

use crate::support;
use crate::support::stacks::{embedded, selection};
use anyhow::{Context as _, anyhow, ensure};
use jsonschema::Validator;
use paymig::compose;
use paymig::config::{EMBEDDED, Phase, StackSource, load, load_all, schema};
use paymig::terraform::synth;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use toml::{Table, Value};

/// The number of generated stack files.
const CASES: u32 = 250;
/// The minimal percentage of stack files that load. With fewer, the tests show little.
const MIN_LOADED_PERCENT: u32 = 25;
/// The number of stack files that Terraform validates.
const SAMPLE: usize = 12;

/// A change of a stack file.
#[derive(Clone, Debug)]
enum Edit {
    /// Another value for the number at this position among all.
    Size(usize, i64),
    /// Another primary region.
    Region(&'static str),
    /// Other first two octets of the first network's addresses.
    Addresses(u8, u8),
    /// Another name for the section at this position among all.
    Name(usize, String),
    /// Removal of the section at this position among all.
    Without(usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    let size = prop_oneof![
        Just(0),
        Just(1),
        Just(2),
        3..40_i64,
        40..5_000_i64,
        Just(70_000)
    ];
    let regions = select(vec![
        "eu-central-1",
        "eu-west-1",
        "us-west-2",
        "ap-southeast-2",
        "us-east-1",
    ]);
    let octets = prop_oneof![
        (Just(10), any::<u8>()),
        (Just(172), 16..32_u8),
        any::<(u8, u8)>()
    ];
    prop_oneof![
        (any::<usize>(), size).prop_map(|(at, size)| Edit::Size(at, size)),
        regions.prop_map(Edit::Region),
        octets.prop_map(|(first, second)| Edit::Addresses(first, second)),
        (any::<usize>(), "[a-z][a-z0-9]{0,9}(-[a-z0-9]{1,4})?")
            .prop_map(|(at, name)| Edit::Name(at, name)),
        any::<usize>().prop_map(Edit::Without),
        any::<usize>().prop_map(Edit::Without),
    ]
}

fn stack_file() -> impl Strategy<Value = String> {
    let stacks = select(EMBEDDED.map(|(stack, _)| stack).to_vec());
    let edits = proptest::collection::vec(edit(), 1..4);
    (stacks, edits).prop_filter_map("an edit has a target", |(stack, edits)| {
        let mut text = embedded(stack).ok()?.text().to_owned();
        for edit in edits {
            text = edit.apply(text)?;
        }
        Some(text)
    })
}

impl Edit {
    fn apply(self, text: String) -> Option<String> {
        let mut table: Table = text.parse().ok()?;
        match self {
            Self::Region(region) => {
                let primary = table.get("regions")?.as_array()?.first()?.as_str()?;
                Some(text.replace(primary, region))
            }
            Self::Addresses(first, second) => {
                let networks = table.get("network")?.as_table()?;
                let cidr = networks.values().next()?.get("cidr")?.as_str()?;
                let mut octets = cidr.splitn(3, '.');
                let old = format!("\"{}.{}.", octets.next()?, octets.next()?);
                Some(text.replace(&old, &format!("\"{first}.{second}.")))
            }
            Self::Name(at, name) => {
                let sections = sections(&table);
                let (_, old) = sections.get(at.checked_rem(sections.len())?)?;
                let renamed = [
                    (format!(".{old}]"), format!(".{name}]")),
                    (format!(".{old}."), format!(".{name}.")),
                    (format!("\"{old}\""), format!("\"{name}\"")),
                    (format!("\n{old} = {{"), format!("\n{name} = {{")),
                ];
                let replace = |text: String, (old, new): &(String, String)| text.replace(old, new);
                Some(renamed.iter().fold(text, replace))
            }
            Self::Without(at) => {
                let sections = sections(&table);
                let (family, name) = sections.get(at.checked_rem(sections.len())?)?;
                let family = table.get_mut(family)?.as_table_mut()?;
                family.remove(name);
                Some(table.to_string())
            }
            Self::Size(at, size) => {
                let mut numbers = Vec::new();
                numbers_of(&mut table, &mut numbers);
                let at = at.checked_rem(numbers.len())?;
                **numbers.get_mut(at)? = size;
                Some(table.to_string())
            }
        }
    }
}

/// Returns the named sections: family and name.
fn sections(table: &Table) -> Vec<(String, String)> {
    let families = table.iter().filter(|(family, _)| *family != "environments");
    let entries = families.filter_map(|(family, value)| Some((family, value.as_table()?)));
    entries
        .flat_map(|(family, entries)| {
            let tables = entries.iter().filter(|(_, entry)| entry.is_table());
            tables.map(|(name, _)| (family.clone(), name.clone()))
        })
        .collect()
}

fn numbers_of<'t>(table: &'t mut Table, numbers: &mut Vec<&'t mut i64>) {
    for (_, value) in table.iter_mut() {
        match value {
            Value::Integer(number) => numbers.push(number),
            Value::Table(below) => numbers_of(below, numbers),
            _ => {}
        }
    }
}

/// Synthesizes the environment in phase `migration`. Returns `None` if the stack file is rejected.
fn configuration(text: &str) -> anyhow::Result<Option<String>> {
    let source = StackSource::new("generated.toml", text);
    let Ok(all) = load_all(&source, &[]) else {
        return Ok(None);
    };
    let mut environments = all.stack.environments.iter();
    let (environment, _) = environments
        .find(|(_, environment)| environment.phase == Phase::Migration)
        .context("no environment is in phase migration")?;
    let selection = selection(environment.as_str())?;
    let Ok(system) = load(&source, &selection).and_then(|loaded| compose::compose(&loaded)) else {
        return Ok(None);
    };
    let mut configuration = Vec::new();
    synth::write(&system.tree, "generated", &mut configuration)?;
    Ok(Some(String::from_utf8(configuration)?))
}

fn runner() -> TestRunner {
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

fn validator() -> anyhow::Result<Validator> {
    Ok(jsonschema::draft202012::new(&serde_json::to_value(
        schema(),
    )?)?)
}

#[test]
fn loaded_stack_is_valid_by_the_schema() -> anyhow::Result<()> {
    let validator = validator()?;
    let loaded = std::cell::Cell::new(0_u32);
    let outcome = runner().run(&stack_file(), |text| {
        let failed = |wrong: anyhow::Error| TestCaseError::fail(wrong.to_string());
        if configuration(&text).map_err(failed)?.is_some() {
            loaded.set(loaded.get() + 1);
            let table: Table = text.parse().map_err(|wrong| failed(anyhow!("{wrong}")))?;
            let value = serde_json::to_value(table).map_err(|wrong| failed(wrong.into()))?;
            let wrong: Vec<String> = validator
                .iter_errors(&value)
                .map(|wrong| format!("{}: {wrong}", wrong.instance_path()))
                .collect();
            if !wrong.is_empty() {
                return Err(TestCaseError::fail(wrong.join("\n")));
            }
        }
        Ok(())
    });
    outcome.map_err(|wrong| anyhow!("{wrong}"))?;
    let percent = loaded.get() * 100 / CASES;
    ensure!(percent >= MIN_LOADED_PERCENT, "only {percent} % load");
    Ok(())
}

#[test]
fn sampled_stack_validates_in_terraform() -> anyhow::Result<()> {
    let harness = support::harness()?;
    let (mut runner, stack_file) = (runner(), stack_file());
    let mut configurations = Vec::new();
    while configurations.len() < SAMPLE {
        let text = stack_file
            .new_tree(&mut runner)
            .map_err(|wrong| anyhow!("{wrong}"))?
            .current();
        if let Some(configuration) = configuration(&text)? {
            configurations.push((format!("generated-{}", configurations.len()), configuration));
        }
    }
    let configurations: Vec<(&str, &str)> = configurations
        .iter()
        .map(|(name, configuration)| (name.as_str(), configuration.as_str()))
        .collect();
    harness.terraform().validate_many(&configurations)
}
