//! The functions that the stack file names.

use std::collections::BTreeMap;

use super::environment::{Composer, Networks};
use super::pipeline::{Aliases, Called};
use super::uses::Stores;
use crate::config::{
    self, Code as CodeConfig, Colour, ExistingImage, Function as FunctionConfig, Ref, coloured,
};
use crate::constructs::compute::function::{
    Artifacts, Code, Function, Plan, Site, UploadedPackage,
};
use crate::constructs::core::{SectionMap, SectionRef};
use crate::constructs::observability::transactions;
use crate::constructs::security::kms_key::DataClass;
use crate::lambda_packages::{Program, RequiredActions};
use crate::newtypes::{FunctionVersion, Key, Region};
use crate::terraform::tree::Value;

/// A function that the stack file names, and what its callers call.
#[derive(Clone, Copy)]
pub(super) struct Named {
    pub(super) function: Function,
    pub(super) aliases: Aliases,
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

/// None only where functions call each other in a circle, which loading refuses.
pub(super) type Functions = SectionMap<FunctionConfig, Option<Colours>>;

/// Where a function runs, and what it may reach.
#[derive(Clone, Copy)]
struct Place<'a> {
    networks: &'a Networks,
    stores: Stores<'a>,
    called: &'a Called,
}

impl Composer<'_> {
    /// The functions that the stack file names: in every phase, since they cost nothing until they are
    /// called, and their logs are a record.
    pub(super) fn functions(&mut self, networks: &Networks, stores: Stores<'_>) -> Functions {
        let mut made: BTreeMap<Key, Colours> = BTreeMap::new();
        for key in self.stack.callees_first() {
            let mut entries = SectionRef::all(&self.stack.function);
            let Some(entry) = entries.find(|entry| entry.key() == key) else {
                continue;
            };
            let place = Place {
                networks,
                stores,
                called: &self.called(entry, &made),
            };
            let functions = match &entry.config().code {
                CodeConfig::Program(program) => self.program_function(entry, *program, place),
                CodeConfig::Image(image) => self.image_functions(entry, image, place),
            };
            made.insert(key.clone(), functions);
        }
        SectionMap::build(&self.stack.function, |entry| made.remove(entry.key()))
    }

    fn program_function(
        &mut self,
        entry: SectionRef<'_, FunctionConfig>,
        program: config::PaymentProgram,
        place: Place<'_>,
    ) -> Colours {
        let program = Program::from(program);
        let region = place.networks.get(&entry.network).region;
        let code = Code::Package(self.code(program, region));
        let named = self.function(entry, None, code, place);
        let mut root = self.root.in_region(region.as_str());
        let mut scope = entry.scope(&mut root);
        let subject = format!("lambda-{}", entry.physical_name_key());
        transactions::count(
            &mut scope,
            &self.context,
            &subject,
            &named.function,
            program,
        );
        Colours {
            all: vec![(None, named)],
            leading: named,
        }
    }

    fn image_functions(
        &mut self,
        entry: SectionRef<'_, FunctionConfig>,
        image: &Ref<ExistingImage>,
        place: Place<'_>,
    ) -> Colours {
        let region = place.networks.get(&entry.network).region;
        let release = self.stack.release_of_function(entry.key());
        let mut make = |colour| {
            let code = Code::Image(self.image(image, release, colour, region));
            self.function(entry, colour, code, place)
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
        entry: SectionRef<'_, FunctionConfig>,
        colour: Option<Colour>,
        code: Code,
        place: Place<'_>,
    ) -> Named {
        let key = coloured(entry.physical_name_key(), colour);
        let network = place.networks.get(&entry.network);
        let actions = match &entry.code {
            CodeConfig::Program(program) => Program::from(*program).required_actions(),
            CodeConfig::Image(_) => RequiredActions::CUSTOM_IMAGE,
        };
        let mut used = self.used(&entry.uses, actions, network.region, place.stores);
        used.allowed.extend(place.called.allowed.clone());
        let environment: BTreeMap<&str, Value<String>> = entry
            .environment
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone().into()))
            .chain(
                used.environment
                    .iter()
                    .chain(&place.called.environment)
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
        let (stack, computes) = (self.stack, self.computes());
        let mut root = self.root.in_region(network.region.as_str());
        let mut scope = entry.scope(&mut root);
        if let Some(colour) = colour {
            scope = scope.into_child(colour.as_str());
        }
        let function = Function::new(&mut scope, &self.context, plan, site);
        if let Some(placement) = function.placement() {
            used.connect(&mut scope, placement);
        }
        let versions = match colour {
            // The function itself is the version.
            Some(_) => vec![(None, FunctionVersion::Latest)],
            None => stack.versions_of(entry.key()),
        };
        let aliases = Aliases::new(&mut scope, function, versions);
        if let (true, Some(count)) = (computes, &entry.provisioned_concurrency) {
            aliases.provision_concurrency(&mut scope, &self.context, &key, count);
        }
        Named { function, aliases }
    }

    /// What a function of `region` that runs `program` has in common with others.
    pub(super) fn function_site(&mut self, program: Program, region: Region) -> Site {
        let code = Code::Package(self.code(program, region));
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
    fn code(&mut self, program: Program, region: Region) -> UploadedPackage {
        let key = self.key(DataClass::Functions, region);
        let mut scope = self.root.in_region(region.as_str());
        let mut scope = scope.child("artifacts").into_child(region.short());
        let artifacts = self
            .artifacts
            .entry(region)
            .or_insert_with(|| Artifacts::new(&mut scope, &self.context, region, key));
        let sources = self.stack.replication.iter();
        let ca_certificates: Vec<_> = sources
            .filter_map(|(name, replication)| {
                Some((name.as_str(), replication.source.ca.as_deref()?))
            })
            .map(|(name, pem)| (format!("source-{name}"), pem))
            .collect();
        let ca_certificates = ca_certificates
            .iter()
            .map(|(name, pem)| (name.as_str(), *pem));
        artifacts.code(&mut scope, program, ca_certificates)
    }
}
