//! Panels of functions, Fargate services and Auto Scaling services.

use crate::compose::composer::Composer;
use crate::compose::dashboards::metrics::Line;
use crate::compose::workload::auto_scaling::AutoScalingServices;
use crate::compose::workload::auto_scaling::auto_scaling_groups;
use crate::compose::workload::fargate::FargateService;
use crate::compose::workload::functions::Functions;
use crate::config::{Color, name_with_color};
use crate::constructs::compute::fargate::EcsService;
use crate::constructs::compute::instances::GROUP;
use crate::constructs::core::SectionRef;
use crate::constructs::observability::dashboard::{Metric, Panel};
use crate::constructs::observability::metric_filters;

/// Number of instances and their load, for each service on instances.
pub(crate) fn auto_scaling_panels(
    composer: &Composer<'_>,
    fleets: &AutoScalingServices,
) -> Vec<Panel> {
    let mut panels = Vec::new();
    for (section, config, group) in auto_scaling_groups(&composer.stack.service, fleets) {
        let region = composer.stack.network.resolve(&config.network).region;
        let lines = |lines: &[(&'static str, &'static str, &'static str, &str)]| {
            let metric = |(namespace, name, statistic, label): &(
                &'static str,
                &'static str,
                &'static str,
                &str,
            )| Metric {
                namespace: (*namespace).into(),
                name,
                dimensions: vec![(GROUP, group.name())],
                statistic,
                label: (*label).to_owned(),
            };
            lines.iter().map(metric).collect::<Vec<_>>()
        };
        panels.push(Panel::new(
            format!("Service {}: instances", section.key()),
            region,
            lines(&[
                (SCALING, "GroupInServiceInstances", "Minimum", "in service"),
                (SCALING, "GroupDesiredCapacity", "Maximum", "desired"),
                (SCALING, "GroupMaxSize", "Maximum", "at most"),
            ]),
        ));
        let mut load = lines(&[
            (EC2, "CPUUtilization", "Average", "CPU (%)"),
            (EC2, "StatusCheckFailed", "Maximum", "status checks failed"),
        ]);
        load.extend(
            [
                ("disk_used_percent", "fullest disk (%)"),
                ("mem_used_percent", "memory (%)"),
            ]
            .map(|(name, label)| Metric {
                namespace: metric_filters::namespace(&composer.context).into(),
                name,
                dimensions: vec![(GROUP, group.name())],
                statistic: "Maximum",
                label: label.to_owned(),
            }),
        );
        panels.push(Panel::new(
            format!("Service {}: load", section.key()),
            region,
            load,
        ));
    }
    panels
}

const SCALING: &str = "AWS/AutoScaling";

const EC2: &str = "AWS/EC2";

pub(crate) fn function_error_panels(composer: &Composer<'_>, functions: &Functions) -> Vec<Panel> {
    let region = composer.stack.primary_region();
    let entries = SectionRef::all(&composer.stack.function);
    let metrics: Vec<Metric> = entries
        .filter_map(|section| Some((section, functions.of(section).as_ref()?)))
        .flat_map(|(section, colors)| {
            colors.iter().map(move |(color, deployed)| Metric {
                namespace: "AWS/Lambda".into(),
                name: "Errors",
                dimensions: vec![("FunctionName", deployed.function.name())],
                statistic: "Sum",
                label: name_with_color(section.key().as_str(), color),
            })
        })
        .collect();
    let panel = Panel::new("Functions: errors".to_owned(), region, metrics);
    (!panel.metrics.is_empty())
        .then_some(panel)
        .into_iter()
        .collect()
}

/// Load and number of tasks, for each Fargate service in each of its networks.
pub(crate) fn fargate_panels(services: &[FargateService<'_>]) -> Vec<Panel> {
    let mut panels = Vec::new();
    for fargate in services {
        let lines = |namespace: &'static str, lines: &[Line]| {
            let of = |tasks: &EcsService| {
                let of = tasks.dimensions();
                let color = tasks.color.map_or("tasks", Color::as_str);
                let metric = move |(name, statistic, label): &Line| Metric {
                    namespace: namespace.into(),
                    name,
                    dimensions: of.clone().into(),
                    statistic,
                    label: format!("{color}: {label}"),
                };
                lines.iter().map(metric).collect::<Vec<_>>()
            };
            fargate.versions.iter().flat_map(of).collect()
        };
        let panel = |what, metrics| {
            Panel::new(
                format!(
                    "Service {} in {}: {what}",
                    fargate.service.key(),
                    fargate.network.key()
                ),
                fargate.region,
                metrics,
            )
        };
        if !fargate.versions.is_empty() {
            panels.push(panel("load (%)", lines("AWS/ECS", &TASK_LOAD)));
            panels.push(panel("tasks", lines("ECS/ContainerInsights", &TASK_COUNT)));
        }
    }
    panels
}

const TASK_LOAD: [Line; 2] = [
    ("CPUUtilization", "Average", "CPU"),
    ("MemoryUtilization", "Average", "memory"),
];

const TASK_COUNT: [Line; 2] = [
    ("RunningTaskCount", "Minimum", "running"),
    ("DesiredTaskCount", "Maximum", "desired"),
];
