//! What dashboards show: the panels of each widget, from what the system has.

use super::bucket_replicas::BucketReplicas;
use super::dns::Names as DnsNames;
use super::edge::Edge;
use super::environment::{Composer, Databases};
use super::fargate::Running;
use super::functions::Functions;
use super::instances::Fleets;
use super::replications::Replications;
use super::tables::Tables;
use super::workflows::Workflows;
use crate::config::{Colour, Widget, coloured};
use crate::constructs::compute::fargate::Tasks;
use crate::constructs::core::SectionRef;
use crate::constructs::dns::records::{Asked, Check};
use crate::constructs::ingress::balancer::Balancer;
use crate::constructs::observability::dashboard::{Metric, Panel, dashboard};
use crate::constructs::observability::metric_filters::{self, Event};
use crate::newtypes::Region;
use crate::terraform::tree::Value;

/// What dashboards are drawn from.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) databases: &'a Databases,
    pub(super) fleets: &'a Fleets,
    pub(super) tables: &'a Tables,
    pub(super) bucket_replicas: &'a BucketReplicas,
    pub(super) functions: &'a Functions,
    pub(super) replications: &'a Replications,
    pub(super) edge: &'a Edge,
    pub(super) tasks: &'a [Running<'a>],
    pub(super) dns: &'a DnsNames,
    pub(super) workflows: &'a Workflows,
}

