//! Services on instances: what they get, which load balancers lead to them, how they are watched.

use std::collections::BTreeMap;

use super::edge::Edge;
use super::environment::{Composer, Networks};
use super::operations::Topics;
use super::uses::Stores;
use super::{CUTOVER_TAG, PHASE_TAG};
use crate::config::{
    Database as DatabaseConfig, Instances as InstancesConfig, Named, Ref, Service as ServiceConfig,
    Topic as About,
};
use crate::constructs::compute::instances::{Behind, GROUP, Group, Inputs, Instances};
use crate::constructs::compute::machine_image::MachineImage;
use crate::constructs::core::{SectionMap, SectionRef};
use crate::constructs::ingress::balancer::Side;
use crate::constructs::network::security_group_rules::allow;
use crate::constructs::observability::alarms::{self, AlarmHandle};
use crate::constructs::observability::dashboard::{Metric, Panel};
use crate::constructs::observability::metric_filters;
use crate::constructs::security::kms_key::DataClass;
use crate::lambda_packages::RequiredActions;
use crate::newtypes::Port;
use crate::terraform::tree::{Term, Value};

/// The services that run on instances, and the group of each while it runs; none of the other services.
pub(super) type Fleets = SectionMap<ServiceConfig, Option<Fleet>>;

/// A service that runs on instances.
pub(super) struct Fleet {
    group: Option<Group>,
}

