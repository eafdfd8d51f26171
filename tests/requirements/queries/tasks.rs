//! Tasks and functions of one image: networks, scaling, roles and failed versions.

use paymig::aws;
use paymig::terraform::tree::{Expr, Object, Term, View};

use super::monitoring::alarms_on;
use super::network::{Ways, ways};
use crate::framework::case::{Amount, Case, Item, Known, Text, Verdict};
use crate::framework::policy::{json, several, text};

type Service<'t> = Item<'t, aws::EcsService>;
type Target<'t> = Item<'t, aws::AppautoscalingTarget>;

/// The Availability Zones of tasks.
const ZONES: usize = 3;
/// Minimum and maximum of tasks, and of provisioned concurrency.
const COUNT: (i64, i64) = (2, 10);

/// Tasks have no public address.
pub(crate) fn tasks_run_in_private_subnets(case: Case<'_>) -> Verdict {
    case.every::<aws::EcsService>()
        .must("run on Fargate, without a public address", |service| {
            let network = service.network_configuration();
            service.launch_type().is("FARGATE")
                && network.is_some_and(|network| network.assign_public_ip().is(false))
        })
        .must(
            "run in private subnets of three Availability Zones",
            |service| {
                let network = service.network_configuration();
                let subnets =
                    network.map(|network| service.to::<aws::Subnet, _>(network.subnets()));
                let subnets = subnets.unwrap_or_default();
                subnets.len() == ZONES && subnets.iter().all(|it| ways(it) == Some(Ways::OUT))
            },
        )
        .must("have an egress rule to the APIs of AWS", |service| {
            type Out = aws::VpcSecurityGroupEgressRule;
            let rules = groups(service)
                .into_iter()
                .flat_map(|group| group.from::<Out, _>(View::<Out>::security_group_id));
            rules
                .into_iter()
                .any(|rule| rule.cidr_ipv4().is("0.0.0.0/0") && rule.to_port().is(443))
        })
        .must("belong to a cluster", |service| {
            !service
                .to::<aws::EcsCluster, _>(service.cluster())
                .is_empty()
        })
        .verdict()
}

/// The image digest of a tag at plan time; a plan fails if the tag is mutable.
pub(crate) fn services_and_functions_run_images(case: Case<'_>) -> Verdict {
    let services = case
        .every::<aws::EcsService>()
        .must("run an image of the registry", |service| {
            let tasks = tasks(service);
            let images = tasks
                .iter()
                .flat_map(|task| task.to::<aws::data::EcrImage, _>(task.container_definitions()));
            let images: Vec<_> = images.collect();
            tasks.len() == 1 && matches!(&images[..], [image] if is_immutable(image))
        })
        .verdict();
    let functions = case
        .every::<aws::LambdaFunction>()
        .that("that is an image", |function| {
            function.package_type().is("Image")
        })
        .must("run an image of the registry", |function| {
            let images = function.to::<aws::data::EcrImage, _>(function.image_uri());
            matches!(&images[..], [image] if is_immutable(image))
        })
        .verdict();
    services.and(functions)
}

/// A container writes to its scratch space only, has no privileges, and is replaced if it fails.
pub(crate) fn containers_have_read_only_file_systems_and_roles(case: Case<'_>) -> Verdict {
    case.every::<aws::EcsTaskDefinition>()
        .must(
            "have a read-only file system, and a user without privileges",
            |task| {
                let containers = containers(task);
                !containers.is_empty()
                    && containers.iter().all(|container| {
                        let user = container.get("user").and_then(text).unwrap_or("0");
                        container.get("readonlyRootFilesystem") == Some(&Term::Bool(true))
                            && !user.starts_with('0')
                            && user != "root"
                    })
            },
        )
        .must("have a container health check", |task| {
            let containers = containers(task);
            let asked = |container: &&Object| container.get("healthCheck").is_some_and(is_command);
            !containers.is_empty() && containers.iter().all(asked)
        })
        .must("log to a log group of its own", |task| {
            let definitions = task.container_definitions();
            task.to::<aws::CloudwatchLogGroup, _>(definitions).len() == 1
        })
        .must("have an execution role and a separate task role", |task| {
            let begins = task.to::<aws::IamRole, _>(task.execution_role_arn());
            let works = task.to::<aws::IamRole, _>(task.task_role_arn());
            matches!((&begins[..], &works[..]), ([begins], [works])
                if begins.node.node_id() != works.node.node_id())
        })
        .verdict()
}

