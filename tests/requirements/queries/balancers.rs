//! Public load balancers, their targets and weights.

use std::collections::BTreeMap;

use ipnet::Ipv4Net;
use paymig::aws;
use paymig::terraform::tree::{NodeId, View};

use super::monitoring::{has_alarms_on_failed_requests, shows, watched};
use super::network::{Ways, ways};
use super::tasks::tasks;
use crate::framework::case::{Amount, Case, Item, Known, Text, Verdict};

type Group<'t> = Item<'t, aws::LbTargetGroup>;

/// The internet reaches load balancers on the ports of HTTP and HTTPS, and nothing else.
pub(crate) fn internet_reaches_load_balancers_only(case: Case<'_>) -> Verdict {
    case.every::<aws::VpcSecurityGroupIngressRule>()
        .must(
            "name a security group or a private range, or allow clients",
            |rule| {
                let groups = rule.to::<aws::SecurityGroup, _>(rule.referenced_security_group_id());
                let range = rule.cidr_ipv4().text().and_then(|it| it.parse().ok());
                match range {
                    Some(range) if is_everywhere(range) => {
                        let own = rule.to::<aws::SecurityGroup, _>(rule.security_group_id());
                        let is_balancers = own.iter().any(|group| {
                            !group
                                .from::<aws::Lb, _>(View::<aws::Lb>::security_groups)
                                .is_empty()
                        });
                        let port = rule.to_port().number();
                        is_balancers && matches!(port, Some(80 | 443)) && {
                            rule.from_port().number() == port
                        }
                    }
                    Some(range) => range.addr().is_private(),
                    None => groups.len() == 1,
                }
            },
        )
        .must("belong to a security group", |rule| {
            let group = rule.security_group_id();
            !rule.to::<aws::SecurityGroup, _>(group).is_empty()
        })
        .verdict()
}

/// Public subnets of three Availability Zones, open to clients on the port of HTTPS.
pub(crate) fn load_balancers_are_in_public_subnets(case: Case<'_>) -> Verdict {
    case.every::<aws::Lb>()
        .must("be public, in three Availability Zones", |balancer| {
            let subnets = balancer.to::<aws::Subnet, _>(balancer.subnets());
            balancer.load_balancer_type().is("application")
                && balancer.internal().is(false)
                && subnets.len() == 3
                && subnets.iter().all(|it| ways(it) == Some(Ways::BOTH))
        })
        .must("allow clients", |balancer| {
            type In = aws::VpcSecurityGroupIngressRule;
            let groups = balancer.to::<aws::SecurityGroup, _>(balancer.security_groups());
            let rules = groups
                .iter()
                .flat_map(|group| group.from::<In, _>(View::<In>::security_group_id));
            let open: Vec<_> = rules
                .filter(|rule| rule.cidr_ipv4().is("0.0.0.0/0"))
                .filter_map(|rule| rule.to_port().number())
                .collect();
            open.contains(&443) && open.contains(&80)
        })
        .must("redirect HTTP to HTTPS", |balancer| {
            type Listener = aws::LbListener;
            let listeners = balancer.from::<Listener, _>(View::<Listener>::load_balancer_arn);
            let mut ports: Vec<_> = listeners
                .iter()
                .filter_map(|it| it.port().number())
                .collect();
            ports.sort_unstable();
            ports == [80, 443]
        })
        .verdict()
}

/// The rate limit's window and requests, and the AWS managed rules against SQL injection.
pub(crate) fn load_balancers_are_protected_by_a_web_acl(case: Case<'_>) -> Verdict {
    const REQUESTS: i64 = 1000;
    const SECONDS: i64 = 60;
    let balancers = case
        .every::<aws::Lb>()
        .must("be protected by a web ACL", |balancer| {
            type Association = aws::Wafv2WebAclAssociation;
            let all = balancer.from::<Association, _>(View::<Association>::resource_arn);
            all.iter()
                .any(|it| !it.to::<aws::Wafv2WebAcl, _>(it.web_acl_arn()).is_empty())
        })
        .verdict();
    let acls = case
        .every::<aws::Wafv2WebAcl>()
        .must("limit the request rate by address", |acl| {
            acl.rule().iter().any(|rule| {
                let statement = rule.statement();
                let rate = statement.and_then(|it| it.rate_based_statement());
                rule.action().is_some_and(|it| it.block().is_some())
                    && rate.is_some_and(|rate| {
                        rate.limit().is(REQUESTS)
                            && rate.evaluation_window_sec().is(SECONDS)
                            && rate.aggregate_key_type().is("IP")
                    })
            })
        })
        .must("block SQL injection", |acl| {
            acl.rule().iter().any(|rule| {
                let statement = rule.statement();
                let managed = statement.and_then(|it| it.managed_rule_group_statement());
                let blocks = rule.override_action().is_some_and(|it| it.none().is_some());
                let known = managed.is_some_and(|managed| {
                    managed.name().is("AWSManagedRulesSQLiRuleSet")
                        && managed.vendor_name().is("AWS")
                });
                blocks && known
            })
        })
        .must("log requests, without tokens", |acl| {
            type Logging = aws::Wafv2WebAclLoggingConfiguration;
            let all = acl.from::<Logging, _>(View::<Logging>::resource_arn);
            all.iter().any(|logging| {
                let redacted = logging.redacted_fields();
                let hides = redacted.iter().any(|field| {
                    let header = field.single_header();
                    header.is_some_and(|it| it.name().is("authorization"))
                });
                let groups = logging.log_destination_configs();
                hides && logging.uses_own::<aws::CloudwatchLogGroup, _>(groups)
            })
        })
        .verdict();
    balancers.and(acls)
}

