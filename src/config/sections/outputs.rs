//! Outputs of an environment, which scripts read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Alerts, Api, Balancer, Bucket, Dashboard, Database, Dns, Function, Network, Ref, Replication,
    Runbook, Service, Table, Transit, Waf, Workflow,
};

/// Value of an output, by the section that it belongs to.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Output {
    /// The ARN of a topic in the stack's first region.
    Alerts(Ref<Alerts>),
    /// The endpoint of an API.
    Api(Ref<Api>),
    /// The DNS name of a load balancer.
    Balancer(BalancerIn),
    /// The ARN of a load balancer.
    BalancerArn(BalancerIn),
    /// The name of a bucket.
    Bucket(Ref<Bucket>),
    /// The ARN of a load balancer's certificate.
    Certificate(BalancerIn),
    /// The name of a runbook's cutover function.
    Cutover(Ref<Runbook>),
    /// The name of a dashboard.
    Dashboard(Ref<Dashboard>),
    /// The writer endpoint of a database.
    Database(Ref<Database>),
    /// The identifier of a database's primary cluster.
    DatabaseCluster(Ref<Database>),
    /// The AWS CLI command that creates the user and the tables of the payment code in a database. Omitted for a
    /// database with a replication.
    DatabaseInitialization(Ref<Database>),
    /// The reader endpoint of a database in its primary region.
    DatabaseReader(Ref<Database>),
    /// The reader endpoint of a database in its secondary region.
    DatabaseSecondary(Ref<Database>),
    /// The ARN of the secret of a database's master user.
    DatabaseSecret(Ref<Database>),
    /// The ID of the hosted zone of a DNS name.
    DnsZone(Ref<Dns>),
    /// The name of a function. With a release of its image, that of the color with most traffic.
    Function(Ref<Function>),
    /// The ID of a VPC.
    Network(Ref<Network>),
    /// The ARN of a replication's instance.
    ReplicationInstance(Ref<Replication>),
    /// The status of the DMS task for full load and CDC, at the last apply or refresh.
    ReplicationStatus(Ref<Replication>),
    /// The ARN of the DMS task for full load and CDC.
    ReplicationTask(Ref<Replication>),
    /// The name of the DynamoDB table that locks the Terraform states. Omitted for local states.
    StateLockTable,
    /// The name of a table.
    Table(Ref<Table>),
    /// The ARN of a service's target group. With a release, that of the color with most traffic.
    TargetGroup(Ref<Service>),
    /// The ID of a transit gateway.
    Transit(Ref<Transit>),
    /// The name of a runbook's validation function.
    Validation(Ref<Runbook>),
    /// The ID of a transit gateway's VPN connection, created by the stack or looked up.
    Vpn(Ref<Transit>),
    /// The ID of a web ACL, in its first region.
    Waf(Ref<Waf>),
    /// The ARN of a workflow's state machine.
    Workflow(Ref<Workflow>),
    /// The Terraform workspace.
    Workspace,
}

/// A load balancer in one of its networks.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BalancerIn {
    /// The load balancer.
    pub name: Ref<Balancer>,
    /// The network. Default: its first network.
    pub network: Option<Ref<Network>>,
}
