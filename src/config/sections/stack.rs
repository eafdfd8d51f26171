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

/// A migration of one payment system: the decisions, as its stack file states them.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stack {
    /// The stack's name, a part of Terraform's stack names and state keys.
    pub stack: Key,
    /// What it is, in one line.
    pub title: String,
    /// Its regions; the first is the primary.
    pub regions: Vec<Region>,
    /// When the database is cut over, for tags and the runbook: an input, never the clock.
    pub cutover_time: Option<Timestamp>,
    /// How resources are named.
    pub naming: Naming,
    /// Tags of every resource, beside stack, environment and phase.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// The environments: each has its own Terraform state, names, sizes and protection.
    pub environments: BTreeMap<EnvironmentName, Environment>,
    /// Where Terraform keeps its state.
    #[serde(default)]
    pub state: State,
    /// What an AWS account has once.
    #[serde(default)]
    pub account: Account,
    /// What exists already and is looked up.
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
    /// What runs payments.
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
    /// Names in DNS.
    #[serde(default)]
    pub dns: Named<Dns>,
    /// How requests move from the old system to the new.
    pub traffic: Option<Traffic>,
    /// State machines that lead through the migration.
    #[serde(default)]
    pub workflow: Named<Workflow>,
    /// Validation before and after the migration.
    #[serde(default)]
    pub runbook: Named<Runbook>,
    /// Web ACLs.
    #[serde(default)]
    pub waf: Named<Waf>,
    /// Whom to tell.
    #[serde(default)]
    pub alerts: Named<Alerts>,
    /// When alarms go off.
    #[serde(default)]
    pub alarms: Alarms,
    /// Dashboards.
    #[serde(default)]
    pub dashboard: Named<Dashboard>,
    /// Values in Parameter Store, below `/<stack>/<environment>/<suffix>/`; never a secret.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// What the document tells scripts, beside `environment`, `phase`, `traffic_percent` and
    /// `dashboard_url`. What a phase lacks is left out.
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
    /// The region of what belongs to no other.
    #[expect(
        clippy::indexing_slicing,
        reason = "loading a stack refuses an empty list of regions"
    )]
    pub fn primary_region(&self) -> Region {
        self.regions[0]
    }

    /// The regions that something may lie in: the stack's own, and where AWS publishes the metrics of
    /// Route 53, if a name has health checks.
    pub fn reached_regions(&self) -> Vec<Region> {
        let mut regions = self.regions.clone();
        if !self.dns.is_empty() && !regions.contains(&Region::GLOBAL) {
            regions.push(Region::GLOBAL);
        }
        regions
    }
}

/// How resources are named.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Naming {
    /// The pattern of every name: `{type}-{env}-{suffix}`.
    pub pattern: NamePattern,
}
