//! Rehearsals of deployed stacks, and the one that `make rehearsal` runs.

use std::env;
use std::fs;

use anyhow::{Context as _, bail};
use paymig::config::{Selection, StackSource};

use crate::estate::Estate;
use crate::support;
use crate::support::rehearsal::Rehearsal;
use crate::support::stacks::selection;

/// Runs the migration of an estate in phase `migration` to the end of its soak, and prints the report.
#[expect(clippy::print_stdout, reason = "the report is the result")]
pub(crate) fn rehearse(rehearsal: &Rehearsal, estate: &mut Estate<'_>) -> anyhow::Result<()> {
    let mut program = estate.aws.python_command(&["-m", "rehearsal"])?;
    program.env("AWS_DEFAULT_REGION", estate.region()?);
    let report = rehearsal.run(program, |percent| estate.shift_traffic(percent))?;
    println!("{report}");
    Ok(())
}

/// `STACK` is the path of a stack file, and `ENVIRONMENT` one of its environments. `FIXTURES` are configurations of
/// `fixtures/terraform` or absolute paths, separated by spaces, which create what the stack looks up.
#[test]
#[ignore = "`make rehearsal` runs it with a stack file"]
fn rehearsal_of_a_stack_file() -> anyhow::Result<()> {
    let variable = |name| env::var(name).with_context(|| format!("{name} is not set"));
    let path = variable("STACK")?;
    let source = StackSource::new(&path, fs::read_to_string(support::root().join(&path))?);
    let rehearsal = Rehearsal::prepare()?;
    let selection = Selection {
        set: vec!["state.backend=local".to_owned()],
        ..selection(&variable("ENVIRONMENT")?)?
    };
    let selection = rehearsal.with_settings(&source, selection)?;
    let fixtures = variable("FIXTURES")?;
    let fixtures: Vec<_> = fixtures.split_whitespace().collect();
    let harness = support::harness()?;
    let mut estate = Estate::prepare(&harness, &source, selection, &fixtures)?;
    let stages = estate.stages()?;
    let [legacy, migration, .., production] = stages.as_slice() else {
        bail!("{stages:?} is no migration");
    };
    estate.enter(*legacy)?;
    estate.enter(*migration)?;
    rehearse(&rehearsal, &mut estate)?;
    estate.enter(*production)?;
    estate.destroy()
}
