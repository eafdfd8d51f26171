//! The functions that the stack file names.

use std::collections::BTreeMap;

use super::environment::{Composer, Networks};
use super::uses::Stores;
use crate::config::{Code as CodeConfig, Function as FunctionConfig};
use crate::constructs::entry::{Built, Entry};
use crate::constructs::function::{Alias, Artifacts, Code, Function, Plan, Site};
use crate::constructs::key::DataClass;
use crate::programs::Program;
use crate::quantity::Region;
use crate::tree::Value;

/// The alias that callers name.
const LIVE: &str = "live";

/// A function that the stack file names, and what its callers call.
#[derive(Clone, Copy)]
pub(super) struct Named {
    pub(super) function: Function,
    pub(super) live: Alias,
}

/// None where `lambda/` lacks the program.
pub(super) type Functions = Built<FunctionConfig, Option<Named>>;

impl Composer<'_> {
    /// The functions that the stack file names: in every phase, since they cost nothing until they are
    /// called, and their logs are a record.
    pub(super) fn functions(&mut self, networks: &Networks, stores: Stores<'_>) -> Functions {
        Built::all(&self.stack.function, |entry| {
            let CodeConfig::Program(program) = entry.code else {
                return None;
            };
            let program = Program::named(program)?;
            Some(self.function(entry, program, networks, stores))
        })
    }

    fn function(
        &mut self,
        entry: Entry<'_, FunctionConfig>,
        program: Program,
        networks: &Networks,
        stores: Stores<'_>,
    ) -> Named {
        let network = networks.get(&entry.network);
        let mut used = self.used(&entry.uses, network.region, stores);
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
        let computes = self.computes();
        let mut root = self.root.in_region(network.region.as_str());
        let mut scope = entry.scope(&mut root);
        let function = Function::new(&mut scope, &self.context, plan, site);
        if let Some(standing) = function.standing() {
            used.connect(&mut scope, standing);
        }
        let live = Alias::new(&mut scope.child("alias"), function, LIVE);
        if let (true, Some(count)) = (computes, &entry.provisioned_concurrency) {
            live.keep_warm(&mut scope, &self.context, entry.identity(), count);
        }
        Named { function, live }
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
