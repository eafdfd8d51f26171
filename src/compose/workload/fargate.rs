//! Fargate services: one ECS cluster in each network of a service, and an ECS service for each color.

use crate::compose::composer::Composer;
use crate::compose::foundations::Foundations;
use crate::compose::ingress::Ingress;
use crate::compose::phase::runs_payment_code;
use crate::compose::workload::access;
use crate::config::{
    AlertCategory, Color, Fargate as FargateConfig, Network as NetworkConfig, Service,
};
use crate::constructs::compute::fargate::{
    EcsCluster, EcsClusterDeps, EcsClusterProps, EcsService, EcsServiceDeps, EcsServiceProps,
    ServiceTargetGroup, notify_deployment_failures,
};
use crate::constructs::core::SectionRef;
use crate::constructs::network::security_group_rules::allow;
use crate::constructs::security::kms_key::DataClass;
use crate::lambda_packages::RequiredActions;
use crate::newtypes::Region;

/// A service in one network.
pub(crate) struct FargateService<'a> {
    pub(crate) service: SectionRef<'a, Service>,
    pub(crate) network: SectionRef<'a, NetworkConfig>,
    pub(crate) region: Region,
    /// The versions that run. None before the migration.
    pub(crate) versions: Vec<EcsService>,
}

/// Adds each Fargate service in each of its networks.
pub(crate) fn add<'a>(
    composer: &mut Composer<'a>,
    foundations: &Foundations<'_>,
    ingress: &Ingress,
) -> Vec<FargateService<'a>> {
    let mut services = Vec::new();
    for service in SectionRef::all(&composer.stack.service) {
        if let Service::Fargate(config) = service.config() {
            for network in &config.networks {
                let network = SectionRef::resolve(&composer.stack.network, network);
                services.push(add_in_network(
                    composer,
                    service,
                    config,
                    network,
                    foundations,
                    ingress,
                ));
            }
        }
    }
    services
}

