//! Panels of load balancers, APIs and DNS records.

use crate::compose::composer::Composer;
use crate::compose::dashboards::metrics::Line;
use crate::compose::ingress::Ingress;
use crate::compose::ingress::dns::DnsNames;
use crate::compose::queries::regions::api_region;
use crate::config::{Dns, Split};
use crate::constructs::core::SectionRef;
use crate::constructs::dns::records::LabeledHealthCheck;
use crate::constructs::ingress::balancer::Balancer;
use crate::constructs::observability::dashboard::{Constant, Metric, Panel};
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
        Some(Panel::new(
            format!("API {}: {what}", section.key()),
            api_region(composer.stack, section),
            lines.iter().map(metric).collect(),
        ))
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
pub(crate) fn health_panels(
    composer: &Composer<'_>,
    names: &DnsNames,
    line: impl Fn(&LabeledHealthCheck) -> Option<(&'static str, &'static str)>,
) -> Vec<Panel> {
    dns_panels(composer, names, "health by side", line, |_| Vec::new())
}

/// The same, with the traffic weights of the sides between which a name splits requests.
pub(crate) fn weight_panels(
    composer: &Composer<'_>,
    names: &DnsNames,
    line: impl Fn(&LabeledHealthCheck) -> Option<(&'static str, &'static str)>,
) -> Vec<Panel> {
    dns_panels(
        composer,
        names,
        "weight and health by side",
        line,
        |section| weights(composer, section),
    )
}

/// The traffic weight of each side, if the name splits requests: the old side is outside CloudWatch.
fn weights(composer: &Composer<'_>, section: SectionRef<'_, Dns>) -> Vec<Constant> {
    let traffic = composer.stack.traffic.as_ref();
    let is_split = traffic.is_some_and(
        |traffic| matches!(&traffic.at, Split::Dns(dns) if dns.name() == section.key()),
    );
    let new = composer.target.traffic;
    let sides = [("new", new), ("old", new.rest())];
    let weights = sides.map(|(side, value)| Constant {
        value,
        label: format!("{side} weight (%)"),
    });
    weights.into_iter().filter(|_| is_split).collect()
}

fn dns_panels(
    composer: &Composer<'_>,
    names: &DnsNames,
    what: &str,
    line: impl Fn(&LabeledHealthCheck) -> Option<(&'static str, &'static str)>,
    constants: impl Fn(SectionRef<'_, Dns>) -> Vec<Constant>,
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
            let title = format!("Name {}: {what}", section.name);
            panels.push(Panel {
                constants: constants(section),
                ..Panel::new(title, Region::GLOBAL, metrics)
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
            panels.push(Panel::new(
                format!("Load balancer {}: {what}", balancer.identity),
                composer.stack.network.resolve(network).region,
                lines(balancer),
            ));
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