/// Clusters encrypt ephemeral storage, and publish metrics to an encrypted log group.
pub(crate) fn ecs_clusters_are_encrypted_and_monitored(case: Case<'_>) -> Verdict {
    case.every::<aws::EcsCluster>()
        .must(
            "encrypt ephemeral storage with a key of its own region",
            |cluster| {
                let configuration = cluster.configuration();
                let storage = configuration.and_then(|it| it.managed_storage_configuration());
                storage.is_some_and(|storage| {
                    let key = storage.fargate_ephemeral_storage_kms_key_id();
                    cluster.uses_own::<aws::KmsKey, _>(key)
                })
            },
        )
        .must("publish the metrics of its tasks", |cluster| {
            let settings = cluster.setting();
            let measured = settings
                .iter()
                .any(|it| it.name().is("containerInsights") && it.value().is("enabled"));
            let name = cluster.name().text().unwrap_or_default();
            let group = format!("/aws/ecs/containerinsights/{name}/performance");
            let waits = cluster.node.meta().depends_on().iter();
            let mut groups = waits
                .filter_map(|id| case.tree.node(*id))
                .filter_map(View::<aws::CloudwatchLogGroup>::of);
            measured && groups.any(|it| it.name().is(&group))
        })
        .verdict()
}

/// Two to ten tasks, by target tracking of CPU.
pub(crate) fn tasks_scale_with_cpu(case: Case<'_>) -> Verdict {
    case.every::<aws::EcsService>()
        .must("have from two to ten tasks", |service| {
            let targets = service.from::<aws::AppautoscalingTarget, _>(
                View::<aws::AppautoscalingTarget>::resource_id,
            );
            matches!(&targets[..], [target] if counts(target)
                && target.service_namespace().is("ecs")
                && target.scalable_dimension().is("ecs:service:DesiredCount")
                && follows(target, "ECSServiceAverageCPUUtilization", 100.0))
        })
        .must("ignore the desired count", |service| {
            let ignored = service.node.meta().lifecycle().ignore_changes();
            ignored.contains(&"desired_count") && service.desired_count().is(COUNT.0)
        })
        .verdict()
}

/// A provisioned concurrency of two to ten, by target tracking of its utilization.
pub(crate) fn provisioned_concurrency_scales_with_utilization(case: Case<'_>) -> Verdict {
    case.every::<aws::LambdaAlias>()
        .must("have a provisioned concurrency of two to ten", |alias| {
            let targets = alias.from::<aws::AppautoscalingTarget, _>(
                View::<aws::AppautoscalingTarget>::resource_id,
            );
            matches!(&targets[..], [target] if counts(target)
                && target.service_namespace().is("lambda")
                && target.scalable_dimension().is("lambda:function:ProvisionedConcurrency")
                && follows(target, "LambdaProvisionedConcurrencyUtilization", 1.0))
        })
        .must("belong to a version", |alias| {
            let version = alias.function_version();
            alias.to::<aws::LambdaFunction, _>(version).len() == 1
        })
        .verdict()
}

/// A version that does not become healthy is rolled back, with a notification.
pub(crate) fn failed_task_versions_are_rolled_back(case: Case<'_>) -> Verdict {
    let services = case
        .every::<aws::EcsService>()
        .must("roll back a version that does not start", |service| {
            let breaker = service.deployment_circuit_breaker();
            breaker.is_some_and(|it| it.enable().is(true) && it.rollback().is(true))
        })
        .must("keep all tasks during a deployment", |service| {
            service.deployment_minimum_healthy_percent().at_least(100)
                && service.deployment_maximum_percent().at_least(101)
        })
        .must(
            "fail the apply if its version does not become healthy",
            |service| {
                let lifecycle = service.node.meta().lifecycle();
                service.wait_for_steady_state().is(true) && !lifecycle.postconditions().is_empty()
            },
        )
        .must("have its failures notified", |service| {
            type Rule = aws::CloudwatchEventRule;
            let rules = service.from::<Rule, _>(View::<Rule>::event_pattern);
            rules.iter().any(|rule| {
                type To = aws::CloudwatchEventTarget;
                let to = rule.from::<To, _>(View::<To>::rule);
                names_failures(rule)
                    && to
                        .iter()
                        .any(|it| it.uses_own::<aws::SnsTopic, _>(it.arn()))
                    && !alarms_on(rule, "RuleName", "FailedInvocations").is_empty()
            })
        })
        .verdict();
    let watched = case
        .every::<aws::EcsService>()
        .must("have alarms on load and missing tasks", |service| {
            ["CPUUtilization", "MemoryUtilization", "RunningTaskCount"]
                .iter()
                .all(|metric| !alarms_on(service, "ServiceName", metric).is_empty())
        })
        .verdict();
    services.and(watched)
}

/// Each service is in a target group, and allows the load balancer.
pub(crate) fn load_balancers_reach_their_tasks(case: Case<'_>) -> Verdict {
    case.every::<aws::EcsService>()
        .must("have a target group of its own", |service| {
            let served = service.load_balancer();
            let groups = served
                .iter()
                .flat_map(|it| service.to::<aws::LbTargetGroup, _>(it.target_group_arn()));
            let groups: Vec<_> = groups.collect();
            matches!(&groups[..], [group] if group.target_type().is("ip")
                && group.protocol().is("HTTPS"))
        })
        .must("allow the load balancer", |service| {
            let served = service.load_balancer();
            let ports: Vec<_> = served
                .iter()
                .filter_map(|it| it.container_port().number())
                .collect();
            type In = aws::VpcSecurityGroupIngressRule;
            let rules = groups(service)
                .into_iter()
                .flat_map(|group| group.from::<In, _>(View::<In>::security_group_id));
            let rules: Vec<_> = rules.collect();
            !ports.is_empty()
                && ports.iter().all(|port| {
                    rules.iter().any(|rule| {
                        let from = rule.referenced_security_group_id();
                        let from = rule.to::<aws::SecurityGroup, _>(from);
                        rule.to_port().is(*port)
                            && from.iter().any(|it| {
                                !it.from::<aws::Lb, _>(View::<aws::Lb>::security_groups)
                                    .is_empty()
                            })
                    })
                })
        })
        .verdict()
}

