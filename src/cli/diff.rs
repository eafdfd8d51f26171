//! `paymig diff`.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;

use anyhow::Context as _;
use clap::ValueEnum;

use paymig::config::{Phase, Selected, Selection, StackSource};
use paymig::diagnostic::Diagnostic;
use paymig::diff::{Configuration, Report, ReportContext, TransitionReport, effect_table, plan};
use paymig::newtypes::{EnvironmentName, Percent};
use paymig::transitions::{Route, Stage};

use super::composed::Composed;
use super::console::{self, Console};
use super::outcome::{CommandResult, Failure, Outcome};
use super::selection;
use super::variables::Variables;

/// Show what a transition creates, updates, replaces and destroys, without a plan and without credentials
///
/// The transition is from one phase and traffic weight of an environment to another, from a configuration that is
/// applied, or from the stack file as it was in a Git revision. It is unsafe if it replaces or destroys a resource that
/// is stateful, or that external systems refer to: the exit code is 1 then.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  paymig diff --env migration --from legacy --to migration
  paymig diff --stack containerized --env migration --from migration@10 --to migration@50
  paymig diff --stack stack.toml --env production --suffix abc123 --from-file deployed.tf.json
  paymig diff --stack stack.toml --env production --base origin/main --format markdown")]
pub(super) struct Arguments {
    /// The phase that is applied, with its traffic weight: `legacy`, `migration@50`
    #[arg(long, value_name = "PHASE[@PERCENT]", required_unless_present_any = ["from_file", "base"])]
    from: Option<Point>,
    /// The phase that would be applied. Default: `--phase` and `--traffic`, or the stack file
    #[arg(long, value_name = "PHASE[@PERCENT]", conflicts_with_all = ["phase", "traffic"])]
    to: Option<Point>,
    /// The Terraform JSON that is applied, as `synth`, cdktf or cdktn wrote it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from", "base"])]
    from_file: Option<PathBuf>,
    /// The Git revision whose stack file is applied
    #[arg(long, value_name = "REVISION", conflicts_with = "from")]
    base: Option<String>,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    selection: selection::Arguments,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// Text for a terminal
    #[default]
    Text,
    /// One JSON document
    Json,
    /// A comment on a pull request, of at most 65,536 bytes
    Markdown,
}

/// A point of a migration: a phase, and its traffic weight if that can be chosen.
#[derive(Clone, Copy, Debug)]
struct Point {
    phase: Phase,
    traffic: Option<Percent>,
}

impl FromStr for Point {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, percent) = match text.split_once('@') {
            Some((name, percent)) => (name, Some(percent)),
            None => (text, None),
        };
        let names = Phase::ALL.map(Phase::as_str).join(", ");
        let phase = Phase::named(name)
            .ok_or_else(|| format!("`{name}` is not a phase: write one of {names}"))?;
        let traffic = percent.map(|percent| {
            let digits = percent.strip_suffix('%').unwrap_or(percent);
            digits.parse().map_err(|error| format!("{error}"))
        });
        Ok(Self {
            phase,
            traffic: traffic.transpose()?,
        })
    }
}

pub(super) fn run(arguments: &Arguments, console: Console, variables: &Variables) -> CommandResult {
    let source = arguments.selection.source(variables)?;
    let environment = arguments.selection.environment("a transition")?;
    let suffix = arguments.selection.suffix_or_example(variables)?;
    let declared = arguments.selection.of(environment.clone(), suffix);
    let selection = at(&declared, arguments.to);
    let after = Composed::new(&source, &selection)?;
    console.report(&[after.warnings()]);
    let (before, from) = if let Some(file) = &arguments.from_file {
        (None, file.display().to_string())
    } else if let Some(revision) = &arguments.base {
        let former = source_at(&source, revision)?;
        let composed = Composed::new(&former, &selection)?;
        (Some(composed), format!("{} at {revision}", source.name()))
    } else {
        let composed = Composed::new(&source, &at(&declared, arguments.from))?;
        let label = label(&composed);
        (Some(composed), label)
    };
    let configuration = match (&before, &arguments.from_file) {
        (Some(before), _) => Configuration::of(&before.system.tree, &before.id())?,
        (None, Some(file)) => read(file)?,
        (None, None) => Configuration::default(),
    };
    let changes = plan(
        &configuration,
        &Configuration::of(&after.system.tree, &after.id())?,
        effect_table(),
    );
    let from_stage = before.as_ref().and_then(stage);
    let to_stage = stage(&after);
    let route = from_stage
        .zip(to_stage)
        .map(|(from, to)| Route::between(&after.loaded.stack, from, to));
    let ends_lossless_rollback =
        matches!(&route, Some(Route::Step(step)) if step.ends_lossless_rollback());
    let transition = route.and_then(|route| TransitionReport::new(&after.loaded.stack, &route));
    let mut sources = before.as_ref().map(sources).unwrap_or_default();
    sources.extend(self::sources(&after));
    let report = Report::new(
        &changes,
        ReportContext {
            configuration: after.id(),
            from,
            to: label(&after),
            ends_lossless_rollback,
            transition,
            sources,
        },
    );
    print(&report, arguments.format)?;
    Ok(if report.is_safe {
        Outcome::Success
    } else {
        Outcome::CheckFailed
    })
}

