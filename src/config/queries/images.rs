//! Container images of a stack, with their regions and tags.

use std::collections::BTreeSet;

use crate::config::sections::{Code, Color, ExistingImage, Ref, Release, Service, Stack};
use crate::newtypes::{Key, Region};

/// An image in one region, in one version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ImageRun {
    /// The section of the image.
    pub image: Key,
    /// Its region.
    pub region: Region,
    /// Its tag.
    pub tag: String,
    /// Whether a function runs it. Lambda pulls images with its service principal.
    pub by_function: bool,
}

impl Stack {
    /// The release that a service is part of.
    pub fn release_of(&self, service: &Key) -> Option<&Release> {
        let mut releases = self.release.iter().map(|(_, release)| release);
        releases.find(|release| release.services.iter().any(|name| name.name() == service))
    }

    /// The release of a function, by a service that uses it.
    pub fn release_of_function(&self, function: &Key) -> Option<&Release> {
        self.services_of(function)
            .find_map(|service| self.release_of(service))
    }

    /// The services that use a function.
    pub(in crate::config) fn services_of<'a>(
        &'a self,
        function: &'a Key,
    ) -> impl Iterator<Item = &'a Key> {
        let services = self.service.iter();
        services.filter_map(move |(key, service)| match service {
            Service::Function(service) if service.function.name() == function => Some(key),
            _ => None,
        })
    }

    /// Every image that the stack runs.
    pub fn image_runs(&self) -> BTreeSet<ImageRun> {
        let mut runs = BTreeSet::new();
        for (key, service) in self.service.iter() {
            if let Service::Fargate(tasks) = service {
                let regions = tasks.networks.iter();
                for region in regions.map(|network| self.network.resolve(network).region) {
                    let release = self.release_of(key);
                    self.add_runs(&mut runs, &tasks.image, release, region, false);
                }
            }
        }
        for (key, function) in self.function.iter() {
            if let Code::Image(image) = &function.code {
                let region = self.network.resolve(&function.network).region;
                let release = self.release_of_function(key);
                self.add_runs(&mut runs, image, release, region, true);
            }
        }
        runs
    }

    fn add_runs(
        &self,
        runs: &mut BTreeSet<ImageRun>,
        image: &Ref<ExistingImage>,
        release: Option<&Release>,
        region: Region,
        by_function: bool,
    ) {
        let tags = match release {
            Some(release) => Color::ALL
                .map(|color| release.version(color).to_owned())
                .into(),
            None => vec![self.existing.image.resolve(image).tag.to_string()],
        };
        runs.extend(tags.into_iter().map(|tag| ImageRun {
            image: image.name().clone(),
            region,
            tag,
            by_function,
        }));
    }
}
