//! Services on EC2 instances: an Auto Scaling group for each, in the target groups of its load balancers.

use std::collections::BTreeMap;

use crate::compose::composer::Composer;
use crate::compose::foundations::Foundations;
use crate::compose::ingress::Ingress;
use crate::compose::phase::runs_payment_code;
use crate::compose::tags::{CUTOVER_TIME_TAG, PHASE_TAG};
use crate::compose::workload::access;
use crate::config::{
    Database as DatabaseConfig, Instances as InstancesConfig, Named, Ref, Service as ServiceConfig,
};
use crate::constructs::compute::instances::{
    AutoScalingGroup, AutoScalingGroupDeps, AutoScalingGroupProps, Instances, InstancesDeps,
    InstancesProps, LoadBalancerTarget,
};
use crate::constructs::compute::machine_image::{MachineImage, MachineImageProps};
use crate::constructs::core::{SectionMap, SectionRef};
use crate::constructs::ingress::balancer::TargetGroupKey;
use crate::constructs::network::security_group_rules::allow;
use crate::constructs::security::kms_key::DataClass;
use crate::lambda_packages::RequiredActions;
use crate::newtypes::Port;
use crate::terraform::tree::{Term, Value};

/// Services on instances by section. None for the other services.
pub(crate) type AutoScalingServices = SectionMap<ServiceConfig, Option<AutoScalingService>>;

/// A service on instances. It has no group before the migration.
pub(crate) struct AutoScalingService {
    group: Option<AutoScalingGroup>,
}

/// Adds each service on instances.
pub(crate) fn add(
    composer: &mut Composer<'_>,
    foundations: &Foundations<'_>,
    ingress: &Ingress,
) -> AutoScalingServices {
    SectionMap::build(&composer.stack.service, |section| {
        let ServiceConfig::Instances(config) = section.config() else {
            return None;
        };
        Some(add_service(composer, section, config, foundations, ingress))
    })
}

fn add_service(
    composer: &mut Composer<'_>,
    section: SectionRef<'_, ServiceConfig>,
    config: &InstancesConfig,
    foundations: &Foundations<'_>,
    ingress: &Ingress,
) -> AutoScalingService {
    let network = foundations.networks.get(&config.network);
    let region = network.region;
    let mut grant = access::grant(
        composer,
        &config.uses,
        RequiredActions::CUSTOM_IMAGE,
        region,
        foundations,
    );
    let mut environment = std::mem::take(&mut grant.environment);
    environment.extend(database_addresses(
        composer,
        config.uses.database.as_ref(),
        foundations,
    ));
    environment.extend([
        ("AWS_DEFAULT_REGION".to_owned(), region.as_str().into()),
        ("HEALTH_PATH".to_owned(), (&config.health_path).into()),
        ("LIVENESS_PATH".to_owned(), (&config.liveness_path).into()),
        ("PORT".to_owned(), config.port.to_string().into()),
    ]);
    let tags = instance_tags(composer, section.physical_name_key());
    let volumes_key = composer.key(DataClass::Volumes, region);
    let logs_key = composer.key(DataClass::Logs, region);
    let retention = composer.retention();
    let target_groups = target_groups(section, config, ingress);
    let computes = runs_payment_code(composer.target.phase);
    let ami = composer.stack.existing.ami.resolve(&config.ami);
    let mut root = composer.root.in_region(region.as_str());
    let mut scope = section.scope(&mut root);
    let key = section.physical_name_key();
    let image = MachineImageProps {
        config: ami,
        revision: &config.image_revision,
    };
    let props = InstancesProps {
        key,
        config,
        retention,
        tags: &tags,
        changing_tags: [PHASE_TAG, CUTOVER_TIME_TAG],
        environment,
        permissions: std::mem::take(&mut grant.allowed),
    };
    let deps = InstancesDeps {
        network,
        image: MachineImage::new(&mut scope.child("image"), image),
        volumes_key,
        logs_key,
    };
    let instances = Instances::new(&mut scope, &composer.context, props, deps);
    let mut connectivity = foundations.connectivity.of(config.network.name());
    connectivity.extend(grant.connect(&mut scope, instances.placement));
    let group = computes.then(|| {
        let props = AutoScalingGroupProps {
            key,
            config,
            tags: &tags,
        };
        let deps = AutoScalingGroupDeps {
            network,
            instances: &instances,
            targets: &target_groups,
            connectivity,
        };
        AutoScalingGroup::new(&mut scope, &composer.context, props, deps)
    });
    allow_balancers(composer, section, config, ingress, &instances);
    AutoScalingService { group }
}

