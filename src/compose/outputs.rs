//! Terraform outputs, which scripts read.

use crate::compose::composer::Composer;
use crate::compose::foundations::Foundations;
use crate::compose::ingress::Ingress;
use crate::compose::migration::Migration;
use crate::compose::workload::Workload;
use crate::config::{Color, Output, Ref, Release, Service};
use crate::constructs::account::terraform_state;
use crate::constructs::core::SectionRef;
use crate::terraform::tree::Value;

/// The layers whose handles outputs expose.
#[derive(Clone, Copy)]
pub(super) struct OutputDeps<'a> {
    pub(super) foundations: &'a Foundations<'a>,
    pub(super) ingress: &'a Ingress,
    pub(super) workload: &'a Workload<'a>,
    pub(super) migration: &'a Migration,
    /// The address of the first dashboard.
    pub(super) dashboard_url: Option<&'a Value<String>>,
}

pub(super) fn add(composer: &mut Composer<'_>, deps: OutputDeps<'_>) {
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
    if let Some(address) = deps.dashboard_url {
        let description = "The first dashboard, in the console";
        root.output("dashboard_url", description, address.clone());
    }
    for (name, output) in &composer.stack.outputs {
        if let Some(value) = value_of(composer, output, deps) {
            composer
                .root
                .output(name.to_string(), description(output), value);
        }
    }
}

/// The value of an output. None if this phase has no such resource.
fn value_of(
    composer: &Composer<'_>,
    output: &Output,
    deps: OutputDeps<'_>,
) -> Option<Value<String>> {
    let value = match output {
        Output::Alerts(topic) => {
            let section = SectionRef::resolve(&composer.stack.alerts, topic);
            deps.foundations
                .topics
                .of(section, composer.stack.primary_region())?
                .arn()
        }
        Output::Api(api) => deps.ingress.apis.get(api).as_ref()?.endpoint.clone(),
        Output::Balancer(at) => deps.ingress.balancer(at)?.load_balancer.dns_name(),
        Output::BalancerArn(at) => deps.ingress.balancer(at)?.load_balancer.arn(),
        Output::Bucket(bucket) => deps.foundations.buckets.get(bucket).name(),
        Output::Certificate(at) => deps.ingress.balancer(at)?.certificate.clone(),
        Output::Cutover(runbook) => deps.migration.runbooks.get(runbook).cutover.name(),
        Output::Dashboard(dashboard) => {
            let section = SectionRef::resolve(&composer.stack.dashboard, dashboard);
            let name = composer
                .context
                .names
                .keyed("dashboard", [section.physical_name_key()]);
            name.into()
        }
        Output::Database(database) => deps.foundations.databases.get(database).endpoint(),
        Output::DatabaseCluster(database) => deps.foundations.databases.get(database).cluster_id(),
        Output::DatabaseReader(database) => {
            deps.foundations.databases.get(database).reader_endpoint()
        }
        Output::DatabaseSecondary(database) => deps
            .foundations
            .databases
            .get(database)
            .secondary_endpoint()?,
        Output::DatabaseSecret(database) => {
            deps.foundations.databases.get(database).secret_arn.clone()
        }
        Output::DnsZone(dns) => deps.ingress.dns.get(dns).zone.id(),
        Output::Function(function) => {
            let function = deps.workload.functions.get(function).as_ref()?;
            function.most_traffic().function.name()
        }
        Output::Network(network) => deps.foundations.networks.get(network).vpc.id(),
        Output::ReplicationInstance(replication) => {
            let active = deps
                .foundations
                .replications
                .get(replication)
                .active
                .as_ref()?;
            active.instance.replication_instance_arn()
        }
        Output::ReplicationStatus(replication) => {
            let active = deps
                .foundations
                .replications
                .get(replication)
                .active
                .as_ref()?;
            active.full_load.status()
        }
        Output::ReplicationTask(replication) => {
            let active = deps
                .foundations
                .replications
                .get(replication)
                .active
                .as_ref()?;
            active.full_load.arn()
        }
        Output::StateLockTable => composer.bootstrap.map(terraform_state::lock_table)?.into(),
        Output::Table(table) => deps.foundations.tables.get(table).name(),
        Output::TargetGroup(service) => deps.ingress.target_group(
            SectionRef::resolve(&composer.stack.service, service),
            most_traffic_color(composer, service),
        )?,
        Output::Transit(transit) => deps.foundations.transits.get(transit).gateway.id(),
        Output::Validation(runbook) => deps.migration.runbooks.get(runbook).validation.name(),
        Output::Vpn(transit) => deps.foundations.transits.get(transit).vpn_connection_id()?,
        Output::Waf(waf) => {
            let mut regions = composer.wafs.iter();
            let (_, waf) = regions.find(|((name, _), _)| name == waf.name())?;
            waf.id()
        }
        Output::Workflow(workflow) => deps.migration.workflows.get(workflow).migration_arn(),
        Output::Workspace => Value::workspace(),
    };
    Some(value)
}

/// The color that receives most traffic, if the service has two.
fn most_traffic_color(composer: &Composer<'_>, service: &Ref<Service>) -> Option<Color> {
    composer
        .stack
        .release_of(service.name())
        .map(Release::most_traffic_color)
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
