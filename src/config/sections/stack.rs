//! The stack file as a whole.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Account, Alarms, Alerts, Api, Audit, Balancer, Bucket, Budget, Dashboard, Database, Dns,
    Environment, Existing, Function, Named, Network, Output, Release, Replication, Runbook,
    Service, State, Table, Traffic, Transit, Usage, Waf, Waiver, Workflow,
};
use crate::newtypes::{EnvironmentName, Key, NamePattern, OutputName, Region, Timestamp};

/// A stack file: one payment system and its migration.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stack {
    /// The stack's name. It is part of stack names in cdktf and of the state's identity.
    pub stack: Key,
    /// A description in one line.
    pub title: String,
    /// Its regions. The first one is the primary.
    pub regions: Vec<Region>,
    /// Planned time of the cutover, for the tag `CutoverTimestamp`, such as `"2027-01-31T02:00:00Z"`.
    pub cutover_time: Option<Timestamp>,
    /// Names of resources.
    pub naming: Naming,
    /// Tags of every resource, in addition to stack, environment, suffix and phase.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// The environments: each has its own Terraform state, names, sizes and protection.
    pub environments: BTreeMap<EnvironmentName, Environment>,
    /// Terraform state.
    #[serde(default)]
    pub state: State,
    /// Resources that exist once in an AWS account.
    #[serde(default)]
    pub account: Account,
    /// Existing resources, which are looked up.
    #[serde(default)]
    pub existing: Existing,
    /// Networks (VPCs).
    #[serde(default)]
    pub network: Named<Network>,
    /// Transit gateways.
    #[serde(default)]
    pub transit: Named<Transit>,
    /// Aurora clusters.
    #[serde(default)]
    pub database: Named<Database>,
    /// DynamoDB tables.
    #[serde(default)]
    pub table: Named<Table>,
    /// S3 buckets.
    #[serde(default)]
    pub bucket: Named<Bucket>,
    /// Database replication by DMS.
    #[serde(default)]
    pub replication: Named<Replication>,
    /// Lambda functions.
    #[serde(default)]
    pub function: Named<Function>,
    /// Workloads that process payments.
    #[serde(default)]
    pub service: Named<Service>,
    /// Blue and green versions of services.
    #[serde(default)]
    pub release: Named<Release>,
    /// Application load balancers.
    #[serde(default)]
    pub balancer: Named<Balancer>,
    /// REST APIs.
    #[serde(default)]
    pub api: Named<Api>,
    /// DNS names.
    #[serde(default)]
    pub dns: Named<Dns>,
    /// Traffic split between the old system and the new one.
    pub traffic: Option<Traffic>,
    /// State machines of the migration.
    #[serde(default)]
    pub workflow: Named<Workflow>,
    /// Functions of migrations without a workflow.
    #[serde(default)]
    pub runbook: Named<Runbook>,
    /// Web ACLs.
    #[serde(default)]
    pub waf: Named<Waf>,
    /// Alert recipients.
    #[serde(default)]
    pub alerts: Named<Alerts>,
    /// Thresholds of alarms.
    #[serde(default)]
    pub alarms: Alarms,
    /// Dashboards.
    #[serde(default)]
    pub dashboard: Named<Dashboard>,
    /// Values in Parameter Store, below `/payment/<environment>/<suffix>/`. They must not be secrets.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// Terraform outputs, in addition to `environment`, `phase`, `traffic_percent` and `dashboard_url`. Outputs of resources
    /// that do not exist in a phase are omitted.
    #[serde(default)]
    pub outputs: BTreeMap<OutputName, Output>,
    /// The audit trail.
    pub audit: Option<Audit>,
    /// Budget of the stack.
    pub budget: Option<Budget>,
    /// Assumptions about the use of the stack. Reserved: read by no command yet.
    #[serde(default)]
    pub usage: Usage,
    /// Accepted findings. Reserved: read by no command yet.
    #[serde(default)]
    pub waivers: Named<Waiver>,
}

impl Stack {
    /// The first region.
    #[expect(
        clippy::indexing_slicing,
        reason = "loading a stack rejects an empty list of regions"
    )]
    pub fn primary_region(&self) -> Region {
        self.regions[0]
    }

    /// The regions that can contain resources: those of the stack, and the region of Route 53 metrics if there are DNS names.
    pub fn reached_regions(&self) -> Vec<Region> {
        let mut regions = self.regions.clone();
        if !self.dns.is_empty() && !regions.contains(&Region::GLOBAL) {
            regions.push(Region::GLOBAL);
        }
        regions
    }
}

/// Names of resources.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Naming {
    /// The pattern of every name: `{type}-{env}-{suffix}`.
    pub pattern: NamePattern,
}