/// Environment variables with the addresses of the target and of its sources. The health check connects to them.
fn database_addresses(
    composer: &Composer<'_>,
    database: Option<&Ref<DatabaseConfig>>,
    foundations: &Foundations<'_>,
) -> BTreeMap<String, Value<String>> {
    let Some(section) = database else {
        return BTreeMap::new();
    };
    let database = foundations.databases.get(section);
    let target = Value::concat([database.endpoint(), format!(":{}", database.port).into()]);
    let sources = SectionRef::all(&composer.stack.replication)
        .filter(|replication| replication.target.name() == section.name())
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

/// The default tags without those that change during the migration, which would replace the launch template.
fn instance_tags(composer: &Composer<'_>, identity: &str) -> BTreeMap<String, String> {
    let tags = composer.root.default_tags().iter();
    let lasting = tags.filter_map(|(name, value)| match value {
        Term::Text(text) if name != PHASE_TAG && name != CUTOVER_TIME_TAG => {
            Some((name.to_owned(), text.to_string()))
        }
        _ => None,
    });
    let name = composer.context.names.keyed("asg", [identity]);
    lasting.chain([("Name".to_owned(), name)]).collect()
}

/// Allows the load balancers of a service to connect to its instances.
fn allow_balancers(
    composer: &mut Composer<'_>,
    section: SectionRef<'_, ServiceConfig>,
    config: &InstancesConfig,
    ingress: &Ingress,
    instances: &Instances,
) {
    let group_key = TargetGroupKey::New(section.section_name());
    let place = SectionRef::resolve(&composer.stack.network, &config.network);
    for balancer_section in SectionRef::all(&composer.stack.balancer) {
        let mut there = ingress.balancers.of(balancer_section).iter();
        let Some((_, balancer)) = there.find(|(network, _)| network == config.network.name())
        else {
            continue;
        };
        if balancer.group(&group_key).is_none() {
            continue;
        }
        let mut root = composer.root.in_region(place.region.as_str());
        let mut scope = balancer_section
            .scope(&mut root)
            .into_child(place.construct_id());
        let (client, server) = (balancer.placement, instances.placement);
        let why = "Load balancer to instances";
        let port = config.port.get();
        allow(
            &mut scope,
            section.construct_id(),
            client,
            server,
            port,
            why,
        );
    }
}

/// The target groups of a service at the load balancers of its network.
fn target_groups(
    section: SectionRef<'_, ServiceConfig>,
    config: &InstancesConfig,
    ingress: &Ingress,
) -> Vec<LoadBalancerTarget> {
    let group_key = TargetGroupKey::New(section.section_name());
    let balancers = ingress.balancers.iter().flat_map(|(_, there)| there);
    balancers
        .filter(|(network, _)| network == config.network.name())
        .filter_map(|(_, balancer)| {
            Some(LoadBalancerTarget {
                load_balancer: balancer.load_balancer,
                group: balancer.group(&group_key)?,
                rule: balancer.rule,
            })
        })
        .collect()
}

/// The services whose Auto Scaling group exists in this phase.
pub(crate) fn auto_scaling_groups<'s>(
    services: &'s Named<ServiceConfig>,
    fleets: &AutoScalingServices,
) -> Vec<(
    SectionRef<'s, ServiceConfig>,
    &'s InstancesConfig,
    AutoScalingGroup,
)> {
    SectionRef::all(services)
        .filter_map(|section| {
            let ServiceConfig::Instances(config) = section.config() else {
                return None;
            };
            Some((section, config, fleets.of(section).as_ref()?.group?))
        })
        .collect()
}