/// Each side has health checks, which detect a failure within 30 seconds.
pub(crate) fn targets_are_health_checked(case: Case<'_>) -> Verdict {
    case.every::<aws::LbTargetGroup>()
        .must("have a health check", |group| {
            let check = group.health_check();
            let path = if services(group).is_empty() {
                "/health"
            } else {
                "/alive"
            };
            check.is_some_and(|it| it.enabled().is(true) && it.path().is(path))
        })
        .must("be unhealthy within 30 seconds of a failure", |group| {
            let time = group.health_check().and_then(|check| {
                Some(check.interval().number()? * check.unhealthy_threshold().number()?)
            });
            time.is_some_and(|seconds| (1..=30).contains(&seconds))
        })
        .must("contain tasks, or a function that it may invoke", |group| {
            !services(group).is_empty() || leads_to_function(group)
        })
        .verdict()
}

/// One rule splits the requests between two versions of each program.
pub(crate) fn blue_and_green_have_weights(case: Case<'_>) -> Verdict {
    case.every::<aws::LbListenerRule>()
        .must(
            "split the requests of each program between two versions",
            |rule| {
                let mut programs: BTreeMap<String, Vec<i64>> = BTreeMap::new();
                for action in rule.action() {
                    let shares = action.forward().map(|forward| forward.target_group());
                    for share in shares.into_iter().flatten() {
                        for group in rule.to::<aws::LbTargetGroup, _>(share.arn()) {
                            let path = group.path();
                            let mut parts = path.rsplitn(3, '/');
                            let program = parts.nth(2).unwrap_or_default().to_owned();
                            let weight = share.weight().number().unwrap_or(-1);
                            programs.entry(program).or_default().push(weight);
                        }
                    }
                }
                let whole = |weights: &Vec<i64>| {
                    weights.len() == 2
                        && weights.iter().sum::<i64>() == 100
                        && weights.iter().all(|weight| (0..=100).contains(weight))
                };
                programs.len() == 2 && programs.values().all(whole)
            },
        )
        .must("hold for every path, at a listener", |rule| {
            let conditions = rule.condition();
            let all = conditions.iter().any(|condition| {
                let pattern = condition.path_pattern();
                let values = pattern.and_then(|pattern| pattern.values()?.items());
                values.is_some_and(|values| values.iter().any(|it| it.literal() == Some("/*")))
            });
            let listeners = rule.to::<aws::LbListener, _>(rule.listener_arn());
            all && listeners.len() == 1
        })
        .verdict()
}

/// Blue and green each have an image of their own.
pub(crate) fn blue_and_green_run_separate_images(case: Case<'_>) -> Verdict {
    let images = |found: Vec<Item<'_, aws::data::EcrImage>>| -> Vec<NodeId> {
        found.iter().map(|image| image.node.node_id()).collect()
    };
    let of_tasks: Vec<_> = case
        .items::<aws::EcsService>()
        .iter()
        .flat_map(tasks)
        .map(|task| images(task.to(task.container_definitions())))
        .collect();
    let of_functions: Vec<_> = case
        .items::<aws::LambdaFunction>()
        .iter()
        .filter(|function| function.package_type().is("Image"))
        .map(|function| images(function.to(function.image_uri())))
        .collect();
    let apart = |of: &[Vec<NodeId>]| matches!(of, [blue, green] if blue != green);
    Verdict::of(
        apart(&of_tasks) && apart(&of_functions),
        "a program has no two versions of its own",
    )
}

/// Errors and latency have alarms.
pub(crate) fn load_balancers_have_alarms(case: Case<'_>) -> Verdict {
    case.every::<aws::Lb>()
        .must("have alarms on errors and latency", |balancer| {
            has_alarms_on_failed_requests(balancer)
                && watched(balancer, "LoadBalancer", &["TargetResponseTime"])
        })
        .verdict()
}

pub(crate) fn dashboards_show_latency_and_errors(case: Case<'_>) -> Verdict {
    shows::<aws::Lb>(case, "TargetResponseTime")
        .and(shows::<aws::Lb>(case, "HTTPCode_ELB_5XX_Count"))
        .and(shows::<aws::Lb>(case, "HTTPCode_Target_5XX_Count"))
}

pub(crate) fn dashboards_show_dns_health_checks(case: Case<'_>) -> Verdict {
    shows::<aws::Route53HealthCheck>(case, "HealthCheckPercentageHealthy")
}

fn is_everywhere(range: Ipv4Net) -> bool {
    range.prefix_len() == 0
}

fn services<'t>(group: &Group<'t>) -> Vec<Item<'t, aws::EcsService>> {
    let mut services = group.case.items::<aws::EcsService>();
    services.retain(|service| {
        let served = service.load_balancer();
        served.iter().any(|it| {
            it.target_group_arn()
                .is_some_and(|it| it.refers_to(group.node.node_id()))
        })
    });
    services
}

fn leads_to_function(group: &Group<'_>) -> bool {
    type Attachment = aws::LbTargetGroupAttachment;
    type Permission = aws::LambdaPermission;
    let attached = group.from::<Attachment, _>(View::<Attachment>::target_group_arn);
    let permitted = group.from::<Permission, _>(View::<Permission>::source_arn);
    group.target_type().is("lambda")
        && attached
            .iter()
            .any(|it| it.to::<aws::LambdaAlias, _>(it.target_id()).len() == 1)
        && permitted
            .iter()
            .any(|it| it.principal().is("elasticloadbalancing.amazonaws.com"))
}