fn print(report: &Report, format: Format) -> Result<(), Failure> {
    let text = match format {
        Format::Text => report.to_string(),
        Format::Markdown => report.to_markdown(),
        Format::Json => {
            let json = serde_json::to_string_pretty(report).map_err(anyhow::Error::from)?;
            format!("{json}\n")
        }
    };
    console::print(|out| out.write_all(text.as_bytes()))
}

/// The selection at another point of the migration.
fn at(selection: &Selection, point: Option<Point>) -> Selection {
    let Some(Point { phase, traffic }) = point else {
        return selection.clone();
    };
    Selection {
        phase: Some(phase),
        traffic,
        ..selection.clone()
    }
}

/// The stage of the migration. None for `bootstrap`, which is in no migration.
fn stage(composed: &Composed) -> Option<Stage> {
    match &composed.loaded.selected {
        Selected::Bootstrap => None,
        Selected::Environment(target) => Some(Stage::new(
            &composed.loaded.stack,
            target.phase,
            target.traffic,
        )),
    }
}

fn label(composed: &Composed) -> String {
    stage(composed).map_or_else(
        || EnvironmentName::bootstrap().to_string(),
        |stage| stage.to_string(),
    )
}

/// The place in the stack file of each resource: `stack.toml:12`.
fn sources(composed: &Composed) -> BTreeMap<String, String> {
    let tree = &composed.system.tree;
    let map = composed.loaded.source_map();
    let nodes = tree.nodes().iter();
    let found = nodes.filter_map(|node| {
        let position = map.position(tree.key_path(node).clone())?;
        let place = format!("{}:{}", position.file, position.line);
        Some((node.address(), place))
    });
    found.collect()
}

fn read(file: &Path) -> Result<Configuration, Failure> {
    let name = file.display();
    let text = std::fs::read(file).with_context(|| format!("cannot read {name}"))?;
    Configuration::parse(&text).map_err(|error| {
        let message = format!("`--from-file` is {name}, which is not Terraform JSON: {error:#}");
        let help = "write the path of a `cdk.tf.json`, or of the output of `paymig synth`";
        Failure::from(Diagnostic::error(message).help(help))
    })
}

/// The stack file as it was in a Git revision.
fn source_at(source: &StackSource, revision: &str) -> Result<StackSource, Failure> {
    let path = Path::new(source.name());
    let file = path
        .file_name()
        .unwrap_or_else(|| OsStr::new(source.name()));
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let object = format!("{revision}:./{}", file.display());
    let output = Command::new("git")
        .arg("-C")
        .arg(folder.unwrap_or_else(|| Path::new(".")))
        .args(["show", "--end-of-options", &object])
        .output()
        .context("`--base` needs git, which cannot be started")?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        let message = format!(
            "`--base` is `{revision}`, where git finds no {}: {}",
            path.display(),
            reason.trim()
        );
        let help = "write a revision that has the stack file, and `--stack FILE` for a file in a repository";
        return Err(Diagnostic::error(message).help(help).into());
    }
    let text =
        String::from_utf8(output.stdout).map_err(|_| anyhow::anyhow!("{object} is not UTF-8"))?;
    Ok(StackSource::new(
        format!("{revision}:{}", path.display()),
        text,
    ))
}
