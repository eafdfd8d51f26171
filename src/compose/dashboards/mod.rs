//! What dashboards show: the panels of each widget, from what the system has.

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
use crate::compose::dashboards::ingress::{api_panels, balancer_panels, dns_panels, target_panels};
use crate::compose::dashboards::migration::progress_panels;
use crate::compose::dashboards::workload::fargate_panels;
use crate::compose::dashboards::workload::{auto_scaling_panels, function_error_panels};
use crate::compose::foundations::bucket_replicas::BucketReplicas;
use crate::compose::foundations::databases::Databases;
use crate::compose::foundations::replications::Replications;
use crate::compose::foundations::tables::Tables;
use crate::compose::ingress::Ingress;
use crate::compose::ingress::dns::DnsNames;
use crate::compose::migration::workflow::Workflows;
use crate::compose::workload::auto_scaling::AutoScalingServices;
use crate::compose::workload::fargate::FargateService;
use crate::compose::workload::functions::Functions;
use crate::config::Widget;
use crate::constructs::core::SectionRef;
use crate::constructs::dns::records::HealthCheckKind;
use crate::constructs::observability::dashboard::{Panel, dashboard};
use crate::terraform::tree::Value;

/// What dashboards are drawn from.
#[derive(Clone, Copy)]
pub(crate) struct Shown<'a> {
    pub(crate) databases: &'a Databases,
    pub(crate) fleets: &'a AutoScalingServices,
    pub(crate) tables: &'a Tables,
    pub(crate) bucket_replicas: &'a BucketReplicas,
    pub(crate) functions: &'a Functions,
    pub(crate) replications: &'a Replications,
    pub(crate) edge: &'a Ingress,
    pub(crate) tasks: &'a [FargateService<'a>],
    pub(crate) dns: &'a DnsNames,
    pub(crate) workflows: &'a Workflows,
}

/// The dashboards that hold anything; the address of the first.
pub(crate) fn add(composer: &mut Composer<'_>, shown: Shown<'_>) -> Option<Value<String>> {
    let region = composer.stack.primary_region();
    let mut first = None;
    for entry in SectionRef::all(&composer.stack.dashboard) {
        let widgets = entry.widgets.iter();
        let panels: Vec<Panel> = widgets
            .flat_map(|widget| panels(composer, *widget, shown))
            .collect();
        if panels.is_empty() {
            continue;
        }
        let mut root = composer.root.in_region(region.as_str());
        let mut scope = entry.scope(&mut root);
        let address = dashboard(&mut scope, &composer.context, entry, region, panels);
        first.get_or_insert(address);
    }
    first
}

fn panels(composer: &Composer<'_>, widget: Widget, shown: Shown<'_>) -> Vec<Panel> {
    match widget {
        Widget::DatabasePerformance => {
            let mut panels = database_panels(composer, shown.databases);
            panels.extend(table_panels(composer, shown.tables));
            panels
        }
        Widget::ReplicationLag => {
            let mut panels = replication_lag_panels(composer, shown.replications);
            panels.extend(secondary_cluster_panels(composer, shown.databases));
            panels
        }
        Widget::ErrorRates => {
            let mut panels = api_panels(composer, shown.edge, "errors", &API_ERRORS);
            panels.extend(balancer_panels(
                composer,
                shown.edge,
                "errors",
                &BALANCER_ERRORS,
            ));
            panels.extend(function_error_panels(composer, shown.functions));
            panels
        }
        Widget::MigrationProgress => progress_panels(composer, shown.workflows),
        Widget::TrafficDistribution => {
            let line = ("RequestCount", "Sum");
            let mut panels = target_panels(composer, shown.edge, "requests by side", line);
            panels.extend(dns_panels(composer, shown.dns, |check| match check.kind {
                HealthCheckKind::Endpoint => {
                    Some(("HealthCheckPercentageHealthy", "reached by (%)"))
                }
                HealthCheckKind::Alarm => None,
            }));
            panels
        }
        Widget::ApiLatency => {
            let mut panels = api_panels(composer, shown.edge, "latency (ms)", &API_LATENCY);
            panels.extend(balancer_panels(
                composer,
                shown.edge,
                "latency (s)",
                &BALANCER_LATENCY,
            ));
            panels
        }
        Widget::ApplicationHealth => {
            let healthy = ("HealthyHostCount", "Minimum");
            let mut panels =
                target_panels(composer, shown.edge, "healthy targets by side", healthy);
            panels.extend(auto_scaling_panels(composer, shown.fleets));
            panels.extend(fargate_panels(shown.tasks));
            let line = Some(("HealthCheckStatus", "healthy"));
            panels.extend(dns_panels(composer, shown.dns, |_| line));
            panels
        }
        Widget::BucketReplication => bucket_replica_panels(composer, shown.bucket_replicas),
    }
}
