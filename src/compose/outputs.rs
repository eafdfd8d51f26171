//! Terraform outputs, which scripts read.

use crate::compose::composer::Composer;
use crate::compose::foundations::Foundations;
use crate::compose::ingress::Ingress;
use crate::compose::migration::Migration;
use crate::compose::workload::Workload;
use crate::config::{
    Color, Database as DatabaseConfig, Output, Ref, Release, Replication as ReplicationConfig,
    Service,
};
use crate::constructs::account::terraform_state;
use crate::constructs::core::SectionRef;
use crate::constructs::replication::ActiveReplication;
use crate::newtypes::Region;
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
        "Environment of this Terraform state",
        target.environment.to_string(),
    );
    root.output(
        "phase",
        "Migration phase: legacy, migration or production",
        target.phase.as_str(),
    );
    let percent = target.traffic.to_string();
    root.output(
        "traffic_percent",
        "Planned traffic weight of the new side, in percent",
        percent,
    );
    if let Some(address) = deps.dashboard_url {
        let description = "Console URL of the first CloudWatch dashboard";
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
        Output::Cutover(runbook) => deps
            .migration
            .runbooks
            .get(runbook)
            .as_ref()?
            .cutover
            .name(),
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
        Output::DatabaseInitialization(database) => {
            initialization_command(composer, database, deps)?
        }
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
            let active = active_replication(replication, deps)?;
            active.instance.replication_instance_arn()
        }
        Output::ReplicationStatus(replication) => {
            let active = active_replication(replication, deps)?;
            active.full_load.status()
        }
        Output::ReplicationTask(replication) => {
            let active = active_replication(replication, deps)?;
            active.full_load.arn()
        }
        Output::StateLockTable => composer.bootstrap.map(terraform_state::lock_table)?.into(),
        Output::Table(table) => deps.foundations.tables.get(table).name(),
        Output::TargetGroup(service) => deps.ingress.target_group(
            SectionRef::resolve(&composer.stack.service, service),
            most_traffic_color(composer, service),
        )?,
        Output::Transit(transit) => deps.foundations.transits.get(transit).gateway.id(),
        Output::Validation(runbook) => deps
            .migration
            .runbooks
            .get(runbook)
            .as_ref()?
            .validation
            .name(),
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

/// The instance and the tasks of a replication. None outside phase `migration`.
fn active_replication<'d>(
    replication: &Ref<ReplicationConfig>,
    deps: OutputDeps<'d>,
) -> Option<&'d ActiveReplication> {
    let replicated = deps.foundations.replications.get(replication);
    replicated.active.as_ref()
}

/// The command that initializes a database. None for one that a replication initializes.
fn initialization_command(
    composer: &Composer<'_>,
    database: &Ref<DatabaseConfig>,
    deps: OutputDeps<'_>,
) -> Option<Value<String>> {
    let section = SectionRef::resolve(&composer.stack.database, database);
    let mut rotations = deps.foundations.rotations.iter();
    let id = section.construct_id();
    let rotation = rotations.find(|rotation| rotation.id == id && rotation.initializes_database)?;
    Some(invocation(
        rotation.region,
        rotation.function.name(),
        "initialize_database",
    ))
}

/// The AWS CLI command that invokes an operation without arguments.
fn invocation(region: Region, function: Value<String>, operation: &str) -> Value<String> {
    Value::concat([
        format!("aws lambda invoke --region {region} --function-name ").into(),
        function,
        " --cli-binary-format raw-in-base64-out".into(),
        format!(r#" --payload '{{"operation": "{operation}"}}' response.json"#).into(),
    ])
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
        Output::Alerts(_) => "ARN of the SNS topic that alarms notify",
        Output::Api(_) => "Endpoint of the API",
        Output::Balancer(_) => "DNS name of the load balancer",
        Output::BalancerArn(_) => "ARN of the load balancer",
        Output::Bucket(_) => "Name of the bucket",
        Output::Certificate(_) => "ARN of the certificate",
        Output::Cutover(_) => "Name of the function that runs cutover and rollback operations",
        Output::Dashboard(_) => "Name of the CloudWatch dashboard",
        Output::Database(_) => "Writer endpoint of the database",
        Output::DatabaseCluster(_) => "Identifier of the primary cluster",
        Output::DatabaseInitialization(_) => {
            "Command that creates the database user and the tables of the payment code; its health check returns 503 until the command has run"
        }
        Output::DatabaseReader(_) => "Reader endpoint in the primary Region",
        Output::DatabaseSecondary(_) => "Reader endpoint in the secondary Region",
        Output::DatabaseSecret(_) => "ARN of the secret of the master user",
        Output::DnsZone(_) => "ID of the hosted zone",
        Output::Function(_) => "Name of the function",
        Output::Network(_) => "ID of the VPC",
        Output::ReplicationInstance(_) => "ARN of the DMS replication instance",
        Output::ReplicationStatus(_) => {
            "Status of the DMS task for full load and CDC, at the last refresh"
        }
        Output::ReplicationTask(_) => "ARN of the DMS task for full load and CDC",
        Output::StateLockTable => "DynamoDB table that locks the Terraform states",
        Output::Table(_) => "Name of the table",
        Output::TargetGroup(_) => "ARN of the target group with most traffic of the service",
        Output::Transit(_) => "ID of the transit gateway",
        Output::Validation(_) => "Name of the function that compares source and target",
        Output::Vpn(_) => "ID of the VPN connection to the datacenter",
        Output::Waf(_) => "ID of the web ACL",
        Output::Workflow(_) => "ARN of the migration state machine",
        Output::Workspace => "Terraform workspace",
    }
}
