//! Stack files that nobody wrote: the embedded ones with other sizes, regions, addresses and names, and with
//! sections left out. What loads is valid by the schema, composes without a panic, and is valid to Terraform.

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

/// How many stack files are generated.
const CASES: u32 = 250;
/// Of so many in a hundred that are generated, at least these load: else little is shown.
const LEAST_LOADED: u32 = 25;
/// How many of them Terraform sees.
const SAMPLE: usize = 12;

/// One thing that is different.
#[derive(Clone, Debug)]
enum Edit {
    /// A number somewhere, chosen by its position among all.
    Size(usize, i64),
    /// The primary region.
    Region(&'static str),
    /// The first two octets of the addresses of the first network.
    Addresses(u8, u8),
    /// Another name for a section, chosen by its position among all.
    Name(usize, String),
    /// A section or entry less, chosen by its position among all.
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
    (stacks, edits).prop_filter_map("an edit has its place", |(stack, edits)| {
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

/// The named sections: family and name.
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

/// The document of the environment that the migration runs in, unless the stack file is refused.
fn document(text: &str) -> anyhow::Result<Option<String>> {
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
    let mut document = Vec::new();
    synth::write(&system.tree, "generated", &mut document)?;
    Ok(Some(String::from_utf8(document)?))
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
fn what_loads_is_valid_by_the_schema() -> anyhow::Result<()> {
    let validator = validator()?;
    let loaded = std::cell::Cell::new(0_u32);
    let outcome = runner().run(&stack_file(), |text| {
        let failed = |wrong: anyhow::Error| TestCaseError::fail(wrong.to_string());
        if document(&text).map_err(failed)?.is_some() {
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
    let share = loaded.get() * 100 / CASES;
    ensure!(share >= LEAST_LOADED, "only {share} % load");
    Ok(())
}

#[test]
fn a_sample_of_what_loads_is_valid_to_terraform() -> anyhow::Result<()> {
    let Some(engine) = support::engine() else {
        return Ok(());
    };
    let (mut runner, stack_file) = (runner(), stack_file());
    let mut documents = Vec::new();
    while documents.len() < SAMPLE {
        let text = stack_file
            .new_tree(&mut runner)
            .map_err(|wrong| anyhow!("{wrong}"))?
            .current();
        if let Some(document) = document(&text)? {
            documents.push((format!("generated-{}", documents.len()), document));
        }
    }
    let documents: Vec<(&str, &str)> = documents
        .iter()
        .map(|(name, document)| (name.as_str(), document.as_str()))
        .collect();
    engine.terraform().validate_many(&documents)
}
