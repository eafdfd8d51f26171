//! Services on Fargate: networks, versions, scaling, encryption and roles.

use std::collections::BTreeSet;

use paymig::aws;
use paymig::terraform::tree::{Expr, NodeId, Object, Term, View};

use super::monitoring::alarms_on;
use super::network::{Ways, ways};
use crate::framework::case::{Amount, Case, Item, Known, Text, Verdict};
use crate::framework::policy::{several, text};

type Service<'t> = Item<'t, aws::EcsService>;

/// A blue and a green service in each region, on Fargate, in private subnets.
pub(crate) fn services_run_on_fargate_in_both_regions(case: Case<'_>) -> Verdict {
    let services = case.items::<aws::EcsService>();
    let regions: BTreeSet<&str> = services.iter().map(Item::region).collect();
    case.every::<aws::EcsService>()
        .must("exist in the other region too", |_| regions.len() == 2)
        .must("run on Fargate, in a cluster of its region", |service| {
            service.launch_type().is("FARGATE")
                && service.uses_own::<aws::EcsCluster, _>(service.cluster())
        })
        .must(
            "run in private subnets of three Availability Zones",
            |service| {
                let Some(network) = service.network_configuration() else {
                    return false;
                };
                let subnets = service.to::<aws::Subnet, _>(network.subnets());
                subnets.len() == 3
                    && subnets.iter().all(|subnet| ways(subnet) == Some(Ways::OUT))
                    && !network.assign_public_ip().is(true)
                    && service.uses_own::<aws::SecurityGroup, _>(network.security_groups())
            },
        )
        .verdict()
}

/// Two versions run in every region, each with a target group, and the weights of one rule select the one that
/// receives requests.
pub(crate) fn versions_have_weights(case: Case<'_>) -> Verdict {
    let rules = case
        .every::<aws::LbListenerRule>()
        .exactly(2)
        .must(
            "split the requests of a region between two versions",
            |rule| {
                let shares = shares(rule);
                let groups: BTreeSet<_> = shares
                    .iter()
                    .map(|(group, _)| group.node.node_id())
                    .collect();
                let services = shares.iter().flat_map(|(group, _)| services_of(group));
                let images: BTreeSet<_> = services.flat_map(|service| images(&service)).collect();
                groups.len() == 2
                    && images.len() == 2
                    && shares
                        .iter()
                        .map(|(_, weight)| *weight)
                        .sum::<Option<i64>>()
                        == Some(100)
            },
        )
        .must("belong to the listener for HTTPS", |rule| {
            let listeners = rule.to::<aws::LbListener, _>(rule.listener_arn());
            matches!(&listeners[..], [listener] if listener.protocol().is("HTTPS"))
        })
        .verdict();
    let groups = case
        .every::<aws::LbTargetGroup>()
        .exactly(4)
        .must("use TLS, in the network of its region", |group| {
            group.protocol().is("HTTPS") && group.uses_own::<aws::Vpc, _>(group.vpc_id())
        })
        .must("be unhealthy within 30 seconds of a failure", |group| {
            let seconds = group.health_check().and_then(|check| {
                check.path().is("/alive").then_some(())?;
                Some(check.interval().number()? * check.unhealthy_threshold().number()?)
            });
            seconds.is_some_and(|seconds| (1..=30).contains(&seconds))
        })
        .verdict();
    rules.and(groups)
}

/// A version that does not become healthy is rolled back, and none stops before its successor is healthy.
pub(crate) fn failed_versions_are_rolled_back(case: Case<'_>) -> Verdict {
    case.every::<aws::EcsService>()
        .must("roll back automatically", |service| {
            let breaker = service.deployment_circuit_breaker();
            breaker.is_some_and(|breaker| breaker.enable().is(true) && breaker.rollback().is(true))
        })
        .must("stop no task before its successor is healthy", |service| {
            service.deployment_minimum_healthy_percent().is(100)
                && service.deployment_maximum_percent().at_least(200)
        })
        .must(
            "fail the apply if its version does not become healthy",
            |service| !service.node.meta().lifecycle().postconditions().is_empty(),
        )
        .verdict()
}

/// From the minimum to the maximum, by CPU utilization; the desired count is ignored.
pub(crate) fn services_scale_with_load(case: Case<'_>) -> Verdict {
    type Target = aws::AppautoscalingTarget;
    type Policy = aws::AppautoscalingPolicy;
    case.every::<aws::EcsService>()
        .must("scale with load", |service| {
            let targets = service.from::<Target, _>(View::<Target>::resource_id);
            let [target] = &targets[..] else {
                return false;
            };
            let policies = target.from::<Policy, _>(View::<Policy>::resource_id);
            let follows = policies.iter().any(|policy| {
                let tracking = policy.target_tracking_scaling_policy_configuration();
                let metric = tracking.and_then(|it| it.predefined_metric_specification());
                policy.policy_type().is("TargetTrackingScaling")
                    && metric.is_some_and(|it| {
                        it.predefined_metric_type()
                            .is("ECSServiceAverageCPUUtilization")
                    })
            });
            let least = target.min_capacity().number();
            follows
                && least.is_some_and(|least| least >= 3)
                && target.max_capacity().number() > least
        })
        .must("ignore the desired count", |service| {
            service
                .node
                .meta()
                .lifecycle()
                .ignore_changes()
                .contains(&"desired_count")
        })
        .verdict()
}