fn add_in_network<'a>(
    composer: &mut Composer<'a>,
    service: SectionRef<'a, Service>,
    config: &'a FargateConfig,
    network_section: SectionRef<'a, NetworkConfig>,
    foundations: &Foundations<'_>,
    ingress: &Ingress,
) -> FargateService<'a> {
    let network = foundations.networks.of(network_section);
    let region = network.region;
    let mut grant = access::grant(
        composer,
        &config.uses,
        RequiredActions::CUSTOM_IMAGE,
        region,
        foundations,
    );
    let keys = [
        service.physical_name_key(),
        network_section.physical_name_key(),
    ];
    let image = composer.stack.existing.image.resolve(&config.image);
    let cluster_props = EcsClusterProps {
        keys,
        repository: composer.context.names.repository(&image.repository),
        retention: composer.retention(),
        permissions: std::mem::take(&mut grant.allowed),
    };
    let cluster_deps = EcsClusterDeps {
        network,
        logs_key: composer.key(DataClass::Logs, region),
        storage_key: composer.key(DataClass::Tasks, region),
    };
    let release = composer.stack.release_of(service.key());
    let colors = match release {
        None => vec![None],
        Some(_) => Color::ALL.map(Some).into(),
    };
    let stack = composer.stack;
    let served = |color| ingress.target_groups(stack, service, color, network_section.key());
    let mut images = Vec::new();
    if runs_payment_code(composer.target.phase) {
        for &color in &colors {
            let image = composer.image(&config.image, release, color, region);
            images.push((color, image));
        }
    }
    let context = composer.context;
    let mut root = composer.root.in_region(region.as_str());
    let mut scope = service
        .scope(&mut root)
        .into_child(network_section.construct_id());
    let cluster = EcsCluster::new(&mut scope, &context, cluster_props, cluster_deps);
    let mut connectivity = foundations.connectivity.of(network_section.key());
    connectivity.extend(grant.connect(&mut scope, cluster.placement));
    for (section, balancer, _) in colors.first().into_iter().flat_map(|first| served(*first)) {
        let (from, why) = (balancer.placement, "Load balancer to ECS tasks");
        let (to, port) = (cluster.placement, config.port.get());
        let id = section.construct_id();
        connectivity.extend(allow(&mut scope.child("balancer"), id, from, to, port, why));
    }
    let mut versions = Vec::new();
    for (color, image) in images {
        let props = EcsServiceProps {
            config,
            keys,
            color,
            environment: grant.environment.clone(),
        };
        let target_groups = served(color).map(|(_, balancer, group)| ServiceTargetGroup {
            load_balancer: balancer.load_balancer,
            group,
            rule: balancer.rule,
        });
        let deps = EcsServiceDeps {
            cluster,
            network,
            image,
            target_groups: target_groups.collect(),
            connectivity: connectivity.clone(),
        };
        let mut scope = scope.child("version");
        let mut scope = scope.child(color.map_or("single", Color::as_str));
        versions.push(EcsService::new(&mut scope, &context, props, deps));
    }
    if let Some(topic) = foundations
        .topics
        .first_topic_for(AlertCategory::SystemErrors, region)
        && !versions.is_empty()
    {
        let alarm_actions = foundations
            .topics
            .actions_for(AlertCategory::SystemErrors, region);
        notify_deployment_failures(
            &mut scope,
            &context,
            keys,
            &versions,
            &topic,
            &alarm_actions,
        );
    }
    FargateService {
        service,
        network: network_section,
        region,
        versions,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use crate::aws;
    use crate::aws::data;
    use crate::compose::compose;
    use crate::config::{Phase, Selection, StackSource, load};
    use crate::terraform::synth;
    use crate::terraform::tree::{Kind, Tree};

    const STACK: &str = include_str!("../../../fixtures/terraform/images.toml");

    fn tree(phase: Phase, set: &[&str]) -> Tree {
        let source = StackSource::new("images.toml", STACK);
        let selection = Selection {
            phase: Some(phase),
            set: set.iter().map(|&set| set.to_owned()).collect(),
            ..Selection::new("migration".parse().unwrap(), "abc123".parse().unwrap())
        };
        compose(&load(&source, &selection).unwrap()).unwrap().tree
    }

    fn paths<K: Kind>(tree: &Tree) -> Vec<String> {
        tree.each::<K>().map(|(node, _)| tree.path(node)).collect()
    }

    fn document(tree: &Tree) -> serde_json::Value {
        let mut document = Vec::new();
        synth::write(tree, "test", &mut document).unwrap();
        serde_json::from_slice(&document).unwrap()
    }

    /// The resources of the document, by address.
    fn resources(tree: &Tree) -> BTreeMap<String, serde_json::Value> {
        let document = document(tree);
        let types = document["resource"].as_object().unwrap().iter();
        let resources = types.flat_map(|(kind, named)| {
            let named = named.as_object().unwrap().iter();
            named.map(move |(name, resource)| (format!("{kind}.{name}"), resource.clone()))
        });
        resources.collect()
    }

    /// The addresses of what is not the same in both.
    fn differing(one: &Tree, other: &Tree) -> BTreeSet<String> {
        let (one, other) = (resources(one), resources(other));
        let addresses = one.keys().chain(other.keys());
        addresses
            .filter(|at| one.get(*at) != other.get(*at))
            .cloned()
            .collect()
    }

    fn output(tree: &Tree, name: &str) -> serde_json::Value {
        document(tree)["output"][name].clone()
    }

    #[test]
    fn tasks_scale_with_requests_on_request() {
        let policies =
            |set: &[&str]| paths::<aws::AppautoscalingPolicy>(&tree(Phase::Migration, set));
        let requests = |path: &String| path.ends_with("scaling/requests");
        assert!(!policies(&[]).iter().any(requests));
        let set = "service.tasks.fargate.target_requests=600";
        assert!(policies(&[set]).iter().any(requests));
    }

    #[test]
    fn each_color_runs_its_own_image_behind_its_own_target_group() {
        let tree = tree(Phase::Migration, &[]);
        let mut groups = Vec::new();
        let mut images = Vec::new();
        for (_, service) in tree.each::<aws::EcsService>() {
            let registered = service.load_balancer();
            let [registered] = &registered[..] else {
                panic!("{} load balancers", registered.len());
            };
            groups.push(registered.target_group_arn().unwrap().term().clone());
        }
        for (node, _) in tree.each::<aws::EcsTaskDefinition>() {
            node.references(&mut |node| {
                images.extend(tree.node(node).map(crate::terraform::tree::Node::address));
            });
        }
        images.retain(|address| address.starts_with("data.aws_ecr_image."));
        images.sort();
        images.dedup();
        assert_eq!(groups.len(), 2);
        assert_ne!(groups[0], groups[1]);
        assert_eq!(images.len(), 2, "{images:?}");
    }

    #[test]
    fn an_image_is_looked_up_once_for_tasks_and_functions() {
        let tree = tree(Phase::Migration, &[]);
        assert_eq!(paths::<data::EcrRepository>(&tree).len(), 1);
        assert_eq!(paths::<data::EcrImage>(&tree).len(), 2);
    }

    #[test]
    fn before_the_migration_nothing_runs_and_logs_and_functions_stay() {
        let (legacy, migration) = (tree(Phase::Legacy, &[]), tree(Phase::Migration, &[]));
        assert!(paths::<aws::EcsService>(&legacy).is_empty());
        assert!(paths::<aws::AppautoscalingTarget>(&legacy).is_empty());
        for stays in [
            paths::<aws::CloudwatchLogGroup>,
            paths::<aws::EcsCluster>,
            paths::<aws::IamRole>,
            paths::<aws::LambdaFunction>,
            paths::<aws::SecurityGroup>,
        ] {
            assert_eq!(stays(&legacy), stays(&migration));
        }
    }

    #[test]
    fn a_moved_share_of_a_release_touches_the_rule_and_nothing_else() {
        let before = tree(Phase::Production, &[]);
        let after = tree(Phase::Production, &["release.payments.green_percent=40"]);
        let differing = differing(&before, &after);
        let only_rules = |address: &String| address.starts_with("aws_lb_listener_rule.");
        assert!(
            differing.len() == 1 && differing.iter().all(only_rules),
            "{differing:?}"
        );
    }

    #[test]
    fn a_new_version_touches_its_own_color_only() {
        let before = tree(Phase::Migration, &[]);
        let after = tree(Phase::Migration, &["release.payments.green=1.2.0"]);
        for address in differing(&before, &after) {
            assert!(address.contains("green"), "{address}");
        }
    }

    #[test]
    fn outputs_name_the_color_that_most_requests_go_to() {
        let (blue, green) = (
            tree(Phase::Migration, &[]),
            tree(Phase::Production, &["release.payments.green_percent=60"]),
        );
        for name in ["target_group_arn", "payment_lambda_name"] {
            assert_ne!(output(&blue, name), output(&green, name), "{name}");
        }
    }

    #[test]
    fn tasks_wait_for_their_listener_rule_and_their_network() {
        let tree = tree(Phase::Migration, &[]);
        for (node, _) in tree.each::<aws::EcsService>() {
            let waits = node.meta().depends_on().iter();
            let waits: Vec<_> = waits
                .filter_map(|id| Some(tree.node(*id)?.type_name()))
                .collect();
            for type_name in [
                aws::LbListenerRule::TYPE,
                aws::VpcEndpoint::TYPE,
                aws::VpcSecurityGroupEgressRule::TYPE,
                aws::VpcSecurityGroupIngressRule::TYPE,
            ] {
                assert!(waits.contains(&type_name), "{waits:?}");
            }
        }
    }
}
