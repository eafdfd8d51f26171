//! Composition of a system: the constructs of an environment, in layers, from a loaded stack file to a tree.
//!
//! `environment` lists the layers in their order, and each one uses only those before it. Only this module reads
//! the phase. Constructs get values that follow from it, such as a size or a list of attachments.

mod alarms;
mod bootstrap;
mod composer;
mod dashboards;
mod environment;
mod foundations;
mod ingress;
mod migration;
mod outputs;
mod phase;
mod public_names;
mod queries;
mod remote_states;
mod tags;
mod workload;

use crate::config::{AccountResource, Backend, BudgetResource, LoadedStack, Selected, Stack};
use crate::constructs::account::budget;
use crate::constructs::account::terraform_state;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::naming::{self, Names};
use crate::newtypes::EnvironmentName;
use crate::terraform::tree::{Node, NodeId, Tree};
use public_names::PublicNames;
use tags::{CUTOVER_TIME_TAG, PHASE_TAG};

/// A composed system: its tree and its warnings.
#[derive(Debug)]
pub struct System {
    /// The construct tree, which synthesis turns into Terraform JSON.
    pub tree: Tree,
    /// Warnings of loading and of composing.
    pub warnings: Vec<Diagnostic>,
    /// The owner of the Terraform state: `<stack>/<environment>/<suffix>`.
    pub identity: String,
    names: Names,
    weights: Vec<NodeId>,
}

impl System {
    /// Length of the longest suffix that fits into every name of this environment, in characters.
    pub fn longest_suffix(&self) -> usize {
        naming::longest_suffix(&self.tree, &self.names)
    }

    /// The nodes that hold the traffic weights of the old system and the new, if Terraform manages them. They are the
    /// targets of the apply that rolls DNS or the load balancer back.
    pub fn weights(&self) -> impl Iterator<Item = &Node> {
        self.weights.iter().filter_map(|id| self.tree.node(*id))
    }
}

/// Composes the system that `loaded` describes, for the selected environment.
///
/// Fails with every error that was found: public names that are too long in this environment, or else equal construct
/// paths, and names that AWS would reject.
pub fn compose(loaded: &LoadedStack) -> Result<System, Diagnostics> {
    let names = names_for(loaded, loaded.environment());
    let mut tree = tree_for(loaded);
    let weights = match &loaded.selected {
        Selected::Bootstrap => {
            bootstrap::compose(&mut tree, &names, &loaded.stack);
            Vec::new()
        }
        Selected::Environment(target) => {
            let shared = loaded.stack.state.backend == Backend::S3;
            let bootstrap = shared.then(|| names_for(loaded, EnvironmentName::bootstrap()));
            if let Some(bootstrap) = &bootstrap {
                let region = loaded.stack.primary_region();
                let environment = target.environment.as_str();
                tree.set_backend(terraform_state::backend(bootstrap, region, environment));
            }
            let public = PublicNames::resolve(&loaded.stack, &names)
                .map_err(|wrong| loaded.diagnostics(wrong))?;
            let names = composer::NamingContext {
                own: &names,
                bootstrap: bootstrap.as_ref(),
                public: &public,
            };
            environment::compose(&mut tree, names, &loaded.stack, target)
        }
    };
    let mut wrong = naming::check(&tree, &names);
    match tree.finish() {
        Ok((tree, found)) if wrong.is_empty() => Ok(System {
            tree,
            warnings: loaded.warnings.iter().cloned().chain(found).collect(),
            identity: names.identity(&loaded.stack.stack),
            names,
            weights,
        }),
        Ok((_, found)) | Err(found) => {
            wrong.extend(found);
            Err(loaded.diagnostics(wrong))
        }
    }
}

/// Whether the reserved environment `bootstrap` has resources for this stack.
pub fn has_bootstrap(stack: &Stack) -> bool {
    let account = &stack.account;
    let account_resources = [
        Some(account.dms_roles),
        account.api_gateway,
        account.guard_duty,
        account.config,
    ];
    stack.state.backend == Backend::S3
        || !stack.image_runs().is_empty()
        || account_resources.contains(&Some(AccountResource::Create))
}

fn names_for(loaded: &LoadedStack, environment: EnvironmentName) -> Names {
    Names::new(
        loaded.stack.naming.pattern.clone(),
        environment,
        loaded.suffix.clone(),
        loaded.stack.environments.keys(),
    )
}

/// An empty tree with a provider configuration for every region, and the tags of every resource.
///
/// Every region has a provider configuration, in use or not: Terraform can destroy a resource that a later
/// configuration omits only with its provider.
fn tree_for(loaded: &LoadedStack) -> Tree {
    let stack = &loaded.stack;
    let mut tree = Tree::new(stack.primary_region().as_str());
    for region in stack.reached_regions() {
        tree.provider_for(region.as_str());
    }
    for (name, value) in &stack.tags {
        tree.set_default_tag(name.clone(), value.clone());
    }
    tree.set_default_tag("Stack", stack.stack.to_string());
    tree.set_default_tag("Environment", loaded.environment().to_string());
    tree.set_default_tag("EnvironmentSuffix", loaded.suffix.to_string());
    tree.set_default_tag("ManagedBy", "paymig");
    if let Selected::Environment(target) = &loaded.selected {
        tree.set_default_tag(PHASE_TAG, target.phase.to_string());
        let budget = stack.budget.as_ref();
        if budget.is_some_and(|budget| budget.aws_budget == BudgetResource::Create) {
            let names = names_for(loaded, loaded.environment());
            tree.set_default_tag(budget::TAG, names.identity(&stack.stack));
        }
    }
    if let Some(cutover_time) = &stack.cutover_time {
        tree.set_default_tag(CUTOVER_TIME_TAG, cutover_time.as_str());
    }
    tree
}