/// Tasks have egress rules to both databases, and the secret of each.
pub(crate) fn tasks_reach_both_databases(case: Case<'_>) -> Verdict {
    const DATABASE: i64 = 5432;
    case.every::<aws::EcsService>()
        .must("have egress rules to both databases", |service| {
            type Out = aws::VpcSecurityGroupEgressRule;
            let rules = groups(service)
                .into_iter()
                .flat_map(|group| group.from::<Out, _>(View::<Out>::security_group_id));
            let rules: Vec<_> = rules.filter(|it| it.to_port().is(DATABASE)).collect();
            let here = rules.iter().any(|rule| {
                let group = rule.referenced_security_group_id();
                let groups = rule.to::<aws::SecurityGroup, _>(group);
                let by_group = View::<aws::RdsCluster>::vpc_security_group_ids;
                let mut clusters = groups
                    .iter()
                    .flat_map(|group| group.from::<aws::RdsCluster, _>(by_group));
                clusters.next().is_some()
            });
            here && rules.iter().any(|rule| rule.cidr_ipv4().text().is_some())
        })
        .must("have the secrets of both databases", |service| {
            let tasks = tasks(service);
            let secrets = tasks.iter().flat_map(|task| {
                task.to::<aws::SecretsmanagerSecret, _>(task.container_definitions())
            });
            secrets.count() == 2
        })
        .verdict()
}

/// The task definition that a service runs.
pub(crate) fn tasks<'t>(service: &Service<'t>) -> Vec<Item<'t, aws::EcsTaskDefinition>> {
    service.to(service.task_definition())
}

fn groups<'t>(service: &Service<'t>) -> Vec<Item<'t, aws::SecurityGroup>> {
    let network = service.network_configuration();
    let groups = network.map(|network| service.to(network.security_groups()));
    groups.unwrap_or_default()
}

fn is_immutable(image: &Item<'_, aws::data::EcrImage>) -> bool {
    let repositories = image.to::<aws::data::EcrRepository, _>(image.repository_name());
    image.image_tag().is_some()
        && repositories
            .iter()
            .any(|it| !it.node.meta().lifecycle().postconditions().is_empty())
}

fn counts(target: &Target<'_>) -> bool {
    target.min_capacity().is(COUNT.0) && target.max_capacity().is(COUNT.1)
}

/// Whether a policy tracks a target value of `metric` below `limit`.
fn follows(target: &Target<'_>, metric: &str, limit: f64) -> bool {
    type Policy = aws::AppautoscalingPolicy;
    let policies = target.from::<Policy, _>(View::<Policy>::resource_id);
    policies.iter().any(|policy| {
        let Some(tracking) = policy.target_tracking_scaling_policy_configuration() else {
            return false;
        };
        let kept = match tracking.target_value().map(|value| value.term().clone()) {
            Some(Term::Float(kept)) => kept,
            _ => 0.0,
        };
        let measured = tracking.predefined_metric_specification();
        policy.policy_type().is("TargetTrackingScaling")
            && kept > 0.0
            && kept < limit
            && measured.is_some_and(|it| it.predefined_metric_type().is(metric))
    })
}

fn names_failures(rule: &Item<'_, aws::CloudwatchEventRule>) -> bool {
    let pattern = rule.event_pattern();
    let names = pattern.and_then(|pattern| match json(pattern.term())?.get("detail") {
        Some(Term::Object(detail)) => detail.get("eventName"),
        _ => None,
    });
    let mut names = names.into_iter().flat_map(several).filter_map(text);
    names.any(|name| name == "SERVICE_DEPLOYMENT_FAILED")
}

fn containers<'t>(task: &Item<'t, aws::EcsTaskDefinition>) -> Vec<&'t Object> {
    let definitions = task.container_definitions();
    let Some(Term::Expr(expr)) = definitions.map(|it| it.term()) else {
        return Vec::new();
    };
    let Expr::Call("jsonencode", arguments) = expr.as_ref() else {
        return Vec::new();
    };
    let containers = arguments.iter().flat_map(several);
    containers
        .filter_map(|it| match it {
            Term::Object(container) => Some(container),
            _ => None,
        })
        .collect()
}

fn is_command(check: &Term) -> bool {
    match check {
        Term::Object(check) => check
            .get("command")
            .is_some_and(|it| !several(it).is_empty()),
        _ => false,
    }
}
