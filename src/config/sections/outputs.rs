//! What a document tells scripts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Alerts, Api, Balancer, Bucket, Dashboard, Database, Dns, Function, Network, Ref, Replication,
    Runbook, Service, Table, Transit, Waf, Workflow,
};

/// What an output holds, by the section that it is of.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Output {
    /// The ARN of a topic in the stack's first region.
    Alerts(Ref<Alerts>),
    /// The address that callers of an API use.
    Api(Ref<Api>),
    /// Where a load balancer is reached.
    Balancer(BalancerIn),
    /// The ARN of a load balancer.
    BalancerArn(BalancerIn),
    /// The name of a bucket.
    Bucket(Ref<Bucket>),
    /// The ARN of a load balancer's certificate.
    Certificate(BalancerIn),
    /// The name of the function that takes the steps of a cutover which an operator leads.
    Cutover(Ref<Runbook>),
    /// The name of a dashboard.
    Dashboard(Ref<Dashboard>),
    /// Where a database takes writes.
    Database(Ref<Database>),
    /// The identifier of a database's primary cluster.
    DatabaseCluster(Ref<Database>),
    /// Where a database takes reads in its primary region.
    DatabaseReader(Ref<Database>),
    /// Where a database takes reads in its second region.
    DatabaseSecondary(Ref<Database>),
    /// The ARN of the secret with a database's master user.
    DatabaseSecret(Ref<Database>),
    /// The id of the hosted zone that a name is in.
    DnsZone(Ref<Dns>),
    /// The name of a function; of the color that most requests go to, where its image is released.
    Function(Ref<Function>),
    /// The id of a VPC.
    Network(Ref<Network>),
    /// The ARN of a replication's instance.
    ReplicationInstance(Ref<Replication>),
    /// The status of the task that loads, and then follows, as of the last apply or refresh.
    ReplicationStatus(Ref<Replication>),
    /// The ARN of the task that loads, and then follows.
    ReplicationTask(Ref<Replication>),
    /// The name of the table that locks the states; none where they are local.
    StateLockTable,
    /// The name of a table.
    Table(Ref<Table>),
    /// The ARN of the target group of a service, of the color that most requests go to.
    TargetGroup(Ref<Service>),
    /// The id of a transit gateway.
    Transit(Ref<Transit>),
    /// The name of the function that compares source and target.
    Validation(Ref<Runbook>),
    /// The id of a transit gateway's VPN connection, made by the stack or looked up.
    Vpn(Ref<Transit>),
    /// The id of a web ACL, in the first region that has it.
    Waf(Ref<Waf>),
    /// The ARN of a workflow's state machine.
    Workflow(Ref<Workflow>),
    /// Terraform's workspace.
    Workspace,
}

/// A load balancer in one of its networks.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BalancerIn {
    /// The load balancer.
    pub name: Ref<Balancer>,
    /// The network. Default: the first that it stands in.
    pub network: Option<Ref<Network>>,
}
