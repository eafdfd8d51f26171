//! What the document tells scripts.

use super::dns::Names as DnsNames;
use super::edge::Edge;
use super::environment::{Composer, Databases, Networks, Transits};
use super::functions::Functions;
use super::operations::{Buckets, Topics};
use super::replications::Replications;
use super::runbook::Runbooks;
use super::tables::Tables;
use super::workflows::Workflows;
use crate::config::{Colour, Output, Ref, Release, Service};
use crate::constructs::account::terraform_state;
use crate::constructs::core::SectionRef;
use crate::terraform::tree::Value;

/// What was made, and can be told.
#[derive(Clone, Copy)]
pub(super) struct Made<'a> {
    pub(super) networks: &'a Networks,
    pub(super) transits: &'a Transits,
    pub(super) databases: &'a Databases,
    pub(super) replications: &'a Replications,
    pub(super) buckets: &'a Buckets,
    pub(super) tables: &'a Tables,
    pub(super) functions: &'a Functions,
    pub(super) edge: &'a Edge,
    pub(super) dns: &'a DnsNames,
    pub(super) workflows: &'a Workflows,
    pub(super) runbook: &'a Runbooks,
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
            if let Some(value) = self.told(output, made) {
                self.root
                    .output(name.to_string(), description(output), value);
            }
        }
    }

    /// What an output holds, unless this phase lacks it.
    fn told(&self, output: &Output, made: Made<'_>) -> Option<Value<String>> {
        let told = match output {
            Output::Alerts(topic) => {
                let entry = SectionRef::resolve(&self.stack.alerts, topic);
                made.topics.of(entry, self.stack.primary_region())?.arn()
            }
            Output::Api(api) => made.edge.apis.get(api).as_ref()?.endpoint.clone(),
            Output::Balancer(at) => made.edge.balancer(at)?.load_balancer.dns_name(),
            Output::BalancerArn(at) => made.edge.balancer(at)?.load_balancer.arn(),
            Output::Bucket(bucket) => made.buckets.get(bucket).name(),
            Output::Certificate(at) => made.edge.balancer(at)?.certificate.clone(),
            Output::Cutover(runbook) => made.runbook.get(runbook).cutover.name(),
            Output::Dashboard(dashboard) => {
                let entry = SectionRef::resolve(&self.stack.dashboard, dashboard);
                let name = self
                    .context
                    .names
                    .keyed("dashboard", [entry.physical_name_key()]);
                name.into()
            }
            Output::Database(database) => made.databases.get(database).endpoint(),
            Output::DatabaseCluster(database) => made.databases.get(database).cluster_id(),
            Output::DatabaseReader(database) => made.databases.get(database).reader_endpoint(),
            Output::DatabaseSecondary(database) => {
                made.databases.get(database).secondary_endpoint()?
            }
            Output::DatabaseSecret(database) => made.databases.get(database).secret_arn.clone(),
            Output::DnsZone(dns) => made.dns.get(dns).zone.id(),
            Output::Function(function) => {
                let function = made.functions.get(function).as_ref()?;
                function.leading().function.name()
            }
            Output::Network(network) => made.networks.get(network).vpc.id(),
            Output::ReplicationInstance(replication) => {
                let running = made.replications.get(replication).running.as_ref()?;
                running.instance.replication_instance_arn()
            }
            Output::ReplicationStatus(replication) => {
                let running = made.replications.get(replication).running.as_ref()?;
                running.load.status()
            }
            Output::ReplicationTask(replication) => {
                let running = made.replications.get(replication).running.as_ref()?;
                running.load.arn()
            }
            Output::StateLockTable => self.bootstrap.map(terraform_state::lock_table)?.into(),
            Output::Table(table) => made.tables.get(table).name(),
            Output::TargetGroup(service) => {
                made.edge.target_group(service, self.leading(service))?
            }
            Output::Transit(transit) => made.transits.get(transit).gateway.id(),
            Output::Validation(runbook) => made.runbook.get(runbook).validation.name(),
            Output::Vpn(transit) => made.transits.get(transit).vpn_connection_id()?,
            Output::Waf(waf) => {
                let mut regions = self.wafs.iter();
                let (_, waf) = regions.find(|((name, _), _)| name == waf.name())?;
                waf.id()
            }
            Output::Workflow(workflow) => made.workflows.get(workflow).migration_arn(),
            Output::Workspace => Value::workspace(),
        };
        Some(told)
    }

    /// The colour of a service that most requests go to, where it has two.
    fn leading(&self, service: &Ref<Service>) -> Option<Colour> {
        self.stack.release_of(service.name()).map(Release::leading)
    }
}

fn description(output: &Output) -> &'static str {
    match output {
        Output::Alerts(_) => "The topic that alarms tell",
        Output::Api(_) => "Where callers send requests",
        Output::Balancer(_) => "Where the load balancer is reached",
        Output::BalancerArn(_) => "The load balancer",
        Output::Bucket(_) => "The bucket",
        Output::Certificate(_) => "The certificate",
        Output::Cutover(_) => "The function that takes the steps of the cutover",
        Output::Dashboard(_) => "The dashboard",
        Output::Database(_) => "Takes writes",
        Output::DatabaseCluster(_) => "The primary cluster",
        Output::DatabaseReader(_) => "Takes reads in the primary region",
        Output::DatabaseSecondary(_) => "Takes reads in the second region",
        Output::DatabaseSecret(_) => "The secret of the master user",
        Output::DnsZone(_) => "The hosted zone",
        Output::Function(_) => "The function",
        Output::Network(_) => "The VPC",
        Output::ReplicationInstance(_) => "The replication instance",
        Output::ReplicationStatus(_) => {
            "The status of the task that loads and follows, as last refreshed"
        }
        Output::ReplicationTask(_) => "The task that loads and follows",
        Output::StateLockTable => "Locks the states",
        Output::Table(_) => "The table",
        Output::TargetGroup(_) => "The target group that most requests to the service go to",
        Output::Transit(_) => "The transit gateway",
        Output::Validation(_) => "The function that compares source and target",
        Output::Vpn(_) => "The VPN connection to the datacenter",
        Output::Waf(_) => "The web ACL",
        Output::Workflow(_) => "The state machine that migrates",
        Output::Workspace => "The workspace of Terraform",
    }
}