/// One container without privileges, with a read-only file system except `/tmp`, on encrypted storage.
pub(crate) fn tasks_are_encrypted_and_read_only(case: Case<'_>) -> Verdict {
    let tasks = case
        .every::<aws::EcsTaskDefinition>()
        .must("run an image that is looked up in its region", |task| {
            task.uses_own::<aws::data::EcrImage, _>(task.container_definitions())
        })
        .must(
            "run without privileges, on a read-only file system",
            |task| {
                let containers = containers(task);
                !containers.is_empty()
                    && containers.iter().all(|container| {
                        matches!(
                            container.get("readonlyRootFilesystem"),
                            Some(Term::Bool(true))
                        ) && container
                            .get("user")
                            .and_then(text)
                            .is_some_and(|user| !user.starts_with('0'))
                    })
            },
        )
        .must("log to a log group of its region", |task| {
            task.uses_own::<aws::CloudwatchLogGroup, _>(task.container_definitions())
        })
        .verdict();
    let clusters = case
        .every::<aws::EcsCluster>()
        .must(
            "encrypt ephemeral storage with a key of its region",
            |cluster| {
                let storage = cluster
                    .configuration()
                    .and_then(|it| it.managed_storage_configuration());
                storage.is_some_and(|it| {
                    cluster.uses_own::<aws::KmsKey, _>(it.fargate_ephemeral_storage_kms_key_id())
                })
            },
        )
        .must("publish the metrics of its tasks", |cluster| {
            cluster.setting().iter().any(|setting| {
                setting.name().is("containerInsights") && setting.value().text() != Some("disabled")
            })
        })
        .must("have the log group of its metrics", |cluster| {
            let nodes = cluster.node.meta().depends_on().iter();
            let nodes = nodes.filter_map(|id| case.tree.node(*id));
            let name = cluster.name().text();
            nodes
                .filter_map(View::<aws::CloudwatchLogGroup>::of)
                .any(|group| {
                    let group = group.name().text();
                    group
                        .zip(name)
                        .is_some_and(|(group, name)| group.contains(name))
                })
        })
        .verdict();
    tasks.and(clusters)
}

/// An execution role and a task role, in each region.
pub(crate) fn tasks_have_roles_of_their_own(case: Case<'_>) -> Verdict {
    case.every::<aws::EcsTaskDefinition>()
        .must("have an execution role and a separate task role", |task| {
            let starts = task.to::<aws::IamRole, _>(task.execution_role_arn());
            let acts = task.to::<aws::IamRole, _>(task.task_role_arn());
            matches!((&starts[..], &acts[..]), ([starts], [acts])
                if starts.node.node_id() != acts.node.node_id())
        })
        .verdict()
}

/// The settings of a task that takes payments: its region as that of the parameters, and its secrets.
pub(crate) fn tasks_have_the_parameter_region(case: Case<'_>) -> Verdict {
    case.every::<aws::EcsTaskDefinition>()
        .must(
            "have its region as that of the parameters in its environment",
            |task| {
                let region = task.region();
                let containers = containers(task);
                containers.iter().any(|container| {
                    let settings = container.get("environment").into_iter().flat_map(several);
                    let mut settings = settings.filter_map(|setting| match setting {
                        Term::Object(setting) => {
                            Some((text(setting.get("name")?)?, text(setting.get("value")?)?))
                        }
                        _ => None,
                    });
                    settings.any(|setting| setting == ("PARAMETER_REGION", region))
                })
            },
        )
        .must("have the ARNs of its secrets in its environment", |task| {
            !task
                .to::<aws::SecretsmanagerSecret, _>(task.container_definitions())
                .is_empty()
        })
        .verdict()
}

/// Alarms on load, memory and running tasks.
pub(crate) fn services_have_alarms(case: Case<'_>) -> Verdict {
    case.every::<aws::EcsService>()
        .must("have alarms on load, memory and missing tasks", |service| {
            ["CPUUtilization", "MemoryUtilization", "RunningTaskCount"]
                .iter()
                .all(|metric| !alarms_on(service, "ServiceName", metric).is_empty())
        })
        .verdict()
}

/// A version that does not become healthy causes a notification.
pub(crate) fn failed_versions_are_notified(case: Case<'_>) -> Verdict {
    type Target = aws::CloudwatchEventTarget;
    case.every::<aws::EcsService>()
        .must(
            "notify of versions that do not become healthy, in its region",
            |service| {
                let rules = service.from::<aws::CloudwatchEventRule, _>(
                    View::<aws::CloudwatchEventRule>::event_pattern,
                );
                rules.iter().any(|rule| {
                    let targets = rule.from::<Target, _>(View::<Target>::rule);
                    rule.region() == service.region()
                        && targets
                            .iter()
                            .any(|target| target.uses_own::<aws::SnsTopic, _>(target.arn()))
                        && !alarms_on(rule, "RuleName", "FailedInvocations").is_empty()
                })
            },
        )
        .verdict()
}

