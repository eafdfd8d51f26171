//! Panels of load balancers, APIs and DNS records.

use crate::compose::composer::Composer;
use crate::compose::dashboards::metrics::Line;
use crate::compose::ingress::Ingress;
use crate::compose::ingress::dns::DnsNames;
use crate::compose::queries::regions::api_region;
use crate::constructs::core::SectionRef;
use crate::constructs::dns::records::LabeledHealthCheck;
use crate::constructs::ingress::balancer::Balancer;
use crate::constructs::observability::dashboard::{Metric, Panel};
use crate::newtypes::Region;

pub(crate) fn api_panels(
    composer: &Composer<'_>,
    edge: &Ingress,
    what: &str,
    lines: &[Line],
) -> Vec<Panel> {
    let apis = SectionRef::all(&composer.stack.api).filter_map(|section| {
        let api = edge.apis.of(section).as_ref()?;
        let metric = |(name, statistic, label): &Line| Metric {
            namespace: "AWS/ApiGateway".into(),
            name,
            dimensions: vec![
                ("ApiName", api.api.name()),
                ("Stage", api.stage.stage_name()),
            ],
            statistic,
            label: (*label).to_owned(),
        };
        Some(Panel {
            title: format!("API {}: {what}", section.key()),
            region: api_region(composer.stack, section),
            metrics: lines.iter().map(metric).collect(),
        })
    });
    apis.collect()
}

pub(crate) fn balancer_panels(
    composer: &Composer<'_>,
    edge: &Ingress,
    what: &str,
    lines: &[Line],
) -> Vec<Panel> {
    panel_per_balancer(composer, edge, what, |balancer| {
        let metric = |(name, statistic, label): &Line| Metric {
            namespace: ELB.into(),
            name,
            dimensions: vec![("LoadBalancer", balancer.load_balancer.arn_suffix())],
            statistic,
            label: (*label).to_owned(),
        };
        lines.iter().map(metric).collect()
    })
}

pub(crate) fn target_panels(
    composer: &Composer<'_>,
    edge: &Ingress,
    what: &str,
    (name, statistic): (&'static str, &'static str),
) -> Vec<Panel> {
    panel_per_balancer(composer, edge, what, |balancer| {
        let sides = balancer.groups().map(|(side, group)| Metric {
            namespace: ELB.into(),
            name,
            dimensions: vec![
                ("LoadBalancer", balancer.load_balancer.arn_suffix()),
                ("TargetGroup", group.arn_suffix()),
            ],
            statistic,
            label: side.token(),
        });
        sides.collect()
    })
}

/// A panel for each DNS section, with a line for each health check that `line` gives a metric for.
pub(crate) fn dns_panels(
    composer: &Composer<'_>,
    names: &DnsNames,
    line: impl Fn(&LabeledHealthCheck) -> Option<(&'static str, &'static str)>,
) -> Vec<Panel> {
    let mut panels = Vec::new();
    for section in SectionRef::all(&composer.stack.dns) {
        let checks = names.of(section).checks.iter();
        let metrics: Vec<_> = checks
            .filter_map(|check| {
                let (name, label) = line(check)?;
                Some(Metric {
                    namespace: "AWS/Route53".into(),
                    name,
                    dimensions: vec![("HealthCheckId", check.check.id())],
                    statistic: "Minimum",
                    label: format!("{} {label}", check.label),
                })
            })
            .collect();
        if !metrics.is_empty() {
            panels.push(Panel {
                title: format!("Name {}: health by side", section.name),
                region: Region::GLOBAL,
                metrics,
            });
        }
    }
    panels
}

/// A panel for each load balancer in each of its networks.
fn panel_per_balancer(
    composer: &Composer<'_>,
    edge: &Ingress,
    what: &str,
    lines: impl Fn(&Balancer) -> Vec<Metric>,
) -> Vec<Panel> {
    let mut panels = Vec::new();
    for section in SectionRef::all(&composer.stack.balancer) {
        let networks = section.config().networks.iter();
        for (network, (_, balancer)) in networks.zip(edge.balancers.of(section)) {
            panels.push(Panel {
                title: format!("Load balancer {}: {what}", balancer.identity),
                region: composer.stack.network.resolve(network).region,
                metrics: lines(balancer),
            });
        }
    }
    panels
}

const ELB: &str = "AWS/ApplicationELB";

pub(crate) const API_ERRORS: [Line; 2] = [
    ("5XXError", "Sum", "failed"),
    ("4XXError", "Sum", "4xx errors"),
];

pub(crate) const API_LATENCY: [Line; 2] = [("Latency", "p99", "p99"), ("Latency", "p50", "p50")];

pub(crate) const BALANCER_ERRORS: [Line; 2] = [
    ("HTTPCode_ELB_5XX_Count", "Sum", "nothing healthy"),
    ("HTTPCode_Target_5XX_Count", "Sum", "failed"),
];

pub(crate) const BALANCER_LATENCY: [Line; 2] = [
    ("TargetResponseTime", "p99", "p99"),
    ("TargetResponseTime", "p50", "p50"),
];
