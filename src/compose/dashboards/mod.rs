//! CloudWatch dashboards: the panels of each widget.

mod foundations;
mod ingress;
mod metrics;
mod migration;
mod workload;

use crate::compose::composer::Composer;
use crate::compose::dashboards::foundations::{
    bucket_replica_panels, database_panels, replication_lag_panels, secondary_cluster_panels,
    table_panels,
};
use crate::compose::dashboards::ingress::API_ERRORS;
use crate::compose::dashboards::ingress::API_LATENCY;
use crate::compose::dashboards::ingress::BALANCER_ERRORS;
use crate::compose::dashboards::ingress::BALANCER_LATENCY;
use crate::compose::dashboards::ingress::{
    api_panels, balancer_panels, health_panels, target_panels, weight_panels,
};
use crate::compose::dashboards::migration::progress_panels;
use crate::compose::dashboards::workload::fargate_panels;
use crate::compose::dashboards::workload::{auto_scaling_panels, function_error_panels};
use crate::compose::foundations::Foundations;
use crate::compose::ingress::Ingress;
use crate::compose::migration::Migration;
use crate::compose::workload::Workload;
use crate::config::Widget;
use crate::constructs::core::SectionRef;
use crate::constructs::dns::records::HealthCheckKind;
use crate::constructs::observability::dashboard::{Dashboard, DashboardProps, Panel};
use crate::terraform::tree::Value;

/// The layers whose metrics dashboards show.
#[derive(Clone, Copy)]
struct DashboardDeps<'a> {
    foundations: &'a Foundations<'a>,
    ingress: &'a Ingress,
    workload: &'a Workload<'a>,
    migration: &'a Migration,
}

/// Adds the dashboards that have at least one panel. Returns the address of the first.
pub(super) fn add(
    composer: &mut Composer<'_>,
    foundations: &Foundations<'_>,
    ingress: &Ingress,
    workload: &Workload<'_>,
    migration: &Migration,
) -> Option<Value<String>> {
    let deps = DashboardDeps {
        foundations,
        ingress,
        workload,
        migration,
    };
    let region = composer.stack.primary_region();
    let mut first = None;
    for section in SectionRef::all(&composer.stack.dashboard) {
        let widgets = section.widgets.iter();
        let panels: Vec<Panel> = widgets
            .flat_map(|widget| panels(composer, *widget, deps))
            .collect();
        if panels.is_empty() {
            continue;
        }
        let mut root = composer.root.in_region(region.as_str());
        let mut scope = section.scope(&mut root);
        let dashboard = Dashboard::new(
            &mut scope,
            &composer.context,
            DashboardProps {
                section,
                region,
                panels,
            },
        );
        first.get_or_insert(dashboard.url);
    }
    first
}

fn panels(composer: &Composer<'_>, widget: Widget, deps: DashboardDeps<'_>) -> Vec<Panel> {
    match widget {
        Widget::DatabasePerformance => {
            let mut panels = database_panels(composer, &deps.foundations.databases);
            panels.extend(table_panels(composer, &deps.foundations.tables));
            panels
        }
        Widget::ReplicationLag => {
            let mut panels = replication_lag_panels(composer, &deps.foundations.replications);
            panels.extend(secondary_cluster_panels(
                composer,
                &deps.foundations.databases,
            ));
            panels
        }
        Widget::ErrorRates => {
            let mut panels = api_panels(composer, deps.ingress, "errors", &API_ERRORS);
            panels.extend(balancer_panels(
                composer,
                deps.ingress,
                "errors",
                &BALANCER_ERRORS,
            ));
            panels.extend(function_error_panels(composer, &deps.workload.functions));
            panels
        }
        Widget::MigrationProgress => progress_panels(composer, &deps.migration.workflows),
        Widget::TrafficDistribution => {
            let line = ("RequestCount", "Sum");
            let mut panels = target_panels(composer, deps.ingress, "requests by side", line);
            panels.extend(weight_panels(
                composer,
                &deps.ingress.dns,
                |check| match check.kind {
                    HealthCheckKind::Endpoint => {
                        Some(("HealthCheckPercentageHealthy", "reached by (%)"))
                    }
                    HealthCheckKind::Alarm => None,
                },
            ));
            panels
        }
        Widget::ApiLatency => {
            let mut panels = api_panels(composer, deps.ingress, "latency (ms)", &API_LATENCY);
            panels.extend(balancer_panels(
                composer,
                deps.ingress,
                "latency (s)",
                &BALANCER_LATENCY,
            ));
            panels
        }
        Widget::ApplicationHealth => {
            let healthy = ("HealthyHostCount", "Minimum");
            let mut panels =
                target_panels(composer, deps.ingress, "healthy targets by side", healthy);
            panels.extend(auto_scaling_panels(composer, &deps.workload.auto_scaling));
            panels.extend(fargate_panels(&deps.workload.fargate));
            let line = Some(("HealthCheckStatus", "healthy"));
            panels.extend(health_panels(composer, &deps.ingress.dns, |_| line));
            panels
        }
        Widget::BucketReplication => {
            bucket_replica_panels(composer, &deps.foundations.bucket_replicas)
        }
    }
}
