//! Functions that work together: who calls whom, and under which names.
//!
//! A function calls the others under the name that it was called under itself. So a release of one is a
//! release of all that it reaches: blue calls blue.

use std::collections::BTreeSet;
use std::fmt;

use super::{Code, Function, Ref, Release, Service, Stack};
use crate::quantity::{FunctionVersion, Key};

/// The name that a version of a function is called under: a Lambda alias.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Qualifier {
    /// The only version that is called.
    Live,
    /// Of a release, the version that runs.
    Blue,
    /// Of a release, the version that takes over.
    Green,
}

impl Qualifier {
    /// The alias.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Blue => "blue",
            Self::Green => "green",
        }
    }
}

impl fmt::Display for Qualifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Stack {
    /// The functions that `start` reaches by `calls`, itself among them.
    pub fn reached_from(&self, start: &Key) -> BTreeSet<Key> {
        let mut reached = BTreeSet::new();
        let mut open = vec![start.clone()];
        while let Some(key) = open.pop() {
            if let Some(function) = self.function.get(&key)
                && reached.insert(key)
            {
                open.extend(function.calls.iter().map(|callee| callee.name().clone()));
            }
        }
        reached
    }

    /// The functions, each behind all that it calls; of those that call each other in a circle, which
    /// loading refuses, none.
    pub fn callees_first(&self) -> Vec<&Key> {
        let mut ordered: Vec<&Key> = Vec::new();
        loop {
            let ready = self.function.iter().find(|(key, function)| {
                let mut callees = function.calls.iter();
                !ordered.contains(key) && callees.all(|callee| ordered.contains(&callee.name()))
            });
            match ready {
                Some((key, _)) => ordered.push(key),
                None => return ordered,
            }
        }
    }

    /// The releases that `function` is part of: of a service that it answers for, or of one that reaches it.
    /// Images are released by their tags, in services of their own.
    pub fn releases_of<'a>(
        &'a self,
        function: &'a Key,
    ) -> impl Iterator<Item = (&'a Key, &'a Release)> {
        self.release.iter().filter(move |(_, release)| {
            let services = release.services.iter();
            services
                .filter_map(|service| self.answering(service))
                .any(|answering| {
                    let program = matches!(self.function.resolve(answering).code, Code::Program(_));
                    program && self.reached_from(answering.name()).contains(function)
                })
        })
    }

    /// The names that `function` is called under: blue and green where a release reaches it, live where
    /// something else does, or nothing.
    pub fn qualifiers(&self, function: &Key) -> BTreeSet<Qualifier> {
        let mut qualifiers = BTreeSet::new();
        if self.releases_of(function).next().is_some() {
            qualifiers.extend([Qualifier::Blue, Qualifier::Green]);
        }
        let unreleased = self
            .function
            .iter()
            .any(|(key, _)| self.begins(key) && self.reached_from(key).contains(function));
        if unreleased || qualifiers.is_empty() {
            qualifiers.insert(Qualifier::Live);
        }
        qualifiers
    }

    /// The version of `function` that a qualifier stands for.
    pub fn version_of(&self, function: &Key, qualifier: Qualifier) -> FunctionVersion {
        let release = self.releases_of(function).next();
        let Some((_, release)) = release else {
            return FunctionVersion::Latest;
        };
        let own = release.versions.iter();
        let mut own = own.filter(|(named, _)| named.name() == function);
        let own = own.next().map(|(_, own)| own);
        let common = |text: &str| text.parse().unwrap_or_default();
        match (qualifier, own) {
            (Qualifier::Live, _) => FunctionVersion::Latest,
            (Qualifier::Blue, Some(own)) => own.blue,
            (Qualifier::Green, Some(own)) => own.green,
            (Qualifier::Blue, None) => common(&release.blue),
            (Qualifier::Green, None) => common(&release.green),
        }
    }

    /// The function that answers for a service, if one does.
    pub fn answering(&self, service: &Ref<Service>) -> Option<&Ref<Function>> {
        match self.service.resolve(service) {
            Service::Function(service) => Some(&service.function),
            Service::Fargate(_) | Service::Instances(_) => None,
        }
    }

    /// Whether `function` is called under its live name from outside: for a service that is not released, or
    /// because neither a service nor a function calls it.
    fn begins(&self, function: &Key) -> bool {
        let mut of_any = false;
        for (key, service) in self.service.iter() {
            if let Service::Function(service) = service
                && service.function.name() == function
            {
                of_any = true;
                let mut releases = self.release.iter();
                let released = releases
                    .any(|(_, release)| release.services.iter().any(|named| named.name() == key));
                if !released {
                    return true;
                }
            }
        }
        let mut functions = self.function.iter();
        let called = functions.any(|(_, caller)| {
            let mut calls = caller.calls.iter();
            calls.any(|callee| callee.name() == function)
        });
        !of_any && !called
    }
}
