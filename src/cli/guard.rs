//! `paymig guard`.

use paymig::guard::Guarded;

use super::composed::Composed;
use super::console::{self, Console};
use super::outcome::{CommandResult, Outcome};
use super::selection;
use super::variables::Variables;

/// Write a policy that fails each plan of an environment that destroys a stateful resource
///
/// The policy is in Rego, for conftest and Open Policy Agent. It reads the output of `terraform show -json`, and lists the
/// resources of this environment that are stateful, or that external systems refer to.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  paymig guard --env production --suffix abc123 > policy/production.rego
  terraform plan -out=plan.bin && terraform show -json plan.bin > plan.json
  conftest test --policy policy plan.json")]
pub(super) struct Arguments {
    #[command(flatten)]
    selection: selection::Arguments,
}

pub(super) fn run(arguments: &Arguments, console: Console, variables: &Variables) -> CommandResult {
    let source = arguments.selection.source(variables)?;
    let environment = arguments.selection.environment("a policy")?;
    let suffix = arguments.selection.suffix(variables)?;
    let selection = arguments.selection.of(environment.clone(), suffix);
    let composed = Composed::new(&source, &selection)?;
    console.report(&[composed.warnings()]);
    let guarded = Guarded {
        configuration: &composed.id(),
        identity: &composed.system.identity,
        tree: &composed.system.tree,
    };
    let policy = guarded.to_rego();
    console::print(|out| out.write_all(policy.as_bytes()))?;
    Ok(Outcome::Success)
}
