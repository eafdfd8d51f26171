//! The functions that the stack file names.

use std::collections::BTreeMap;

use super::environment::{Composer, Networks};
use super::uses::Stores;
use crate::config::{
    Code as CodeConfig, Colour, ExistingImage, Function as FunctionConfig, Ref, coloured,
};
use crate::constructs::entry::{Built, Entry};
use crate::constructs::function::{Alias, Archive, Artifacts, Code, Function, Plan, Site};
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

/// The functions that the stack file's one is: two where its image is released, since a function has one.
#[derive(Clone)]
pub(super) struct Colours {
    all: Vec<(Option<Colour>, Named)>,
    leading: Named,
}

impl Colours {
    /// Each, with its colour where there are two.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Option<Colour>, Named)> {
        self.all.iter().copied()
    }

    /// The one of a colour; the only one has every colour.
    pub(super) fn of(&self, colour: Option<Colour>) -> Named {
        let mut all = self.iter();
        all.find(|(have, _)| *have == colour)
            .map_or(self.leading, |(_, named)| named)
    }

    /// The one that most requests go to.
    pub(super) fn leading(&self) -> Named {
        self.leading
    }
}

/// None where `lambda/` lacks the program.
pub(super) type Functions = Built<FunctionConfig, Option<Colours>>;

impl Composer<'_> {
    /// The functions that the stack file names: in every phase, since they cost nothing until they are
    /// called, and their logs are a record.
    pub(super) fn functions(&mut self, networks: &Networks, stores: Stores<'_>) -> Functions {
        Built::all(&self.stack.function, |entry| {
            let region = networks.get(&entry.network).region;
            match &entry.section().code {
                CodeConfig::Program(program) => {
                    let code = self.code(Program::named(*program)?, region);
                    let named = self.function(entry, None, Code::Archive(code), networks, stores);
                    Some(Colours {
                        all: vec![(None, named)],
                        leading: named,
                    })
                }
                CodeConfig::Image(image) => {
                    Some(self.image_functions(entry, image, networks, stores))
                }
            }
        })
    }

    fn image_functions(
        &mut self,
        entry: Entry<'_, FunctionConfig>,
        image: &Ref<ExistingImage>,
        networks: &Networks,
        stores: Stores<'_>,
    ) -> Colours {
        let region = networks.get(&entry.network).region;
        let release = self.stack.release_of_function(entry.key());
        let mut make = |colour| {
            let code = Code::Image(self.image(image, release, colour, region));
            self.function(entry, colour, code, networks, stores)
        };
        let Some(release) = release else {
            let named = make(None);
            return Colours {
                all: vec![(None, named)],
                leading: named,
            };
        };
        let all = Colour::ALL.map(|colour| (Some(colour), make(Some(colour))));
        let [(_, blue), (_, green)] = all;
        Colours {
            all: all.into(),
            leading: match release.leading() {
                Colour::Blue => blue,
                Colour::Green => green,
            },
        }
    }

    fn function(
        &mut self,
        entry: Entry<'_, FunctionConfig>,
        colour: Option<Colour>,
        code: Code,
        networks: &Networks,
        stores: Stores<'_>,
    ) -> Named {
        let key = coloured(entry.identity(), colour);
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
        let site = self.site(code, network.region);
        let plan = Plan {
            key: &key,
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
        if let Some(colour) = colour {
            scope = scope.into_child(colour.as_str());
        }
        let function = Function::new(&mut scope, &self.context, plan, site);
        if let Some(standing) = function.standing() {
            used.connect(&mut scope, standing);
        }
        let live = Alias::new(&mut scope.child("alias"), function, LIVE);
        if let (true, Some(count)) = (computes, &entry.provisioned_concurrency) {
            live.keep_warm(&mut scope, &self.context, &key, count);
        }
        Named { function, live }
    }

    /// What a function of `region` that runs `program` has in common with others.
    pub(super) fn function_site(&mut self, program: Program, region: Region) -> Site {
        let code = Code::Archive(self.code(program, region));
        self.site(code, region)
    }

    fn site(&mut self, code: Code, region: Region) -> Site {
        Site {
            code,
            functions_key: self.key(DataClass::Functions, region),
            logs_key: self.key(DataClass::Logs, region),
            retention: self.retention(),
        }
    }

    /// The code of `program`, in the bucket of `region`.
    fn code(&mut self, program: Program, region: Region) -> Archive {
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
