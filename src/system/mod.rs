//! From decisions to a tree: the one place that knows what belongs together, and in which order.
//!
//! Only here is the phase read. Constructs get what follows from it: a capacity, a list of members.

mod alarms;
mod application_secrets;
mod authorizers;
mod bootstrap;
mod checks;
mod dashboards;
mod edge;
mod environment;
mod fargate;
mod functions;
mod hands;
mod operations;
mod outputs;
mod replications;
mod rotations;
mod uses;
mod workflows;

use crate::config::{Backend, BudgetAlarm, Loaded, Singleton, Stack, Target};
use crate::constructs::{budget, state};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::names::{self, Names};
use crate::quantity::EnvironmentName;
use crate::tree::Tree;

/// A composed system: its tree, and what the reader should know.
#[derive(Debug)]
pub struct System {
    /// Everything that Terraform gets.
    pub tree: Tree,
    /// Warnings of loading and of composing.
    pub warnings: Vec<Diagnostic>,
    names: Names,
}

impl System {
    /// The longest suffix that every name of this environment has room for, in characters.
    pub fn longest_suffix(&self) -> usize {
        names::longest_suffix(&self.tree, &self.names)
    }
}

/// Composes the system that `loaded` describes, for its target.
///
/// Fails with everything that is wrong: clashes of paths, names that AWS would refuse.
pub fn compose(loaded: &Loaded) -> Result<System, Diagnostics> {
    let names = names_for(loaded, loaded.environment());
    let mut tree = tree_for(loaded);
    match &loaded.target {
        Target::Bootstrap => bootstrap::compose(&mut tree, &names, &loaded.stack),
        Target::Environment(stage) => {
            if loaded.stack.state.backend == Backend::S3 {
                let bootstrap = names_for(loaded, EnvironmentName::bootstrap());
                let region = loaded.stack.primary_region();
                tree.set_backend(state::backend(
                    &bootstrap,
                    region,
                    stage.environment.as_str(),
                ));
            }
            environment::compose(&mut tree, &names, &loaded.stack, stage);
        }
    }
    let mut wrong = names::check(&tree, &names);
    match tree.finish() {
        Ok((tree, found)) if wrong.is_empty() => Ok(System {
            tree,
            warnings: loaded.warnings.iter().cloned().chain(found).collect(),
            names,
        }),
        Ok((_, found)) | Err(found) => {
            wrong.extend(found);
            Err(loaded.diagnostics(wrong))
        }
    }
}

/// Whether the reserved environment `bootstrap` holds anything for this stack.
pub fn has_bootstrap(stack: &Stack) -> bool {
    let account = &stack.account;
    let singletons = [
        Some(account.dms_roles),
        account.api_gateway,
        account.guard_duty,
        account.config,
    ];
    stack.state.backend == Backend::S3
        || !stack.image_runs().is_empty()
        || singletons.contains(&Some(Singleton::Create))
}

fn names_for(loaded: &Loaded, environment: EnvironmentName) -> Names {
    Names::new(
        loaded.stack.naming.pattern.clone(),
        environment,
        loaded.suffix.clone(),
        loaded.stack.environments.keys(),
    )
}

/// An empty tree with a provider configuration for every region, and the tags of every resource.
///
/// Regions are configured whether or not something lies there: what a later document leaves out can
/// be destroyed only with its provider.
fn tree_for(loaded: &Loaded) -> Tree {
    let stack = &loaded.stack;
    let mut tree = Tree::new(stack.primary_region().as_str());
    for region in &stack.regions {
        tree.provider_for(region.as_str());
    }
    for (name, value) in &stack.tags {
        tree.set_default_tag(name.clone(), value.clone());
    }
    tree.set_default_tag("Stack", stack.stack.to_string());
    tree.set_default_tag("Environment", loaded.environment().to_string());
    tree.set_default_tag("EnvironmentSuffix", loaded.suffix.to_string());
    tree.set_default_tag("ManagedBy", "paymig");
    if let Target::Environment(stage) = &loaded.target {
        tree.set_default_tag("MigrationPhase", stage.phase.to_string());
        let budget = stack.budget.as_ref();
        if budget.is_some_and(|budget| budget.alarm == BudgetAlarm::Create) {
            let names = names_for(loaded, loaded.environment());
            tree.set_default_tag(budget::TAG, names.identity(&stack.stack));
        }
    }
    if let Some(cutover) = &stack.cutover {
        tree.set_default_tag("CutoverTimestamp", cutover.as_str());
    }
    tree
}
