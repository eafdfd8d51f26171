//! Functions that call functions, and the names that versions of them are called under.

use std::collections::{BTreeMap, BTreeSet};

use super::environment::Composer;
use super::functions::{Functions, Named};
use super::operations::Topics;
use crate::config::{Code, Count, Function as FunctionConfig, Qualifier, Stack, Topic as About};
use crate::constructs::Context;
use crate::constructs::alarms::{self, Raised};
use crate::constructs::balancer::FunctionTarget;
use crate::constructs::entry::Entry;
use crate::constructs::function::{Alias, Function};
use crate::constructs::policy::Statement;
use crate::constructs::transactions::Outcome;
use crate::quantity::{FunctionVersion, Key};
use crate::tree::{ConstructId, Scope, Value};

/// What the callers of a function call.
#[derive(Clone, Debug)]
pub(super) struct Aliases {
    aliases: BTreeMap<Qualifier, (FunctionVersion, Alias)>,
}

impl Aliases {
    /// The aliases of the function `key` of `stack`, as its releases want them.
    pub(super) fn new(scope: &mut Scope<'_>, stack: &Stack, key: &Key, function: Function) -> Self {
        let mut scope = scope.child("alias");
        let made = stack.qualifiers(key).into_iter().map(|qualifier| {
            let version = stack.version_of(key, qualifier);
            let alias = Alias::new(&mut scope, function, qualifier.as_str(), version);
            (qualifier, (version, alias))
        });
        Self {
            aliases: made.collect(),
        }
    }

    /// Keeps `count` executions of each version warm.
    ///
    /// Warm executions belong to a version, and one that has them already cannot be given others by a second
    /// alias (Lambda: "Alias can't be used for Provisioned Concurrency configuration on an already
    /// Provisioned version"): where blue and green are the same, they are blue's.
    pub(super) fn keep_warm(
        &self,
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        identity: &str,
        count: &Count,
    ) {
        let mut warm = Vec::new();
        for (qualifier, (version, alias)) in &self.aliases {
            if warm.contains(version) {
                continue;
            }
            warm.push(*version);
            match qualifier {
                Qualifier::Live => alias.keep_warm(scope, context, [identity], count),
                Qualifier::Blue | Qualifier::Green => {
                    let colour = qualifier.as_str();
                    let mut scope = scope.child(colour);
                    alias.keep_warm(&mut scope, context, [identity, colour], count);
                }
            }
        }
    }

    fn arns(&self) -> impl Iterator<Item = Value<String>> {
        self.aliases.values().map(|(_, alias)| alias.arn())
    }
}

impl Named {
    /// What a load balancer calls, under one of the function's names.
    pub(super) fn target(&self, qualifier: Qualifier) -> Option<FunctionTarget> {
        let (_, alias) = self.aliases.aliases.get(&qualifier)?;
        Some(FunctionTarget {
            function_name: self.function.name(),
            qualifier: Some(alias.name()),
            arn: alias.arn(),
        })
    }
}

/// What a function gets for those that it calls.
#[derive(Debug, Default)]
pub(super) struct Called {
    /// Their names, by environment variable.
    pub(super) environment: BTreeMap<String, Value<String>>,
    /// Lets it call them, under the names that they have and no other.
    pub(super) allowed: Option<Statement>,
}

impl Composer<'_> {
    /// What `caller` gets for those that it calls, which `made` holds: an image's are none of the stack's own.
    pub(super) fn called(
        &self,
        caller: Entry<'_, FunctionConfig>,
        made: &BTreeMap<Key, Named>,
    ) -> Called {
        let mut called = Called::default();
        let mut arns = Vec::new();
        for callee in &caller.section().calls {
            let Some(named) = made.get(callee.name()) else {
                continue;
            };
            let code = &self.stack.function.resolve(callee).code;
            let variable = variable(code, callee.name());
            called.environment.insert(variable, named.function.name());
            arns.extend(named.aliases.arns());
        }
        if !arns.is_empty() {
            let statement = Statement::allow(["lambda:InvokeFunction"], arns);
            called.allowed = Some(statement.sid("Callees"));
        }
        called
    }

    /// An alarm in each region where payments are booked.
    pub(super) fn transaction_alarms(
        &mut self,
        functions: &Functions,
        topics: &Topics<'_>,
    ) -> Vec<Raised> {
        let mut regions = BTreeSet::new();
        for entry in Entry::all(&self.stack.function) {
            let named = functions.of(entry).as_ref();
            if named.is_some_and(|named| Outcome::of(named.program).contains(&Outcome::Failed)) {
                regions.insert(self.stack.network.resolve(&entry.network).region);
            }
        }
        let context = self.context;
        let raised = regions.into_iter().map(|region| {
            let told = topics.about(About::FailedTransactions, region);
            let id = ConstructId::from(region.short());
            let mut scope = self.alarm_scope("transactions", id, region);
            alarms::transactions(&mut scope, &context, &told)
        });
        raised.collect()
    }
}

/// The environment variable that names a callee, by what it runs: the caller's code knows what it needs done, and
/// not what the stack file calls it. `FUNCTION_FRAUD_DETECTION`; for an image the section's name.
fn variable(code: &Code, key: &Key) -> String {
    let name = match code {
        Code::Program(program) => program.as_str(),
        Code::Image(_) => key.as_str(),
    };
    format!("FUNCTION_{}", name.to_uppercase().replace('-', "_"))
}