impl Composer<'_> {
    /// Every service on instances.
    pub(super) fn fleets(
        &mut self,
        networks: &Networks,
        edge: &Edge,
        stores: Stores<'_>,
    ) -> Fleets {
        SectionMap::build(&self.stack.service, |entry| {
            let ServiceConfig::Instances(config) = entry.config() else {
                return None;
            };
            Some(self.fleet(entry, config, networks, edge, stores))
        })
    }

    fn fleet(
        &mut self,
        entry: SectionRef<'_, ServiceConfig>,
        config: &InstancesConfig,
        networks: &Networks,
        edge: &Edge,
        stores: Stores<'_>,
    ) -> Fleet {
        let network = networks.get(&config.network);
        let region = network.region;
        let mut used = self.used(&config.uses, RequiredActions::CUSTOM_IMAGE, region, stores);
        let mut settings = std::mem::take(&mut used.environment);
        settings.extend(self.addresses(config.uses.database.as_ref(), stores));
        settings.extend([
            ("AWS_DEFAULT_REGION".to_owned(), region.as_str().into()),
            ("HEALTH_PATH".to_owned(), (&config.health_path).into()),
            ("PORT".to_owned(), config.port.to_string().into()),
        ]);
        let tags = self.tags_of_fleet(entry.physical_name_key());
        let volumes_key = self.key(DataClass::Volumes, region);
        let logs_key = self.key(DataClass::Logs, region);
        let retention = self.retention();
        let behind = behind(entry, config, edge);
        let computes = self.computes();
        let ami = self.stack.existing.ami.resolve(&config.ami);
        let mut root = self.root.in_region(region.as_str());
        let mut scope = entry.scope(&mut root);
        let inputs = Inputs {
            network,
            image: MachineImage::new(&mut scope.child("image"), ami, &config.image_revision),
            volumes_key,
            logs_key,
            retention,
            tags,
            changing: [PHASE_TAG, CUTOVER_TAG],
            settings,
            allowed: std::mem::take(&mut used.allowed),
        };
        let identity = entry.physical_name_key();
        let instances = Instances::new(&mut scope, &self.context, identity, config, &inputs);
        used.connect(&mut scope, instances.placement);
        let group = computes.then(|| {
            let (scope, context) = (&mut scope, &self.context);
            Group::new(
                scope, context, identity, config, &inputs, &instances, &behind,
            )
        });
        self.admit_balancers(entry, config, edge, &instances);
        Fleet { group }
    }

    /// Where the databases are that take writes before and after the cutover, for what looks whether they can be
    /// reached.
    fn addresses(
        &self,
        used: Option<&Ref<DatabaseConfig>>,
        stores: Stores<'_>,
    ) -> BTreeMap<String, Value<String>> {
        let Some(used) = used else {
            return BTreeMap::new();
        };
        let database = stores.databases.get(used);
        let target = Value::concat([database.endpoint(), format!(":{}", database.port).into()]);
        let sources = SectionRef::all(&self.stack.replication)
            .filter(|replication| replication.target.name() == used.name())
            .map(|replication| {
                let source = &replication.source;
                let port = source.port.map_or(database.port, Port::get);
                format!("{}:{port}", source.host)
            });
        let sources: Vec<_> = sources.collect();
        let mut addresses = BTreeMap::from([("TARGET_DATABASE".to_owned(), target)]);
        if !sources.is_empty() {
            addresses.insert("SOURCE_DATABASES".to_owned(), sources.join(",").into());
        }
        addresses
    }

    /// The tags of everything else, but for those that change with the migration.
    fn tags_of_fleet(&self, identity: &str) -> BTreeMap<String, String> {
        let tags = self.root.default_tags().iter();
        let lasting = tags.filter_map(|(name, value)| match value {
            Term::Text(text) if name != PHASE_TAG && name != CUTOVER_TAG => {
                Some((name.to_owned(), text.to_string()))
            }
            _ => None,
        });
        let name = self.context.names.keyed("asg", [identity]);
        lasting.chain([("Name".to_owned(), name)]).collect()
    }

    /// Lets the load balancers that lead to a service connect to its instances.
    fn admit_balancers(
        &mut self,
        entry: SectionRef<'_, ServiceConfig>,
        config: &InstancesConfig,
        edge: &Edge,
        instances: &Instances,
    ) {
        let side = Side::New(entry.key().clone());
        let place = SectionRef::resolve(&self.stack.network, &config.network);
        for section in SectionRef::all(&self.stack.balancer) {
            let mut there = edge.balancers.of(section).iter();
            let Some((_, balancer)) = there.find(|(network, _)| network == config.network.name())
            else {
                continue;
            };
            if balancer.group(&side).is_none() {
                continue;
            }
            let mut root = self.root.in_region(place.region.as_str());
            let mut scope = section.scope(&mut root).into_child(place.construct_id());
            let (client, server) = (balancer.placement, instances.placement);
            let why = "A load balancer to its targets";
            let port = config.port.get();
            allow(&mut scope, entry.key().as_str(), client, server, port, why);
        }
    }

    pub(super) fn fleet_alarms(
        &mut self,
        fleets: &Fleets,
        topics: &Topics<'_>,
    ) -> Vec<AlarmHandle> {
        let mut raised = Vec::new();
        for (entry, config, group) in running(&self.stack.service, fleets) {
            let region = self.stack.network.resolve(&config.network).region;
            let told = topics.about(About::SystemErrors, region);
            let topic = topics.first_about(About::SystemErrors, region);
            let context = self.context;
            let mut scope = self.alarm_scope("service", entry.construct_id(), region);
            let subject = format!("asg-{}", entry.physical_name_key());
            raised.extend(alarms::add_auto_scaling_group_alarms(
                &mut scope,
                &context,
                &subject,
                &group.name(),
                &config.instances,
                &told,
            ));
            if let Some(topic) = topic {
                alarms::notify_auto_scaling_failures(
                    &mut scope,
                    &context,
                    entry.physical_name_key(),
                    &group.name(),
                    &topic,
                );
            }
        }
        raised
    }

    /// How many instances there are, and how they fare.
    pub(super) fn fleet_panels(&self, fleets: &Fleets) -> Vec<Panel> {
        let mut panels = Vec::new();
        for (entry, config, group) in running(&self.stack.service, fleets) {
            let region = self.stack.network.resolve(&config.network).region;
            let lines = |lines: &[(&'static str, &'static str, &'static str, &str)]| {
                let metric = |(namespace, name, statistic, label): &(
                    &'static str,
                    &'static str,
                    &'static str,
                    &str,
                )| Metric {
                    namespace: (*namespace).into(),
                    name,
                    dimensions: vec![(GROUP, group.name())],
                    statistic,
                    label: (*label).to_owned(),
                };
                lines.iter().map(metric).collect::<Vec<_>>()
            };
            panels.push(Panel {
                title: format!("Service {}: instances", entry.key()),
                region,
                metrics: lines(&[
                    (SCALING, "GroupInServiceInstances", "Minimum", "in service"),
                    (SCALING, "GroupDesiredCapacity", "Maximum", "wanted"),
                    (SCALING, "GroupMaxSize", "Maximum", "at most"),
                ]),
            });
            let mut load = lines(&[
                (EC2, "CPUUtilization", "Average", "CPU (%)"),
                (EC2, "StatusCheckFailed", "Maximum", "status checks failed"),
            ]);
            load.extend(
                [
                    ("disk_used_percent", "fullest disk (%)"),
                    ("mem_used_percent", "memory (%)"),
                ]
                .map(|(name, label)| Metric {
                    namespace: metric_filters::namespace(&self.context).into(),
                    name,
                    dimensions: vec![(GROUP, group.name())],
                    statistic: "Maximum",
                    label: label.to_owned(),
                }),
            );
            panels.push(Panel {
                title: format!("Service {}: load", entry.key()),
                region,
                metrics: load,
            });
        }
        panels
    }
}

const SCALING: &str = "AWS/AutoScaling";
const EC2: &str = "AWS/EC2";

/// The target groups of a service, at the load balancers of its network.
fn behind(
    entry: SectionRef<'_, ServiceConfig>,
    config: &InstancesConfig,
    edge: &Edge,
) -> Vec<Behind> {
    let side = Side::New(entry.key().clone());
    let balancers = edge.balancers.iter().flat_map(|(_, there)| there);
    balancers
        .filter(|(network, _)| network == config.network.name())
        .filter_map(|(_, balancer)| {
            Some(Behind {
                load_balancer: balancer.load_balancer,
                group: balancer.group(&side)?,
                rule: balancer.rule,
            })
        })
        .collect()
}

/// The services whose group runs.
fn running<'s>(
    services: &'s Named<ServiceConfig>,
    fleets: &Fleets,
) -> Vec<(SectionRef<'s, ServiceConfig>, &'s InstancesConfig, Group)> {
    SectionRef::all(services)
        .filter_map(|entry| {
            let ServiceConfig::Instances(config) = entry.config() else {
                return None;
            };
            Some((entry, config, fleets.of(entry).as_ref()?.group?))
        })
        .collect()
}