impl Composer<'_> {
    /// The dashboards that hold anything; the address of the first.
    pub(super) fn dashboards(&mut self, shown: Shown<'_>) -> Option<Value<String>> {
        let region = self.stack.primary_region();
        let mut first = None;
        for entry in SectionRef::all(&self.stack.dashboard) {
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
            Widget::DatabasePerformance => {
                let mut panels = self.database_performance(shown.databases);
                panels.extend(self.table_panels(shown.tables));
                panels
            }
            Widget::ReplicationLag => {
                let mut panels = self.task_lag(shown.replications);
                panels.extend(self.global_lag(shown.databases));
                panels
            }
            Widget::ErrorRates => {
                let mut panels = self.api_panels(shown.edge, "errors", &API_ERRORS);
                panels.extend(self.balancer_panels(shown.edge, "errors", &BALANCER_ERRORS));
                panels.extend(self.function_errors(shown.functions));
                panels
            }
            Widget::MigrationProgress => self.progress(shown.workflows),
            Widget::TrafficDistribution => {
                let line = ("RequestCount", "Sum");
                let mut panels = self.target_panels(shown.edge, "requests by side", line);
                panels.extend(self.dns_panels(shown.dns, |check| match check.asked {
                    Asked::Checkers => Some(("HealthCheckPercentageHealthy", "reached by (%)")),
                    Asked::Alarms => None,
                }));
                panels
            }
            Widget::ApiLatency => {
                let mut panels = self.api_panels(shown.edge, "latency (ms)", &API_LATENCY);
                panels.extend(self.balancer_panels(shown.edge, "latency (s)", &BALANCER_LATENCY));
                panels
            }
            Widget::ApplicationHealth => {
                let healthy = ("HealthyHostCount", "Minimum");
                let mut panels = self.target_panels(shown.edge, "healthy targets by side", healthy);
                panels.extend(self.fleet_panels(shown.fleets));
                panels.extend(task_panels(shown.tasks));
                let line = Some(("HealthCheckStatus", "healthy"));
                panels.extend(self.dns_panels(shown.dns, |_| line));
                panels
            }
            Widget::BucketReplication => self.bucket_replica_panels(shown.bucket_replicas),
        }
    }

    fn database_performance(&self, databases: &Databases) -> Vec<Panel> {
        let mut panels = Vec::new();
        for entry in SectionRef::all(&self.stack.database) {
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

    /// What the machines did, and what the functions of a migration counted, whoever calls them.
    fn progress(&self, workflows: &Workflows) -> Vec<Panel> {
        let mut panels = Vec::new();
        for entry in SectionRef::all(&self.stack.workflow) {
            let region = self.stack.network.resolve(&entry.network).region;
            let workflow = workflows.of(entry);
            let machine = |arn: Value<String>, machine: &str| {
                MACHINE.map(|(name, label)| Metric {
                    namespace: "AWS/States".into(),
                    name,
                    dimensions: vec![("StateMachineArn", arn.clone())],
                    statistic: "Sum",
                    label: format!("{machine} {label}"),
                })
            };
            let mut metrics = Vec::from(machine(workflow.migration_arn(), "migration"));
            metrics.extend(machine(workflow.rollback_arn(), "rollback"));
            panels.push(Panel {
                title: format!("Workflow {}: executions", entry.key()),
                region,
                metrics,
            });
            panels.push(self.events(format!("Workflow {}: events", entry.key()), region));
        }
        for entry in SectionRef::all(&self.stack.runbook) {
            let region = self.stack.network.resolve(&entry.network).region;
            panels.push(self.events(format!("Migration {}: events", entry.key()), region));
        }
        panels
    }

    fn events(&self, title: String, region: Region) -> Panel {
        let metric = |event: Event| Metric {
            namespace: metric_filters::namespace(&self.context).into(),
            name: event.metric(),
            dimensions: Vec::new(),
            statistic: "Sum",
            label: event.logged().to_owned(),
        };
        Panel {
            title,
            region,
            metrics: Event::ALL.into_iter().map(metric).collect(),
        }
    }

    fn task_lag(&self, replications: &Replications) -> Vec<Panel> {
        let mut panels = Vec::new();
        for entry in SectionRef::all(&self.stack.replication) {
            let Some(running) = &replications.of(entry).running else {
                continue;
            };
            let metrics = running.tasks().flat_map(|task| {
                TASK_LAG.map(|(name, label)| Metric {
                    namespace: "AWS/DMS".into(),
                    name,
                    dimensions: task.dimensions().into(),
                    statistic: "Maximum",
                    label: format!("{} {label}", task.way.as_str()),
                })
            });
            panels.push(Panel {
                title: format!("Replication {}: behind (s)", entry.key()),
                region: self.stack.network.resolve(&entry.network).region,
                metrics: metrics.collect(),
            });
        }
        panels
    }

    fn api_panels(&self, edge: &Edge, what: &str, lines: &[Line]) -> Vec<Panel> {
        let apis = SectionRef::all(&self.stack.api).filter_map(|entry| {
            let api = edge.apis.of(entry).as_ref()?;
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
                title: format!("API {}: {what}", entry.key()),
                region: self.api_region(entry),
                metrics: lines.iter().map(metric).collect(),
            })
        });
        apis.collect()
    }

    fn balancer_panels(&self, edge: &Edge, what: &str, lines: &[Line]) -> Vec<Panel> {
        self.balancers(edge, what, |balancer| {
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

    fn target_panels(
        &self,
        edge: &Edge,
        what: &str,
        (name, statistic): (&'static str, &'static str),
    ) -> Vec<Panel> {
        self.balancers(edge, what, |balancer| {
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

    /// A panel for each name in DNS, with a line for each side that `line` says something of.
    fn dns_panels(
        &self,
        names: &DnsNames,
        line: impl Fn(&Check) -> Option<(&'static str, &'static str)>,
    ) -> Vec<Panel> {
        let mut panels = Vec::new();
        for entry in SectionRef::all(&self.stack.dns) {
            let checks = names.of(entry).checks.iter();
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
                    title: format!("Name {}: health by side", entry.name),
                    region: Region::GLOBAL,
                    metrics,
                });
            }
        }
        panels
    }

    /// A panel for each load balancer, in each of its networks.
    fn balancers(
        &self,
        edge: &Edge,
        what: &str,
        lines: impl Fn(&Balancer) -> Vec<Metric>,
    ) -> Vec<Panel> {
        let mut panels = Vec::new();
        for entry in SectionRef::all(&self.stack.balancer) {
            let networks = entry.config().networks.iter();
            for (network, (_, balancer)) in networks.zip(edge.balancers.of(entry)) {
                panels.push(Panel {
                    title: format!("Load balancer {}: {what}", balancer.identity),
                    region: self.stack.network.resolve(network).region,
                    metrics: lines(balancer),
                });
            }
        }
        panels
    }

    fn global_lag(&self, databases: &Databases) -> Vec<Panel> {
        let entries = SectionRef::all(&self.stack.database);
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
        let entries = SectionRef::all(&self.stack.function);
        let metrics: Vec<Metric> = entries
            .filter_map(|entry| Some((entry, functions.of(entry).as_ref()?)))
            .flat_map(|(entry, colours)| {
                colours.iter().map(move |(colour, named)| Metric {
                    namespace: "AWS/Lambda".into(),
                    name: "Errors",
                    dimensions: vec![("FunctionName", named.function.name())],
                    statistic: "Sum",
                    label: coloured(entry.key().as_str(), colour),
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

/// How busy the tasks of a service are in one network, and how many they are.
fn task_panels(running: &[Running<'_>]) -> Vec<Panel> {
    let mut panels = Vec::new();
    for place in running {
        let lines = |namespace: &'static str, lines: &[Line]| {
            let of = |tasks: &Tasks| {
                let of = tasks.dimensions();
                let colour = tasks.colour.map_or("tasks", Colour::as_str);
                let metric = move |(name, statistic, label): &Line| Metric {
                    namespace: namespace.into(),
                    name,
                    dimensions: of.clone().into(),
                    statistic,
                    label: format!("{colour}: {label}"),
                };
                lines.iter().map(metric).collect::<Vec<_>>()
            };
            place.versions.iter().flat_map(of).collect()
        };
        let panel = |what, metrics| Panel {
            title: format!(
                "Service {} in {}: {what}",
                place.service.key(),
                place.network.key()
            ),
            region: place.region,
            metrics,
        };
        if !place.versions.is_empty() {
            panels.push(panel("load (%)", lines("AWS/ECS", &TASK_LOAD)));
            panels.push(panel("tasks", lines("ECS/ContainerInsights", &TASK_COUNT)));
        }
    }
    panels
}

/// A metric, its statistic, and what people call it.
type Line = (&'static str, &'static str, &'static str);

const RDS: &str = "AWS/RDS";
const ELB: &str = "AWS/ApplicationELB";
const API_ERRORS: [Line; 2] = [
    ("5XXError", "Sum", "failed"),
    ("4XXError", "Sum", "refused"),
];
const API_LATENCY: [Line; 2] = [("Latency", "p99", "p99"), ("Latency", "p50", "p50")];
const BALANCER_ERRORS: [Line; 2] = [
    ("HTTPCode_ELB_5XX_Count", "Sum", "nothing healthy"),
    ("HTTPCode_Target_5XX_Count", "Sum", "failed"),
];
const BALANCER_LATENCY: [Line; 2] = [
    ("TargetResponseTime", "p99", "p99"),
    ("TargetResponseTime", "p50", "p50"),
];
const MACHINE: [(&str, &str); 3] = [
    ("ExecutionsStarted", "started"),
    ("ExecutionsSucceeded", "succeeded"),
    ("ExecutionsFailed", "failed"),
];
const TASK_LAG: [(&str, &str); 2] = [
    ("CDCLatencySource", "at the source"),
    ("CDCLatencyTarget", "at the target"),
];
const TASK_LOAD: [Line; 2] = [
    ("CPUUtilization", "Average", "CPU"),
    ("MemoryUtilization", "Average", "memory"),
];
const TASK_COUNT: [Line; 2] = [
    ("RunningTaskCount", "Minimum", "running"),
    ("DesiredTaskCount", "Maximum", "wanted"),
];
