//! The call graph of functions, and the aliases that they invoke.
//!
//! A function invokes its callees by the alias by which it was invoked. So a release of one function releases all that it
//! reaches: blue invokes blue.

use std::collections::BTreeSet;

use crate::config::sections::{Code, Color, Function, Ref, Release, Service, Stack};
use crate::newtypes::{FunctionVersion, Key};

/// The alias of a version: its color, or `live` if the function has no colors.
pub fn alias(color: Option<Color>) -> &'static str {
    color.map_or("live", Color::as_str)
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

    /// The functions, each after its callees. Functions in a circle of calls, which loading rejects, are omitted.
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

    /// The releases that contain `function`: of its own service, or of a service whose calls reach it.
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

    /// The versions of `function` that are invoked: blue and green in a release, and one without a color if anything else
    /// invokes it.
    pub fn versions_of(&self, function: &Key) -> Vec<(Option<Color>, FunctionVersion)> {
        let mut versions = Vec::new();
        let unreleased = self
            .function
            .iter()
            .any(|(key, _)| self.begins(key) && self.reached_from(key).contains(function));
        let release = self.releases_of(function).next();
        if unreleased || release.is_none() {
            versions.push((None, FunctionVersion::Latest));
        }
        if let Some((_, release)) = release {
            versions.extend(Color::ALL.map(|color| {
                let own = release.versions.iter();
                let own = own.filter(|(named, _)| named.name() == function);
                let own = own.map(|(_, own)| own.of(color)).next();
                // Loading rejects invalid versions.
                let common = || release.version(color).parse().unwrap_or_default();
                (Some(color), own.unwrap_or_else(common))
            }));
        }
        versions
    }

    /// The release with the versions of a function: a blue and a green one.
    pub fn release_of_versions<'a>(&'a self, function: &'a Key) -> Option<&'a Release> {
        self.releases_of(function)
            .next()
            .map(|(_, release)| release)
    }

    /// The function of a service. None for other services.
    pub fn answering(&self, service: &Ref<Service>) -> Option<&Ref<Function>> {
        match self.service.resolve(service) {
            Service::Function(service) => Some(&service.function),
            Service::Fargate(_) | Service::Instances(_) => None,
        }
    }

    /// Whether `function` is invoked by its alias `live`: by a service without a release, or by neither a service nor a
    /// function. Each color of an image is a function of its own.
    fn begins(&self, function: &Key) -> bool {
        let mut services = self.services_of(function).peekable();
        if services.peek().is_some() {
            let image = |function: &Function| matches!(function.code, Code::Image(_));
            return self.function.get(function).is_some_and(image)
                || services.any(|service| self.release_of(service).is_none());
        }
        let mut functions = self.function.iter();
        !functions.any(|(_, caller)| {
            let mut calls = caller.calls.iter();
            calls.any(|callee| callee.name() == function)
        })
    }
}
