//! Traffic between the old and the new side at the load balancer.

use std::net::Ipv4Addr;

use paymig::aws;
use paymig::terraform::tree::{Argument, Kind, View};

use super::api::is_validated;
use crate::framework::case::{Amount, Case, Item, Known, Text, Verdict};

type Group<'t> = Item<'t, aws::LbTargetGroup>;

/// One rule has both sides in every phase, and Terraform ignores the weights that the workflow
/// sets.
pub(crate) fn one_rule_has_weights_of_both_sides(case: Case<'_>) -> Verdict {
    case.every::<aws::LbListenerRule>()
        .must("forward to the old and the new side", |rule| {
            let groups = weighed(rule);
            groups.iter().any(|(group, _)| is_old(group))
                && groups.iter().any(|(group, _)| is_new(group))
        })
        .must("add up to 100 percent", |rule| {
            let weights = weighed(rule).into_iter().map(|(_, weight)| weight);
            weights.sum::<Option<i64>>() == Some(100)
        })
        .must("ignore its weights", |rule| {
            let action = Argument::<aws::LbListenerRule>::action().terraform_name();
            rule.node
                .meta()
                .lifecycle()
                .ignore_changes()
                .contains(&action)
        })
        .must("hold for every path, at a listener", |rule| {
            let listeners = rule.to::<aws::LbListener, _>(rule.listener_arn());
            let conditions = rule.condition();
            let all = conditions.iter().any(|condition| {
                let pattern = condition.path_pattern();
                let values = pattern.and_then(|pattern| pattern.values()?.items());
                values
                    .is_some_and(|values| values.iter().any(|value| value.literal() == Some("/*")))
            });
            all && listeners.len() == 1
        })
        .verdict()
}

/// The longest detection time of a failed side, in seconds.
pub(crate) fn both_sides_have_health_checks(case: Case<'_>) -> Verdict {
    case.every::<aws::LbTargetGroup>()
        .must("have a health check", |group| {
            group
                .health_check()
                .is_some_and(|check| check.enabled().is(true) && check.path().is("/health"))
        })
        .that("in a rule", |group| is_old(group) || is_new(group))
        .must("be unhealthy within 30 seconds of a failure", |group| {
            let time = group.health_check().and_then(|check| {
                Some(check.interval().number()? * check.unhealthy_threshold().number()?)
            });
            time.is_some_and(|seconds| (1..=30).contains(&seconds))
        })
        .verdict()
}

/// Addresses of the old system, each with an egress rule of the load balancer.
pub(crate) fn old_system_is_reachable(case: Case<'_>) -> Verdict {
    let rules = case.items::<aws::VpcSecurityGroupEgressRule>();
    case.every::<aws::LbTargetGroupAttachment>()
        .that("of an address", |attachment| address(attachment).is_some())
        .at_least(2)
        .must(
            "be an address that the load balancer may reach",
            |attachment| {
                let range = address(attachment).map(|address| format!("{address}/32"));
                let port = attachment.port().number();
                rules.iter().any(|rule| {
                    rule.cidr_ipv4().text() == range.as_deref()
                        && rule.from_port().number() == port
                        && rule
                            .to::<aws::SecurityGroup, _>(rule.security_group_id())
                            .len()
                            == 1
                })
            },
        )
        .verdict()
}

/// PCI DSS 4.2.1: TLS 1.2 or later, with a validated certificate.
pub(crate) fn load_balancers_accept_tls_only(case: Case<'_>) -> Verdict {
    case.every::<aws::Lb>()
        .that("for requests", |balancer| {
            balancer.load_balancer_type().is("application")
        })
        .must("serve HTTPS, or redirect to it", |balancer| {
            type Listener = aws::LbListener;
            let listeners = balancer.from::<Listener, _>(View::<Listener>::load_balancer_arn);
            listeners.iter().any(|it| it.protocol().is("HTTPS"))
                && listeners.iter().all(|listener| {
                    let policy = listener.ssl_policy().text().unwrap_or_default();
                    let certificates =
                        listener.to::<aws::AcmCertificateValidation, _>(listener.certificate_arn());
                    let takes_tls = listener.protocol().is("HTTPS")
                        && policy.starts_with("ELBSecurityPolicy-TLS13-1-2-")
                        && certificates.iter().any(is_validated);
                    takes_tls || redirects_to_tls(listener)
                })
        })
        .must("drop invalid headers", |balancer| {
            balancer.drop_invalid_header_fields().is(true)
        })
        .must("have a security group of its own", |balancer| {
            balancer.uses_own::<aws::SecurityGroup, _>(balancer.security_groups())
        })
        .verdict()
}

