//! The functions that the stack file names.

use std::collections::BTreeMap;

use super::environment::{Composer, Networks};
use super::pipeline::Aliases;
use super::uses::Stores;
use crate::config::{Code as CodeConfig, Function as FunctionConfig};
use crate::constructs::entry::{Built, Entry};
use crate::constructs::function::{Artifacts, Code, Function, Plan, Site};
use crate::constructs::key::DataClass;
use crate::constructs::transactions;
use crate::programs::Program;
use crate::quantity::{Key, Region};
use crate::tree::Value;

/// A function that the stack file names, and what its callers call.
#[derive(Clone)]
pub(super) struct Named {
    pub(super) function: Function,
    pub(super) program: Program,
    pub(super) aliases: Aliases,
}

/// None where the code is an image.
pub(super) type Functions = Built<FunctionConfig, Option<Named>>;

impl Composer<'_> {
    /// The functions that the stack file names: in every phase, since they cost nothing until they are
    /// called, and their logs are a record.
    pub(super) fn functions(&mut self, networks: &Networks, stores: Stores<'_>) -> Functions {
        let mut made: BTreeMap<Key, Named> = BTreeMap::new();
        for key in self.stack.callees_first() {
            let Some(entry) = Entry::all(&self.stack.function).find(|entry| entry.key() == key)
            else {
                continue;
            };
            if let CodeConfig::Program(program) = entry.code {
                let program = Program::named(program);
                let named = self.function(entry, program, networks, stores, &made);
                made.insert(key.clone(), named);
            }
        }
        Built::all(&self.stack.function, |entry| made.remove(entry.key()))
    }

    fn function(
        &mut self,
        entry: Entry<'_, FunctionConfig>,
        program: Program,
        networks: &Networks,
        stores: Stores<'_>,
        made: &BTreeMap<Key, Named>,
    ) -> Named {
        let network = networks.get(&entry.network);
        let mut used = self.used(&entry.uses, network.region, stores);
        let called = self.called(entry, made);
        used.environment.extend(called.environment);
        used.allowed.extend(called.allowed);
        let environment: BTreeMap<&str, Value<String>> = entry
            .environment
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone().into()))
            .chain(
                used.environment
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.clone())),
            )
            .collect();
        let site = self.function_site(program, network.region);
        let plan = Plan {
            key: entry.identity(),
            description: "Takes payments",
            network: Some(network),
            architecture: entry.architecture,
            memory: entry.memory,
            timeout: entry.timeout,
            reserved_concurrency: entry.reserved_concurrency,
            environment,
            allowed: std::mem::take(&mut used.allowed),
        };
        let (stack, computes) = (self.stack, self.computes());
        let mut root = self.root.in_region(network.region.as_str());
        let mut scope = entry.scope(&mut root);
        let function = Function::new(&mut scope, &self.context, plan, site);
        if let Some(standing) = function.standing() {
            used.connect(&mut scope, standing);
        }
        let subject = format!("lambda-{}", entry.identity());
        transactions::count(&mut scope, &self.context, &subject, &function, program);
        let aliases = Aliases::new(&mut scope, stack, entry.key(), function);
        if let (true, Some(count)) = (computes, &entry.provisioned_concurrency) {
            aliases.keep_warm(&mut scope, &self.context, entry.identity(), count);
        }
        Named {
            function,
            program,
            aliases,
        }
    }

    /// What a function of `region` that runs `program` has in common with others.
    pub(super) fn function_site(&mut self, program: Program, region: Region) -> Site {
        Site {
            code: self.code(program, region),
            functions_key: self.key(DataClass::Functions, region),
            logs_key: self.key(DataClass::Logs, region),
            retention: self.retention(),
        }
    }

    /// The code of `program`, in the bucket of `region`.
    fn code(&mut self, program: Program, region: Region) -> Code {
        let key = self.key(DataClass::Functions, region);
        let mut scope = self.root.in_region(region.as_str());
        let mut scope = scope.child("artifacts").into_child(region.short());
        let artifacts = self
            .artifacts
            .entry(region)
            .or_insert_with(|| Artifacts::new(&mut scope, &self.context, region, key));
        let sources = self.stack.replication.iter();
        let trusted: Vec<_> = sources
            .filter_map(|(name, replication)| {
                Some((name.as_str(), replication.source.ca.as_deref()?))
            })
            .map(|(name, pem)| (format!("source-{name}"), pem))
            .collect();
        let trusted = trusted.iter().map(|(name, pem)| (name.as_str(), *pem));
        artifacts.code(&mut scope, program, trusted)
    }
}
