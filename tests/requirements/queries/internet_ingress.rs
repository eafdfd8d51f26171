//! Requests from the internet: DNS names, certificates, web ACLs, load balancers.

use paymig::aws;
use paymig::terraform::tree::View;

use super::monitoring::{alarms_on, evaluates, has_alarms_on_failed_requests, threshold};
use super::network::{Ways, ways};
use crate::framework::case::{Case, Item, Known, Text, Verdict};
use crate::framework::policy::{statements, text};

/// Public subnets of three Availability Zones, and a security group that allows HTTP and HTTPS.
pub(crate) fn each_region_has_a_load_balancer(case: Case<'_>) -> Verdict {
    let balancers = case.items::<aws::Lb>();
    case.every::<aws::Lb>()
        .exactly(2)
        .must("exist in the other region too", |balancer| {
            balancers
                .iter()
                .any(|other| other.region() != balancer.region())
        })
        .must(
            "be in public subnets of three Availability Zones",
            |balancer| {
                let subnets = balancer.to::<aws::Subnet, _>(balancer.subnets());
                balancer.load_balancer_type().is("application")
                    && balancer.internal().is(false)
                    && subnets.len() == 3
                    && subnets
                        .iter()
                        .all(|subnet| ways(subnet) == Some(Ways::BOTH))
            },
        )
        .must("allow all addresses for HTTP and HTTPS", |balancer| {
            type In = aws::VpcSecurityGroupIngressRule;
            let groups = balancer.to::<aws::SecurityGroup, _>(balancer.security_groups());
            let rules = groups
                .iter()
                .flat_map(|group| group.from::<In, _>(View::<In>::security_group_id));
            let rules: Vec<_> = rules.collect();
            [80, 443].iter().all(|port| {
                rules
                    .iter()
                    .any(|rule| rule.to_port().is(*port) && rule.cidr_ipv4().is("0.0.0.0/0"))
            })
        })
        .must("have egress rules to its targets", |balancer| {
            type Out = aws::VpcSecurityGroupEgressRule;
            let groups = balancer.to::<aws::SecurityGroup, _>(balancer.security_groups());
            groups.iter().any(|group| {
                !group
                    .from::<Out, _>(View::<Out>::security_group_id)
                    .is_empty()
            })
        })
        .must("drop invalid headers", |balancer| {
            balancer.drop_invalid_header_fields().is(true)
        })
        .verdict()
}

/// PCI DSS 4.2.1: TLS 1.2 or later; HTTP is redirected.
pub(crate) fn regional_load_balancers_accept_tls_only(case: Case<'_>) -> Verdict {
    case.every::<aws::Lb>()
        .must("serve HTTPS, and redirect HTTP", |balancer| {
            type Listener = aws::LbListener;
            let listeners = balancer.from::<Listener, _>(View::<Listener>::load_balancer_arn);
            let leads = |listener: &Item<'_, Listener>| {
                let actions = listener.default_action();
                listener.protocol().is("HTTP")
                    && actions.iter().any(|action| {
                        let to = action.redirect();
                        to.is_some_and(|to| to.protocol().is("HTTPS"))
                    })
            };
            listeners.len() == 2
                && listeners.iter().any(leads)
                && listeners.iter().any(|listener| answers(listener))
        })
        .verdict()
}

fn answers(listener: &Item<'_, aws::LbListener>) -> bool {
    let policy = listener.ssl_policy().text().unwrap_or_default();
    let certificates = listener.to::<aws::AcmCertificateValidation, _>(listener.certificate_arn());
    listener.protocol().is("HTTPS")
        && policy.starts_with("ELBSecurityPolicy-TLS13-1-2-")
        && certificates.iter().any(|validation| {
            let certificates =
                validation.to::<aws::AcmCertificate, _>(validation.certificate_arn());
            let waits = validation.node.meta().depends_on().iter();
            let records = waits.filter_map(|id| listener.case.tree.node(*id));
            certificates.iter().any(|certificate| {
                certificate.validation_method().is("DNS")
                    && certificate.region() == listener.region()
            }) && records.filter_map(View::<aws::Route53Record>::of).count() == 1
        })
}

/// Requests pass a web ACL of their region, with a rate limit by address and managed rules.
pub(crate) fn regional_load_balancers_have_a_web_acl(case: Case<'_>) -> Verdict {
    type Guard = aws::Wafv2WebAclAssociation;
    type Log = aws::Wafv2WebAclLoggingConfiguration;
    let balancers = case
        .every::<aws::Lb>()
        .must("be protected by a web ACL of its region", |balancer| {
            let guards = balancer.from::<Guard, _>(View::<Guard>::resource_arn);
            matches!(&guards[..], [guard] if guard.uses_own::<aws::Wafv2WebAcl, _>(guard.web_acl_arn()))
        })
        .verdict();
    let firewalls = case
        .every::<aws::Wafv2WebAcl>()
        .must("limit request rates and block known attacks", |acl| {
            let rules = acl.rule();
            let groups = rules.iter().filter(|rule| rule.override_action().is_some());
            rules.iter().any(|rule| rule.name().is("rate-limit")) && groups.count() >= 4
        })
        .must("log blocked requests", |acl| {
            let logs = acl.from::<Log, _>(View::<Log>::resource_arn);
            matches!(&logs[..], [log]
                if log.uses_own::<aws::CloudwatchLogGroup, _>(log.log_destination_configs()))
        })
        .verdict();
    balancers.and(firewalls)
}