pub(crate) fn requests_are_logged(case: Case<'_>) -> Verdict {
    case.every::<aws::Lb>()
        .that("for requests", |balancer| {
            balancer.load_balancer_type().is("application")
        })
        .must(
            "log requests to a bucket that allows the delivery",
            |balancer| {
                let logs = balancer.access_logs();
                logs.is_some_and(|logs| {
                    let buckets = balancer.to::<aws::S3Bucket, _>(logs.bucket());
                    let kept = buckets.iter().all(|bucket| {
                        type Lifecycle = aws::S3BucketLifecycleConfiguration;
                        let aged = bucket.from::<Lifecycle, _>(View::<Lifecycle>::bucket);
                        let policies = bucket
                            .from::<aws::S3BucketPolicy, _>(View::<aws::S3BucketPolicy>::bucket);
                        let let_in = policies.iter().any(|policy| {
                            let account = policy.policy();
                            !policy
                                .to::<aws::data::ElbServiceAccount, _>(account)
                                .is_empty()
                        });
                        aged.len() == 1 && let_in
                    });
                    logs.enabled().is(true) && buckets.len() == 1 && kept
                })
            },
        )
        .verdict()
}

/// Writer, weight and hold: state of the migration, which no
/// apply resets.
pub(crate) fn migration_state_has_parameters(case: Case<'_>) -> Verdict {
    let kept = |end: &'static str, allowed: &'static str| {
        let name = format!("/payment/{}/{}/{end}", case.environment, Case::suffix());
        let value = Argument::<aws::SsmParameter>::insecure_value().terraform_name();
        case.every::<aws::SsmParameter>()
            .that(end, |parameter| parameter.name().is(&name))
            .must(
                "have a pattern, and a value that no apply resets",
                |parameter| {
                    let ignored = parameter.node.meta().lifecycle().ignore_changes();
                    ignored.contains(&value) && parameter.allowed_pattern().is(allowed)
                },
            )
            .verdict()
    };
    kept("writer", "^(source|fenced|target)$")
        .and(kept("replication", "^(absent|present)$"))
        .and(kept("rollback-window", "^(open|closed)$"))
        .and(kept("traffic/weight", "^([0-9]|[1-9][0-9]|100)$"))
        .and(kept("traffic/hold", "^.+$"))
}

/// Whether a listener only redirects to HTTPS.
fn redirects_to_tls(listener: &Item<'_, aws::LbListener>) -> bool {
    let actions = listener.default_action();
    let redirects = actions.iter().all(|action| {
        let redirect = action.redirect();
        action.r#type().is("redirect") && redirect.is_some_and(|it| it.protocol().is("HTTPS"))
    });
    listener.protocol().is("HTTP") && !actions.is_empty() && redirects
}

/// The target groups of a rule, with their weights.
pub(crate) fn weighed<'t>(rule: &Item<'t, aws::LbListenerRule>) -> Vec<(Group<'t>, Option<i64>)> {
    let mut weighed = Vec::new();
    for action in rule.action() {
        let shares = action.forward().map(|forward| forward.target_group());
        for share in shares.into_iter().flatten() {
            let groups = rule.to::<aws::LbTargetGroup, _>(share.arn());
            let weight = share.weight().number();
            weighed.extend(groups.into_iter().map(|group| (group, weight)));
        }
    }
    weighed
}

/// Addresses in the datacenter.
pub(crate) fn is_old(group: &Group<'_>) -> bool {
    let attached = attachments(group);
    group.target_type().is("ip")
        && !attached.is_empty()
        && attached
            .iter()
            .all(|it| address(it).is_some_and(|it| it.is_private()))
}

/// A function, by an alias that the load balancer may invoke.
pub(crate) fn is_new(group: &Group<'_>) -> bool {
    let permitted =
        group.from::<aws::LambdaPermission, _>(View::<aws::LambdaPermission>::source_arn);
    group.target_type().is("lambda")
        && attachments(group)
            .iter()
            .any(|it| refers::<aws::LambdaAlias>(it))
        && permitted.iter().any(|permission| {
            permission
                .principal()
                .is("elasticloadbalancing.amazonaws.com")
        })
}

fn refers<K: Kind>(attachment: &Item<'_, aws::LbTargetGroupAttachment>) -> bool {
    !attachment.to::<K, _>(attachment.target_id()).is_empty()
}

pub(crate) fn attachments<'t>(group: &Group<'t>) -> Vec<Item<'t, aws::LbTargetGroupAttachment>> {
    type Attachment = aws::LbTargetGroupAttachment;
    group.from::<Attachment, _>(View::<Attachment>::target_group_arn)
}

fn address(attachment: &Item<'_, aws::LbTargetGroupAttachment>) -> Option<Ipv4Addr> {
    attachment.target_id().text()?.parse().ok()
}
