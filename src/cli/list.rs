//! `paymig list`.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};

use clap::ValueEnum;
use serde::Serialize;

use paymig::compose;
use paymig::config::{self, AllEnvironments, EMBEDDED, Phase, Prerequisite, Stack, StackSource};
use paymig::newtypes::{EnvironmentName, Region};

use super::console;
use super::outcome::{CommandResult, Failure, Outcome};
use super::selection::StackArgument;
use super::variables::Variables;

/// List the stacks: their environments, phases, traffic steps, regions and prerequisites
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    stack: StackArgument,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// A table
    #[default]
    Text,
    /// One JSON document
    Json,
}

pub(super) fn run(arguments: &Arguments, variables: &Variables) -> CommandResult {
    let sources = match arguments.stack.named(variables)? {
        Some(source) => vec![source],
        None => EMBEDDED
            .iter()
            .filter_map(|(name, _)| StackSource::embedded(name))
            .collect(),
    };
    let mut listed = Vec::new();
    for source in &sources {
        listed.push(Listed::new(&config::load_all(source, &[])?));
    }
    match arguments.format {
        Format::Text => {
            let texts: Vec<_> = listed.iter().map(ToString::to_string).collect();
            console::print(|out| out.write_all(texts.join("\n").as_bytes()))?;
        }
        Format::Json => {
            let json = serde_json::to_string_pretty(&listed)
                .map_err(|error| Failure::from(anyhow::Error::from(error)))?;
            console::print(|out| writeln!(out, "{json}"))?;
        }
    }
    Ok(Outcome::Success)
}

/// Summary of a stack.
#[derive(Debug, Serialize)]
struct Listed {
    stack: String,
    title: String,
    environments: Vec<Environment>,
    phases: Vec<&'static str>,
    traffic_steps: Vec<u8>,
    prerequisites: Vec<ListedPrerequisite>,
}

#[derive(Debug, Serialize)]
struct Environment {
    name: String,
    /// Absent for the reserved environment.
    phase: Option<&'static str>,
    /// The traffic weight of the new side that `synth` uses by default.
    traffic: Option<TrafficWeight>,
    regions: Vec<&'static str>,
}

/// The traffic weight of an environment with its phase.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
enum TrafficWeight {
    /// The workflow changes it.
    Workflow,
    /// The percentage in Terraform.
    #[serde(untagged)]
    Percent(u8),
}

impl TrafficWeight {
    /// The weight of an environment. `None` if the stack splits no traffic.
    fn new(stack: &Stack, environment: &config::Environment) -> Option<Self> {
        let phase = environment.phase;
        stack.traffic.as_ref()?;
        if phase == Phase::Migration && stack.is_traffic_managed_by_workflow() {
            return Some(Self::Workflow);
        }
        let percent = stack.declared_traffic(environment, phase);
        Some(Self::Percent(percent.get()))
    }
}

impl fmt::Display for TrafficWeight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workflow => f.write_str("workflow"),
            Self::Percent(percent) => percent.fmt(f),
        }
    }
}

/// A resource that must exist before the stack is planned.
#[derive(Debug, Serialize)]
struct ListedPrerequisite {
    kind: &'static str,
    name: String,
    region: Option<&'static str>,
}

impl Listed {
    fn new(all: &AllEnvironments) -> Self {
        let stack = &all.stack;
        let traffic = stack.traffic.iter();
        Self {
            stack: stack.stack.to_string(),
            title: stack.title.clone(),
            environments: environments(all),
            phases: Phase::ALL.map(Phase::as_str).to_vec(),
            traffic_steps: traffic
                .flat_map(|traffic| &traffic.steps)
                .map(|step| step.get())
                .collect(),
            prerequisites: prerequisites(all),
        }
    }
}

fn environments(all: &AllEnvironments) -> Vec<Environment> {
    let regions = |regions: &[Region]| regions.iter().map(|region| region.as_str()).collect();
    let declared = all.environments.iter().map(|(name, stack)| {
        let environment = stack.environments.get(name);
        Environment {
            name: name.to_string(),
            phase: environment.map(|it| it.phase.as_str()),
            traffic: environment.and_then(|it| TrafficWeight::new(stack, it)),
            regions: regions(&stack.regions),
        }
    });
    let bootstrap = compose::has_bootstrap(&all.stack).then(|| Environment {
        name: EnvironmentName::BOOTSTRAP.to_owned(),
        phase: None,
        traffic: None,
        regions: regions(&all.stack.regions),
    });
    declared.chain(bootstrap).collect()
}

/// The prerequisites of all environments.
fn prerequisites(all: &AllEnvironments) -> Vec<ListedPrerequisite> {
    let stacks = all.environments.values();
    let all: BTreeSet<Prerequisite> = stacks.flat_map(Stack::prerequisites).collect();
    all.into_iter()
        .map(|Prerequisite { kind, name, region }| ListedPrerequisite { kind, name, region })
        .collect()
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.stack, self.title)?;
        let environments = self.environments.iter().map(|environment| {
            [
                environment.name.clone(),
                environment.phase.unwrap_or("-").to_owned(),
                environment
                    .traffic
                    .map_or_else(|| "-".to_owned(), |weight| weight.to_string()),
                environment.regions.join(", "),
            ]
        });
        table(
            f,
            ["environment", "phase", "traffic", "regions"],
            environments,
        )?;
        let prerequisites = self.prerequisites.iter().map(|prerequisite| {
            let region = prerequisite.region.unwrap_or("-").to_owned();
            [
                prerequisite.kind.to_owned(),
                prerequisite.name.clone(),
                region,
            ]
        });
        if prerequisites.len() > 0 {
            table(f, ["prerequisites", "name", "region"], prerequisites)?;
        }
        let steps: Vec<_> = self.traffic_steps.iter().map(u8::to_string).collect();
        if !steps.is_empty() {
            writeln!(f, "  traffic steps: {}", steps.join(", "))?;
        }
        writeln!(f, "  phases: {}", self.phases.join(", "))
    }
}

/// Writes rows in aligned columns below a header in capitals.
fn table<const N: usize>(
    f: &mut fmt::Formatter<'_>,
    header: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> fmt::Result {
    let header = header.map(str::to_uppercase);
    let rows: Vec<[String; N]> = std::iter::once(header).chain(rows).collect();
    let widths = rows.iter().fold([0; N], |mut widths, row| {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
        widths
    });
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            write!(line, "  {cell:width$}")?;
        }
        writeln!(f, "{}", line.trim_end())?;
    }
    Ok(())
}
