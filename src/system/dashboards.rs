//! What dashboards show: the panels of each widget, from what the system has.

use super::environment::{Composer, Databases};
use super::functions::Functions;
use crate::config::Widget;
use crate::constructs::dashboard::{Metric, Panel, dashboard};
use crate::constructs::entry::Entry;
use crate::tree::Value;

/// What dashboards are drawn from.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) databases: &'a Databases,
    pub(super) functions: &'a Functions,
}

impl Composer<'_> {
    /// The dashboards that hold anything; the address of the first.
    pub(super) fn dashboards(&mut self, shown: Shown<'_>) -> Option<Value<String>> {
        let region = self.stack.primary_region();
        let mut first = None;
        for entry in Entry::all(&self.stack.dashboard) {
            let widgets = entry.shows.iter();
            let panels: Vec<Panel> = widgets
                .flat_map(|widget| self.panels(*widget, shown))
                .collect();
            if panels.is_empty() {
                continue;
            }
            let mut root = self.root.in_region(region.as_str());
            let mut scope = entry.scope(&mut root);
            let address = dashboard(&mut scope, &self.context, entry, region, panels);
            first.get_or_insert(address);
        }
        first
    }

    fn panels(&self, widget: Widget, shown: Shown<'_>) -> Vec<Panel> {
        match widget {
            Widget::DatabasePerformance => self.database_performance(shown.databases),
            Widget::ReplicationLag => self.global_lag(shown.databases),
            Widget::ErrorRates => self.function_errors(shown.functions),
            Widget::MigrationProgress
            | Widget::TrafficDistribution
            | Widget::ApiLatency
            | Widget::ApplicationHealth
            | Widget::BucketReplication => Vec::new(),
        }
    }

    fn database_performance(&self, databases: &Databases) -> Vec<Panel> {
        let mut panels = Vec::new();
        for entry in Entry::all(&self.stack.database) {
            let database = databases.of(entry);
            let lines = |metrics: &[(&'static str, &str)]| {
                let metric = |(name, label): &(&'static str, &str)| Metric {
                    namespace: RDS.into(),
                    name,
                    dimensions: vec![("DBClusterIdentifier", database.cluster_id())],
                    statistic: "Average",
                    label: (*label).to_owned(),
                };
                metrics.iter().map(metric).collect()
            };
            panels.push(Panel {
                title: format!("Database {}: load", entry.key()),
                region: database.region,
                metrics: lines(&[
                    ("CPUUtilization", "CPU (%)"),
                    ("DatabaseConnections", "connections"),
                ]),
            });
            panels.push(Panel {
                title: format!("Database {}: latency", entry.key()),
                region: database.region,
                metrics: lines(&[
                    ("CommitLatency", "commit (ms)"),
                    ("AuroraReplicaLagMaximum", "readers behind (ms)"),
                ]),
            });
        }
        panels
    }

    fn global_lag(&self, databases: &Databases) -> Vec<Panel> {
        let entries = Entry::all(&self.stack.database);
        let lag = entries.filter_map(|entry| {
            let secondary = databases.of(entry).secondary_id()?;
            let replica = entry.aurora().replica.as_ref()?;
            Some(Panel {
                title: format!("Database {}: second region", entry.key()),
                region: self.stack.network.resolve(&replica.network).region,
                metrics: vec![Metric {
                    namespace: RDS.into(),
                    name: "AuroraGlobalDBReplicationLag",
                    dimensions: vec![("DBClusterIdentifier", secondary)],
                    statistic: "Average",
                    label: "behind (ms)".to_owned(),
                }],
            })
        });
        lag.collect()
    }

    fn function_errors(&self, functions: &Functions) -> Vec<Panel> {
        let region = self.stack.primary_region();
        let entries = Entry::all(&self.stack.function);
        let metrics: Vec<Metric> = entries
            .filter_map(|entry| {
                let function = functions.of(entry).as_ref()?.function;
                Some(Metric {
                    namespace: "AWS/Lambda".into(),
                    name: "Errors",
                    dimensions: vec![("FunctionName", function.name())],
                    statistic: "Sum",
                    label: entry.key().to_string(),
                })
            })
            .collect();
        let panel = Panel {
            title: "Functions: errors".to_owned(),
            region,
            metrics,
        };
        (!panel.metrics.is_empty())
            .then_some(panel)
            .into_iter()
            .collect()
    }
}

const RDS: &str = "AWS/RDS";
