//! What the document tells scripts.

use super::checks::Checks;
use super::edge::Edge;
use super::environment::{Composer, Databases, Networks, Transits};
use super::functions::Functions;
use super::operations::{Buckets, Topics};
use super::replications::Replications;
use super::workflows::Workflows;
use crate::config::{Colour, Output, Ref, Release, Service};
use crate::constructs::entry::Entry;
use crate::tree::Value;

/// What was made, and can be told.
#[derive(Clone, Copy)]
pub(super) struct Made<'a> {
    pub(super) networks: &'a Networks,
    pub(super) transits: &'a Transits,
    pub(super) databases: &'a Databases,
    pub(super) replications: &'a Replications,
    pub(super) buckets: &'a Buckets,
    pub(super) functions: &'a Functions,
    pub(super) edge: &'a Edge,
    pub(super) workflows: &'a Workflows,
    pub(super) checks: &'a Checks,
    pub(super) topics: &'a Topics<'a>,
    pub(super) dashboard: Option<&'a Value<String>>,
}

impl Composer<'_> {
    pub(super) fn outputs(&mut self, made: Made<'_>) {
        let stage = self.stage;
        let root = &mut self.root;
        root.output(
            "environment",
            "The environment",
            stage.environment.to_string(),
        );
        root.output(
            "phase",
            "Where it stands in the migration",
            stage.phase.as_str(),
        );
        let percent = stage.traffic.to_string();
        root.output(
            "traffic_percent",
            "The share of requests on AWS, as planned",
            percent,
        );
        if let Some(address) = made.dashboard {
            let description = "The first dashboard, in the console";
            root.output("dashboard_url", description, address.clone());
        }
        for (name, output) in &self.stack.outputs {
            if let Some((description, value)) = self.told(output, made) {
                self.root.output(name.to_string(), description, value);
            }
        }
    }

    /// What an output says of its section, unless this phase lacks it.
    fn told(&self, output: &Output, made: Made<'_>) -> Option<(&'static str, Value<String>)> {
        let told = match output {
            Output::Alerts(topic) => {
                let entry = Entry::of(&self.stack.alerts, topic);
                let topic = made.topics.of(entry, self.stack.primary_region())?;
                ("The topic that alarms tell", topic.arn())
            }
            Output::Api(api) => (
                "Where callers send requests",
                made.edge.apis.get(api).as_ref()?.endpoint.clone(),
            ),
            Output::Balancer(at) => (
                "Where the load balancer is reached",
                made.edge.balancer(at)?.load_balancer.dns_name(),
            ),
            Output::BalancerArn(at) => (
                "The load balancer",
                made.edge.balancer(at)?.load_balancer.arn(),
            ),
            Output::Bucket(bucket) => ("The bucket", made.buckets.get(bucket).name()),
            Output::Certificate(at) => (
                "The certificate",
                made.edge.balancer(at)?.certificate.clone(),
            ),
            Output::Cutover(checks) => (
                "The function that takes the steps of the cutover",
                made.checks.get(checks).cutover.name(),
            ),
            Output::Dashboard(dashboard) => {
                let entry = Entry::of(&self.stack.dashboard, dashboard);
                let name = self.context.names.keyed("dashboard", [entry.identity()]);
                ("The dashboard", name.into())
            }
            Output::Database(database) => ("Takes writes", made.databases.get(database).endpoint()),
            Output::DatabaseCluster(database) => (
                "The primary cluster",
                made.databases.get(database).cluster_id(),
            ),
            Output::DatabaseReader(database) => (
                "Takes reads in the primary region",
                made.databases.get(database).reader_endpoint(),
            ),
            Output::DatabaseSecondary(database) => (
                "Takes reads in the second region",
                made.databases.get(database).secondary_endpoint()?,
            ),
            Output::DatabaseSecret(database) => (
                "The secret of the master user",
                made.databases.get(database).secret_arn.clone(),
            ),
            Output::Function(function) => {
                let function = made.functions.get(function).as_ref()?;
                ("The function", function.leading().function.name())
            }
            Output::Network(network) => ("The VPC", made.networks.get(network).vpc.id()),
            Output::TargetGroup(service) => (
                "The target group that most requests to the service go to",
                made.edge.target_group(service, self.leading(service))?,
            ),
            Output::Transit(transit) => (
                "The transit gateway",
                made.transits.get(transit).gateway.id(),
            ),
            Output::Validation(checks) => (
                "The function that compares source and target",
                made.checks.get(checks).validation.name(),
            ),
            Output::Vpn(transit) => (
                "The VPN connection to the datacenter",
                made.transits.get(transit).vpn.as_ref()?.connection.id(),
            ),
            Output::Waf(waf) => {
                let mut regions = self.wafs.iter();
                let (_, waf) = regions.find(|((name, _), _)| name == waf.name())?;
                ("The web ACL", waf.id())
            }
            Output::ReplicationInstance(replication) => {
                let running = made.replications.get(replication).running.as_ref()?;
                let arn = running.instance.replication_instance_arn();
                ("The replication instance", arn)
            }
            Output::ReplicationTask(replication) => {
                let running = made.replications.get(replication).running.as_ref()?;
                ("The task that loads and follows", running.load.arn())
            }
            Output::Workflow(workflow) => (
                "The state machine that migrates",
                made.workflows.get(workflow).migration_arn(),
            ),
        };
        Some(told)
    }

    /// The colour of a service that most requests go to, where it has two.
    fn leading(&self, service: &Ref<Service>) -> Option<Colour> {
        self.stack.release_of(service.name()).map(Release::leading)
    }
}
