//! What the document tells scripts.

use crate::compose::composer::Composer;
use crate::compose::foundations::buckets::Buckets;
use crate::compose::foundations::databases::Databases;
use crate::compose::foundations::networks::Networks;
use crate::compose::foundations::replications::Replications;
use crate::compose::foundations::tables::Tables;
use crate::compose::foundations::topics::Topics;
use crate::compose::foundations::transits::Transits;
use crate::compose::ingress::Ingress;
use crate::compose::ingress::dns::DnsNames;
use crate::compose::migration::runbook::Runbooks;
use crate::compose::migration::workflow::Workflows;
use crate::compose::workload::functions::Functions;
use crate::config::{Color, Output, Ref, Release, Service};
use crate::constructs::account::terraform_state;
use crate::constructs::core::SectionRef;
use crate::terraform::tree::Value;

/// What was made, and can be told.
#[derive(Clone, Copy)]
pub(crate) struct OutputDeps<'a> {
    pub(crate) networks: &'a Networks,
    pub(crate) transits: &'a Transits,
    pub(crate) databases: &'a Databases,
    pub(crate) replications: &'a Replications,
    pub(crate) buckets: &'a Buckets,
    pub(crate) tables: &'a Tables,
    pub(crate) functions: &'a Functions,
    pub(crate) edge: &'a Ingress,
    pub(crate) dns: &'a DnsNames,
    pub(crate) workflows: &'a Workflows,
    pub(crate) runbook: &'a Runbooks,
    pub(crate) topics: &'a Topics<'a>,
    pub(crate) dashboard: Option<&'a Value<String>>,
}

pub(crate) fn add(composer: &mut Composer<'_>, made: OutputDeps<'_>) {
    let target = composer.target;
    let root = &mut composer.root;
    root.output(
        "environment",
        "The environment",
        target.environment.to_string(),
    );
    root.output(
        "phase",
        "Where it stands in the migration",
        target.phase.as_str(),
    );
    let percent = target.traffic.to_string();
    root.output(
        "traffic_percent",
        "The share of requests on AWS, as planned",
        percent,
    );
    if let Some(address) = made.dashboard {
        let description = "The first dashboard, in the console";
        root.output("dashboard_url", description, address.clone());
    }
    for (name, output) in &composer.stack.outputs {
        if let Some(value) = value_of(composer, output, made) {
            composer
                .root
                .output(name.to_string(), description(output), value);
        }
    }
}

/// What an output holds, unless this phase lacks it.
fn value_of(
    composer: &Composer<'_>,
    output: &Output,
    made: OutputDeps<'_>,
) -> Option<Value<String>> {
    let told = match output {
        Output::Alerts(topic) => {
            let entry = SectionRef::resolve(&composer.stack.alerts, topic);
            made.topics
                .of(entry, composer.stack.primary_region())?
                .arn()
        }
        Output::Api(api) => made.edge.apis.get(api).as_ref()?.endpoint.clone(),
        Output::Balancer(at) => made.edge.balancer(at)?.load_balancer.dns_name(),
        Output::BalancerArn(at) => made.edge.balancer(at)?.load_balancer.arn(),
        Output::Bucket(bucket) => made.buckets.get(bucket).name(),
        Output::Certificate(at) => made.edge.balancer(at)?.certificate.clone(),
        Output::Cutover(runbook) => made.runbook.get(runbook).cutover.name(),
        Output::Dashboard(dashboard) => {
            let entry = SectionRef::resolve(&composer.stack.dashboard, dashboard);
            let name = composer
                .context
                .names
                .keyed("dashboard", [entry.physical_name_key()]);
            name.into()
        }
        Output::Database(database) => made.databases.get(database).endpoint(),
        Output::DatabaseCluster(database) => made.databases.get(database).cluster_id(),
        Output::DatabaseReader(database) => made.databases.get(database).reader_endpoint(),
        Output::DatabaseSecondary(database) => made.databases.get(database).secondary_endpoint()?,
        Output::DatabaseSecret(database) => made.databases.get(database).secret_arn.clone(),
        Output::DnsZone(dns) => made.dns.get(dns).zone.id(),
        Output::Function(function) => {
            let function = made.functions.get(function).as_ref()?;
            function.leading().function.name()
        }
        Output::Network(network) => made.networks.get(network).vpc.id(),
        Output::ReplicationInstance(replication) => {
            let active = made.replications.get(replication).active.as_ref()?;
            active.instance.replication_instance_arn()
        }
        Output::ReplicationStatus(replication) => {
            let active = made.replications.get(replication).active.as_ref()?;
            active.full_load.status()
        }
        Output::ReplicationTask(replication) => {
            let active = made.replications.get(replication).active.as_ref()?;
            active.full_load.arn()
        }
        Output::StateLockTable => composer.bootstrap.map(terraform_state::lock_table)?.into(),
        Output::Table(table) => made.tables.get(table).name(),
        Output::TargetGroup(service) => made.edge.target_group(
            SectionRef::resolve(&composer.stack.service, service),
            most_traffic_color(composer, service),
        )?,
        Output::Transit(transit) => made.transits.get(transit).gateway.id(),
        Output::Validation(runbook) => made.runbook.get(runbook).validation.name(),
        Output::Vpn(transit) => made.transits.get(transit).vpn_connection_id()?,
        Output::Waf(waf) => {
            let mut regions = composer.wafs.iter();
            let (_, waf) = regions.find(|((name, _), _)| name == waf.name())?;
            waf.id()
        }
        Output::Workflow(workflow) => made.workflows.get(workflow).migration_arn(),
        Output::Workspace => Value::workspace(),
    };
    Some(told)
}

/// The color of a service that most requests go to, where it has two.
fn most_traffic_color(composer: &Composer<'_>, service: &Ref<Service>) -> Option<Color> {
    composer
        .stack
        .release_of(service.name())
        .map(Release::leading)
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
