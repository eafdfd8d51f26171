//! Services on Fargate: in every network of their list, in every colour of their release.

use super::edge::Edge;
use super::environment::{Composer, Networks};
use super::operations::Topics;
use super::uses::Stores;
use crate::config::{
    Colour, ExistingImage, Fargate as FargateConfig, Network as NetworkConfig, Ref, Release,
    Service, Topic as About,
};
use crate::constructs::entry::Entry;
use crate::constructs::fargate::{Cluster, Ground, Plan, Served, Tasks, Version, tell_of_failures};
use crate::constructs::image::Image;
use crate::constructs::key::DataClass;
use crate::constructs::reach::connect;
use crate::quantity::Region;

/// What services stand on, and who leads requests to them.
#[derive(Clone, Copy)]
pub(super) struct On<'a> {
    pub(super) networks: &'a Networks,
    pub(super) stores: Stores<'a>,
    pub(super) edge: &'a Edge,
    pub(super) topics: &'a Topics<'a>,
}

/// A service in one network.
pub(super) struct Running<'a> {
    pub(super) service: Entry<'a, Service>,
    pub(super) network: Entry<'a, NetworkConfig>,
    pub(super) region: Region,
    /// The versions that run: none before the migration.
    pub(super) versions: Vec<Tasks>,
}

impl<'a> Composer<'a> {
    /// Every service on Fargate, in each of its networks.
    pub(super) fn tasks(&mut self, on: On<'_>) -> Vec<Running<'a>> {
        let mut running = Vec::new();
        for service in Entry::all(&self.stack.service) {
            if let Service::Fargate(config) = service.section() {
                for network in &config.networks {
                    let network = Entry::of(&self.stack.network, network);
                    running.push(self.tasks_in(service, config, network, on));
                }
            }
        }
        running
    }

    fn tasks_in(
        &mut self,
        service: Entry<'a, Service>,
        config: &'a FargateConfig,
        place: Entry<'a, NetworkConfig>,
        on: On<'_>,
    ) -> Running<'a> {
        let network = on.networks.of(place);
        let region = network.region;
        let mut used = self.used(&config.uses, region, on.stores);
        let ground = Ground {
            repository: self
                .stack
                .existing
                .image
                .resolve(&config.image)
                .repository
                .clone(),
            logs_key: self.key(DataClass::Logs, region),
            storage_key: self.key(DataClass::Tasks, region),
            retention: self.retention(),
            allowed: std::mem::take(&mut used.allowed),
        };
        let release = self.stack.release_of(service.key());
        let colours = match release {
            None => vec![None],
            Some(_) => Colour::ALL.map(Some).into(),
        };
        let served = |colour| on.edge.served(service.key(), colour, place.key());
        let mut images = Vec::new();
        if self.computes() {
            for &colour in &colours {
                let image = self.image(&config.image, release, colour, region);
                images.push((colour, image));
            }
        }
        let plan = Plan {
            config,
            keys: [service.identity(), place.identity()],
            network,
        };
        let context = self.context;
        let mut root = self.root.in_region(region.as_str());
        let mut scope = service.scope(&mut root).into_child(place.construct_id());
        let cluster = Cluster::new(&mut scope, &context, plan, ground);
        used.connect(&mut scope, cluster.standing);
        for (name, balancer, _) in colours.first().into_iter().flat_map(|first| served(*first)) {
            let (from, why) = (balancer.standing, "The load balancer to its tasks");
            let (to, port) = (cluster.standing, config.port.get());
            let mut scope = scope.child("balancer");
            connect(&mut scope, name.as_str(), from, to, port, why);
        }
        let mut versions = Vec::new();
        for (colour, image) in images {
            let version = Version {
                colour,
                image,
                environment: used.environment.clone(),
                served: served(colour)
                    .map(|(_, balancer, group)| Served {
                        group,
                        rule: balancer.rule,
                    })
                    .collect(),
            };
            let mut scope = scope.child("version");
            let mut scope = scope.child(colour.map_or("only", Colour::as_str));
            versions.push(cluster.run(&mut scope, &context, plan, version));
        }
        if let Some(topic) = on.topics.first_about(About::SystemErrors, region)
            && !versions.is_empty()
        {
            let told = on.topics.about(About::SystemErrors, region);
            tell_of_failures(&mut scope, &context, plan.keys, &versions, topic, &told);
        }
        Running {
            service,
            network: place,
            region,
            versions,
        }
    }

    /// What a colour runs of an image; without a release, the image's own tag.
    pub(super) fn image(
        &mut self,
        image: &Ref<ExistingImage>,
        release: Option<&Release>,
        colour: Option<Colour>,
        region: Region,
    ) -> Image {
        let entry = Entry::of(&self.stack.existing.image, image);
        let tag = match (release, colour) {
            (Some(release), Some(colour)) => release.version(colour),
            _ => entry.section().tag.as_str(),
        };
        self.images.get(&mut self.root, entry, tag, region)
    }
}