/// The database's security group allows each service, and each service allows its load balancer.
pub(crate) fn services_have_security_group_rules(case: Case<'_>) -> Verdict {
    type In = aws::VpcSecurityGroupIngressRule;
    type Out = aws::VpcSecurityGroupEgressRule;
    case.every::<aws::EcsService>()
        .must("allow its load balancer", |service| {
            groups(service).iter().any(|group| {
                let rules = group.from::<In, _>(View::<In>::security_group_id);
                rules.iter().any(|rule| {
                    let from =
                        rule.to::<aws::SecurityGroup, _>(rule.referenced_security_group_id());
                    rule.to_port().is(PORT)
                        && from.iter().any(|from| {
                            !from
                                .from::<aws::Lb, _>(View::<aws::Lb>::security_groups)
                                .is_empty()
                        })
                })
            })
        })
        .must("have egress rules to the database and AWS", |service| {
            let ports: BTreeSet<i64> = groups(service)
                .iter()
                .flat_map(|group| group.from::<Out, _>(View::<Out>::security_group_id))
                .filter_map(|rule| rule.to_port().number())
                .collect();
            ports.contains(&DATABASE) && ports.contains(&HTTPS)
        })
        .verdict()
}

/// While both databases may be the writer, each service has egress rules to both.
pub(crate) fn services_reach_both_databases(case: Case<'_>) -> Verdict {
    type Out = aws::VpcSecurityGroupEgressRule;
    case.every::<aws::EcsService>()
        .must(
            "have egress rules to the source and both clusters of the target",
            |service| {
                let groups = groups(service);
                let rules = groups
                    .iter()
                    .flat_map(|group| group.from::<Out, _>(View::<Out>::security_group_id));
                rules.filter(|rule| rule.to_port().is(DATABASE)).count() == 3
            },
        )
        .verdict()
}

/// A tag identifies an image permanently: the repository must have immutable tags.
pub(crate) fn images_are_pinned_by_digest(case: Case<'_>) -> Verdict {
    case.every::<aws::data::EcrImage>()
        .must(
            "belong to a repository of its region with immutable tags",
            |image| {
                let repositories = image.to::<aws::data::EcrRepository, _>(image.repository_name());
                matches!(&repositories[..], [repository] if repository.region() == image.region()
                && !repository.node.meta().lifecycle().postconditions().is_empty())
            },
        )
        .verdict()
}

const PORT: i64 = 8443;
const DATABASE: i64 = 5432;
const HTTPS: i64 = 443;

fn groups<'t>(service: &Service<'t>) -> Vec<Item<'t, aws::SecurityGroup>> {
    let network = service.network_configuration();
    network.map_or_else(Vec::new, |network| service.to(network.security_groups()))
}

/// The target groups of a rule, with their weights.
fn shares<'t>(
    rule: &Item<'t, aws::LbListenerRule>,
) -> Vec<(Item<'t, aws::LbTargetGroup>, Option<i64>)> {
    let mut shares = Vec::new();
    for action in rule.action() {
        let forwarded = action.forward().map(|forward| forward.target_group());
        for share in forwarded.into_iter().flatten() {
            let groups = rule.to::<aws::LbTargetGroup, _>(share.arn());
            let weight = share.weight().number();
            shares.extend(groups.into_iter().map(|group| (group, weight)));
        }
    }
    shares
}

fn services_of<'t>(group: &Item<'t, aws::LbTargetGroup>) -> Vec<Service<'t>> {
    let mut services = group.case.items::<aws::EcsService>();
    services.retain(|service| {
        let mut registered = service.load_balancer().into_iter();
        registered.any(|it| {
            it.target_group_arn()
                .is_some_and(|arn| arn.refers_to(group.node.node_id()))
        })
    });
    services
}

/// The images that a service runs, by their elements.
fn images(service: &Service<'_>) -> Vec<NodeId> {
    let tasks = service.to::<aws::EcsTaskDefinition, _>(service.task_definition());
    let images = tasks
        .iter()
        .flat_map(|task| task.to::<aws::data::EcrImage, _>(task.container_definitions()));
    images.map(|image| image.node.node_id()).collect()
}

fn containers<'t>(task: &Item<'t, aws::EcsTaskDefinition>) -> Vec<&'t Object> {
    let Some(definitions) = task.container_definitions() else {
        return Vec::new();
    };
    let Term::Expr(expr) = definitions.term() else {
        return Vec::new();
    };
    let Expr::Call("jsonencode", arguments) = expr.as_ref() else {
        return Vec::new();
    };
    let containers = arguments.iter().flat_map(several);
    containers
        .filter_map(|container| match container {
            Term::Object(container) => Some(container),
            _ => None,
        })
        .collect()
}
