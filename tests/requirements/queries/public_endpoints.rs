//! Resources that the internet reaches.

use ipnet::Ipv4Net;
use paymig::aws;
use paymig::terraform::tree::View;

use crate::framework::case::{Amount, Case, Item, Known, Text, Verdict};

/// The path of the resource that is open to the internet.
const OPEN: [i64; 2] = [80, 443];

/// The internet reaches the load balancer on the ports of HTTP and HTTPS only. Other rules name
/// security groups or private ranges.
pub(crate) fn internet_reaches_the_load_balancer_only(case: Case<'_>) -> Verdict {
    case.every::<aws::VpcSecurityGroupIngressRule>()
        .must(
            "name a security group, a private range or the load balancer",
            |rule| {
                let group = rule.referenced_security_group_id();
                let private = rule.cidr_ipv4().text().and_then(|range| range.parse().ok());
                let private = private.is_some_and(|range: Ipv4Net| range.addr().is_private());
                private || !rule.to::<aws::SecurityGroup, _>(group).is_empty() || is_entry(rule)
            },
        )
        .must("belong to a security group", |rule| {
            let group = rule.security_group_id();
            !rule.to::<aws::SecurityGroup, _>(group).is_empty()
        })
        .some("allows HTTPS", |rule| {
            is_entry(rule) && rule.to_port().is(443)
        })
        .some("allows HTTP for the redirect", |rule| {
            is_entry(rule) && rule.to_port().is(80)
        })
        .verdict()
}

/// Every target group in the rule of a load balancer has a health check.
pub(crate) fn requests_reach_health_checked_targets(case: Case<'_>) -> Verdict {
    let rules = case
        .every::<aws::LbListenerRule>()
        .must("belong to a listener for HTTPS", |rule| {
            let listeners = rule.to::<aws::LbListener, _>(rule.listener_arn());
            matches!(&listeners[..], [one] if one.protocol().is("HTTPS"))
        })
        .must("forward to targets", |rule| {
            super::traffic::weighed(rule).len() == 1
        })
        .verdict();
    let targets = case
        .every::<aws::LbTargetGroup>()
        .must("use TLS", |group| group.protocol().is("HTTPS"))
        .must("be unhealthy within 30 seconds of a failure", |group| {
            let check = group.health_check();
            check.is_some_and(|check| {
                let interval = check.interval().number().unwrap_or(0);
                let failures = check.unhealthy_threshold().number().unwrap_or(0);
                check.enabled().is(true)
                    && check.path().is("/alive")
                    && (1..=30).contains(&(interval * failures))
            })
        })
        .verdict();
    rules.and(targets)
}

/// Requests without TLS receive a redirect only.
pub(crate) fn http_is_redirected_to_https(case: Case<'_>) -> Verdict {
    case.every::<aws::LbListener>()
        .some("redirects to HTTPS", |listener| {
            let actions = listener.default_action();
            listener.protocol().is("HTTP")
                && actions.iter().all(|action| action.r#type().is("redirect"))
        })
        .some("accepts TLS", |listener| listener.protocol().is("HTTPS"))
        .verdict()
}

fn is_entry(rule: &Item<'_, aws::VpcSecurityGroupIngressRule>) -> bool {
    let groups = rule.to::<aws::SecurityGroup, _>(rule.security_group_id());
    let mut balancers = groups
        .iter()
        .flat_map(|group| group.from::<aws::Lb, _>(View::<aws::Lb>::security_groups));
    let port = rule.from_port().number();
    rule.cidr_ipv4().is("0.0.0.0/0")
        && port == rule.to_port().number()
        && port.is_some_and(|port| OPEN.contains(&port))
        && balancers.any(|balancer| balancer.internal().is(false))
}
