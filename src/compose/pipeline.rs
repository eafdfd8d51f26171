//! Functions that call functions, and the names that versions of them are called under.

use std::collections::{BTreeMap, BTreeSet};

use super::environment::Composer;
use super::functions::{Colours, Named};
use super::operations::Topics;
use crate::config::{
    Code, Colour, Count, Function as FunctionConfig, Topic as About, alias, coloured,
};
use crate::constructs::compute::function::{Alias, Function};
use crate::constructs::core::{Context, SectionRef, Statement};
use crate::constructs::ingress::balancer::FunctionTarget;
use crate::constructs::observability::alarms::{self, AlarmHandle};
use crate::constructs::observability::transactions::Outcome;
use crate::lambda_packages::Program;
use crate::newtypes::{FunctionVersion, Key};
use crate::terraform::tree::{ConstructId, Scope, Value};

/// What the callers of a function call: one alias, or one for each colour.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Aliases {
    live: Option<Version>,
    blue: Option<Version>,
    green: Option<Version>,
}

/// An alias, and what it stands for.
#[derive(Clone, Copy, Debug)]
struct Version {
    version: FunctionVersion,
    alias: Alias,
}

impl Aliases {
    /// The aliases of `function` for these versions.
    pub(super) fn new(
        scope: &mut Scope<'_>,
        function: Function,
        versions: Vec<(Option<Colour>, FunctionVersion)>,
    ) -> Self {
        let mut scope = scope.child("alias");
        let mut aliases = Self::default();
        for (colour, version) in versions {
            let alias = Alias::new(&mut scope, function, alias(colour), version);
            *aliases.slot(colour) = Some(Version { version, alias });
        }
        aliases
    }

    /// Provisions concurrency within `count` for each version.
    ///
    /// Warm executions belong to a version, and one that has them already cannot be given others by a second
    /// alias (Lambda: "Alias can't be used for Provisioned Concurrency configuration on an already
    /// Provisioned version"): where blue and green are the same, they are blue's.
    pub(super) fn provision_concurrency(
        &self,
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        key: &str,
        count: &Count,
    ) {
        let mut provisioned = Vec::new();
        for (colour, Version { version, alias }) in self.iter() {
            if provisioned.contains(&version) {
                continue;
            }
            provisioned.push(version);
            if colour.is_none() {
                alias.provision_concurrency(scope, context, key, count);
            } else {
                let mut scope = scope.child(self::alias(colour));
                alias.provision_concurrency(&mut scope, context, &coloured(key, colour), count);
            }
        }
    }

    fn iter(&self) -> impl Iterator<Item = (Option<Colour>, Version)> {
        let all = [
            (None, self.live),
            (Some(Colour::Blue), self.blue),
            (Some(Colour::Green), self.green),
        ];
        all.into_iter()
            .filter_map(|(colour, version)| Some((colour, version?)))
    }

    fn slot(&mut self, colour: Option<Colour>) -> &mut Option<Version> {
        match colour {
            None => &mut self.live,
            Some(Colour::Blue) => &mut self.blue,
            Some(Colour::Green) => &mut self.green,
        }
    }
}

impl Named {
    /// What a load balancer calls for a colour; a function that is a colour itself has no others.
    pub(super) fn target(&self, colour: Option<Colour>) -> Option<FunctionTarget> {
        let mut aliases = self.aliases;
        let version = aliases.slot(colour).or(self.aliases.live)?;
        Some(FunctionTarget {
            function_name: self.function.name(),
            qualifier: Some(version.alias.name()),
            arn: version.alias.arn(),
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
    /// What `caller` gets for those that it calls, which `made` holds.
    pub(super) fn called(
        &self,
        caller: SectionRef<'_, FunctionConfig>,
        made: &BTreeMap<Key, Colours>,
    ) -> Called {
        let mut called = Called::default();
        let mut arns = Vec::new();
        for callee in &caller.config().calls {
            let Some(named) = made.get(callee.name()).map(Colours::leading) else {
                continue;
            };
            let code = &self.stack.function.resolve(callee).code;
            let variable = variable(code, callee.name());
            called.environment.insert(variable, named.function.name());
            arns.extend(named.aliases.iter().map(|(_, version)| version.alias.arn()));
        }
        if !arns.is_empty() {
            let statement = Statement::allow(["lambda:InvokeFunction"], arns);
            called.allowed = Some(statement.sid("InvokeCallees"));
        }
        called
    }

    /// An alarm in each region where payments are booked.
    pub(super) fn transaction_alarms(&mut self, topics: &Topics<'_>) -> Vec<AlarmHandle> {
        let mut regions = BTreeSet::new();
        for (_, function) in self.stack.function.iter() {
            if let Code::Program(program) = function.code
                && Outcome::of(Program::from(program)).contains(&Outcome::Failed)
            {
                regions.insert(self.stack.network.resolve(&function.network).region);
            }
        }
        let context = self.context;
        let raised = regions.into_iter().map(|region| {
            let told = topics.about(About::FailedTransactions, region);
            let id = ConstructId::from(region.short());
            let mut scope = self.alarm_scope("transactions", id, region);
            alarms::add_failed_transactions_alarm(&mut scope, &context, &told)
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
