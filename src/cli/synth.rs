//! `paymig synth`.

use std::path::Path;

use paymig::compose;
use paymig::config::{self, Selection, StackSource};
use paymig::diagnostic::{Diagnostic, KeySegment, Location};
use paymig::newtypes::{EnvironmentName, Suffix};
use paymig::side_by_side;
use paymig::terraform::synth::{self, Annotation, Coverage, Outdir, Stack};

use super::composed::{Composed, stack_id};
use super::console::{self, Console};
use super::destination::Destination;
use super::outcome::{CommandResult, Failure, Outcome};
use super::variables::Variables;
use super::{parallel, selection};

/// Write Terraform JSON to standard output, or a folder that cdktf and cdktn read
///
/// Without an output folder, the Terraform configuration of one environment is written to standard output;
/// `terraform apply` needs nothing else. With an output folder, each environment (or the one that --env
/// names) becomes a stack in it: manifest.json and stacks/<stack>-<environment>/cdk.tf.json. With --env, the
/// folder keeps the other stacks.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Write the layout of cdktf.out below DIR; `-` is standard output. The environment variable
    /// `CDKTF_OUTDIR` replaces this flag
    #[arg(short, long, value_name = "DIR", value_parser = Destination::parser())]
    output: Option<Destination>,
    /// Write no files: exit 1 if the output folder differs from what would be written, with the
    /// differences by construct on standard output. With `--env`, only that environment is compared
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    selection: selection::Arguments,
}

pub(super) fn run(arguments: &Arguments, console: Console, variables: &Variables) -> CommandResult {
    let source = arguments.selection.source(variables)?;
    let suffix = arguments.selection.suffix(variables)?;
    let folder = variables.outdir.clone().map(Destination::Path);
    let (composed, outcome) = match arguments.output.clone().or(folder) {
        Some(Destination::Path(dir)) => {
            let composed = compose_all(&source, &selections(arguments, &source, suffix)?)?;
            check_side_by_side(&source, &arguments.selection.set, &composed)?;
            let outdir = outdir(arguments, &composed)?;
            let outcome = if arguments.check {
                check(&outdir, &dir)?
            } else {
                outdir.write(&dir)?;
                Outcome::Success
            };
            (composed, outcome)
        }
        Some(Destination::StandardOutput) | None => {
            if arguments.check {
                return Err(Diagnostic::error("`--check` needs an output folder")
                    .help("add `-o DIR`")
                    .into());
            }
            let Some(environment) = &arguments.selection.env else {
                return Err(no_environment(arguments, &source));
            };
            let selection = arguments.selection.of(environment.clone(), suffix);
            let composed = vec![Composed::new(&source, &selection)?];
            check_side_by_side(&source, &arguments.selection.set, &composed)?;
            for one in &composed {
                console::print(|out| synth::write(&one.system.tree, &one.id(), out))?;
            }
            (composed, Outcome::Success)
        }
    };
    // cdktf shows the annotations of the manifest, and shows all of standard error as errors.
    if variables.outdir.is_none() {
        let warnings: Vec<_> = composed.iter().map(Composed::warnings).collect();
        console.report(&warnings);
    }
    Ok(outcome)
}

/// Prints the differences between the files in `dir` and those that would be written.
fn check(outdir: &Outdir, dir: &Path) -> CommandResult {
    let differences = outdir.check(dir)?;
    if differences.is_empty() {
        return Ok(Outcome::Success);
    }
    console::print(|out| {
        differences
            .iter()
            .try_for_each(|difference| writeln!(out, "{difference}"))
    })?;
    Ok(Outcome::CheckFailed)
}