/// A hosted zone of this system, to which the parent zone delegates.
pub(crate) fn hosted_zone_is_delegated(case: Case<'_>) -> Verdict {
    case.every::<aws::Route53Zone>()
        .exactly(1)
        .must("be delegated by the parent zone", |zone| {
            let records = zone.from::<aws::Route53Record, _>(View::<aws::Route53Record>::records);
            matches!(&records[..], [record] if record.r#type().is("NS")
                && record.name().text() == zone.name().text()
                && !record.to::<aws::data::Route53Zone, _>(record.zone_id()).is_empty())
        })
        .must("log queries, with the permission for Route 53", |zone| {
            let logs = zone.from::<aws::Route53QueryLog, _>(View::<aws::Route53QueryLog>::zone_id);
            logs.iter().any(|log| {
                let allowed = log.node.meta().depends_on().iter();
                let allowed = allowed.filter_map(|id| case.tree.node(*id));
                let mut allowed = allowed.filter_map(View::<aws::CloudwatchLogResourcePolicy>::of);
                let named = log.to::<aws::CloudwatchLogGroup, _>(log.cloudwatch_log_group_arn());
                named.len() == 1
                    && allowed.any(|policy| {
                        let statements = statements(policy.policy_document());
                        statements
                            .iter()
                            .any(|it| it.principals() == ["route53.amazonaws.com"])
                    })
            })
        })
        .verdict()
}

/// Alarms on errors and latency of load balancers and targets.
pub(crate) fn regional_load_balancers_have_alarms(case: Case<'_>) -> Verdict {
    case.every::<aws::Lb>()
        .must(
            "have alarms on its errors and those of its targets",
            has_alarms_on_failed_requests,
        )
        .must("have an alarm on responses above 200 ms", |balancer| {
            let alarms = alarms_on(balancer, "LoadBalancer", "TargetResponseTime");
            alarms.iter().any(|alarm| {
                evaluates(alarm, "p99")
                    && threshold(alarm).is_some_and(|seconds| seconds > 0.0 && seconds <= 0.2)
            })
        })
        .verdict()
}

pub(crate) fn target_groups_have_alarms(case: Case<'_>) -> Verdict {
    case.every::<aws::LbTargetGroup>()
        .must("have an alarm on unhealthy targets", |group| {
            !alarms_on(group, "TargetGroup", "UnHealthyHostCount").is_empty()
        })
        .verdict()
}

/// Route 53 publishes its metrics in one region only.
pub(crate) fn dns_health_checks_have_alarms(case: Case<'_>) -> Verdict {
    case.every::<aws::Route53HealthCheck>()
        .must("have an alarm", |check| {
            let alarms = case.items::<aws::CloudwatchMetricAlarm>();
            alarms.iter().any(|alarm| {
                let of = alarm.dimensions().and_then(|all| all.key("HealthCheckId"));
                alarm.metric_name().is("HealthCheckStatus")
                    && alarm.region() == "us-east-1"
                    && of.is_some_and(|of| of.refers_to(check.node.node_id()))
            })
        })
        .verdict()
}

/// Only load balancers allow all addresses; other rules name a security group or a private range.
pub(crate) fn only_load_balancers_allow_all_addresses(case: Case<'_>) -> Verdict {
    case.every::<aws::VpcSecurityGroupIngressRule>()
        .must(
            "name a security group or a private range, or belong to a load balancer",
            |rule| {
                let groups = rule.to::<aws::SecurityGroup, _>(rule.security_group_id());
                let from = rule.to::<aws::SecurityGroup, _>(rule.referenced_security_group_id());
                let private = rule.cidr_ipv4().text().and_then(|range| range.parse().ok());
                let private =
                    private.is_some_and(|range: ipnet::Ipv4Net| range.addr().is_private());
                let entrance = groups.iter().any(|group| {
                    !group
                        .from::<aws::Lb, _>(View::<aws::Lb>::security_groups)
                        .is_empty()
                });
                !from.is_empty() || private || (entrance && rule.cidr_ipv4().is("0.0.0.0/0"))
            },
        )
        .must("belong to a security group", |rule| {
            let own = rule.to::<aws::SecurityGroup, _>(rule.security_group_id());
            !own.is_empty()
                || !rule
                    .to::<aws::data::SecurityGroup, _>(rule.security_group_id())
                    .is_empty()
        })
        .verdict()
}

/// Requests and latency of each region.
pub(crate) fn dashboards_show_requests_by_region(case: Case<'_>) -> Verdict {
    let entrances = case.items::<aws::Lb>();
    case.every::<aws::CloudwatchDashboard>()
        .some("shows the responses of each region", |dashboard| {
            let lines = super::monitoring::lines(dashboard);
            ["TargetResponseTime", "HTTPCode_Target_5XX_Count"]
                .iter()
                .all(|metric| {
                    entrances.iter().all(|entrance| {
                        lines.iter().any(|line| {
                            let mut names = false;
                            for term in *line {
                                term.references(&mut |id| names |= id == entrance.node.node_id());
                            }
                            names && line.get(1).and_then(text) == Some(metric)
                        })
                    })
                })
        })
        .verdict()
}