/// The environments in the output folder: the one that `--env` names, or all. `bootstrap` is the last, and
/// only present if it has resources.
fn selections(
    arguments: &Arguments,
    source: &StackSource,
    suffix: Suffix,
) -> Result<Vec<Selection>, Failure> {
    let flags = &arguments.selection;
    if let Some(environment) = &flags.env {
        return Ok(vec![flags.of(environment.clone(), suffix)]);
    }
    let all = config::load_all(source, &flags.set)?;
    flags.check_traffic_of_all(&all)?;
    let declared = all.environments.into_keys();
    let mut selections: Vec<_> = declared
        .map(|environment| flags.of(environment, suffix.clone()))
        .collect();
    if compose::has_bootstrap(&all.stack) {
        selections.push(flags.of_bootstrap(suffix));
    }
    Ok(selections)
}

/// Composes each selection, or returns the errors of all.
fn compose_all(source: &StackSource, selections: &[Selection]) -> Result<Vec<Composed>, Failure> {
    let mut composed = Vec::new();
    let mut wrong = Vec::new();
    for result in parallel::map(selections, |selection| Composed::new(source, selection)) {
        match result {
            Ok(one) => composed.push(one),
            Err(diagnostics) => wrong.push(diagnostics),
        }
    }
    if wrong.is_empty() {
        Ok(composed)
    } else {
        Err(Failure::Input(wrong))
    }
}

/// Checks that no two environments of the stack file claim the same.
fn check_side_by_side(
    source: &StackSource,
    set: &[String],
    composed: &[Composed],
) -> Result<(), Failure> {
    let pairs: Vec<_> = composed
        .iter()
        .map(|one| (&one.loaded, &one.system))
        .collect();
    side_by_side::check(source, set, &pairs).map_err(Failure::Input)
}

/// The output folder of composed environments. The others depend on `bootstrap`.
fn outdir(arguments: &Arguments, composed: &[Composed]) -> anyhow::Result<Outdir> {
    let bootstrap = EnvironmentName::bootstrap();
    let coverage = match (&arguments.selection.env, composed.first()) {
        (None, Some(one)) => Coverage::AllEnvironments(one.loaded.stack.stack.to_string()),
        _ => Coverage::GivenStacks,
    };
    let stacks = parallel::map(composed, |one| {
        let mut configuration = Vec::new();
        synth::write(&one.system.tree, &one.id(), &mut configuration)?;
        let waits = one.loaded.environment() != bootstrap;
        Ok(Stack {
            id: one.id(),
            configuration,
            warnings: annotations(one),
            dependencies: waits
                .then(|| stack_id(&one.loaded, &bootstrap))
                .into_iter()
                .collect(),
        })
    });
    let stacks = stacks.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
    Outdir::new(&stacks, coverage)
}

/// The warnings as annotations of cdktf, each at the construct of its section.
fn annotations(composed: &Composed) -> Vec<Annotation> {
    let warnings = composed.system.warnings.iter();
    warnings
        .map(|warning| {
            let mut path = composed.id();
            if let Some(Location::KeyPath(key_path)) = &warning.at {
                for segment in key_path.segments().iter().take(SECTION_DEPTH) {
                    if let KeySegment::Key(key) = segment {
                        path.push('/');
                        path.push_str(key);
                    }
                }
            }
            let parts: Vec<_> = std::iter::once(&warning.message)
                .chain(&warning.help)
                .map(String::as_str)
                .collect();
            Annotation {
                construct_path: path,
                message: parts.join("; "),
            }
        })
        .collect()
}

/// Keys in the path of a section, which are also the first components of its construct's path.
const SECTION_DEPTH: usize = 2;

/// The error of a command without an environment and without an output folder.
fn no_environment(arguments: &Arguments, source: &StackSource) -> Failure {
    let all = match config::load_all(source, &arguments.selection.set) {
        Ok(all) => all,
        Err(diagnostics) => return diagnostics.into(),
    };
    let names: Vec<_> = all.environments.keys().map(ToString::to_string).collect();
    Diagnostic::error("neither `--env` nor `-o` is given")
        .help(format!(
            "add `--env ENV` (one of {}), or `-o DIR` for all environments",
            names.join(", ")
        ))
        .into()
}
