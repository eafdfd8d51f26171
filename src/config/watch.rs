//! What watches: alerts, alarms, dashboards and the audit trail.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Bucket, Ref, section};
use crate::quantity::{Email, Key, Milliseconds, Percent, RetentionDays, Seconds, Usd};

/// Whom to tell: an encrypted SNS topic in each region that has alarms.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alerts {
    /// Mail addresses; each confirms its subscription.
    pub email: Vec<Email>,
    /// What they are told. Default: everything.
    #[serde(default = "Topic::all")]
    pub about: BTreeSet<Topic>,
    /// The name this section had before it was renamed: its resources move, nothing is replaced.
    pub formerly: Option<Key>,
}
section!(Alerts, "alerts");

/// What an alert is about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// Steps of the migration, approvals, rollbacks.
    Migration,
    /// Replication lag and stopped replication.
    Replication,
    /// Payments that were not booked.
    FailedTransactions,
    /// Errors, latency, unhealthy targets, full disks.
    SystemErrors,
    /// Sign-ins as root, denied calls, changes of protection.
    Security,
    /// The budget.
    Cost,
}

impl Topic {
    fn all() -> BTreeSet<Self> {
        BTreeSet::from([
            Self::Migration,
            Self::Replication,
            Self::FailedTransactions,
            Self::SystemErrors,
            Self::Security,
            Self::Cost,
        ])
    }
}

/// When alarms go off.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[serde(default)]
pub struct Alarms {
    /// 99th percentile of response times. Default: 500 ms.
    pub latency_p99: Milliseconds,
    /// Share of failed requests, in percent. Default: 1.
    pub error_percent: Percent,
    /// Lag of DMS change data capture that pages. Default: 5 s.
    pub replication_lag: Seconds,
    /// Lag of the secondary region that warns. Default: 100 ms.
    pub global_lag_warning: Milliseconds,
    /// Lag of the secondary region that pages. Default: 1000 ms.
    pub global_lag: Milliseconds,
}

impl Default for Alarms {
    fn default() -> Self {
        Self {
            latency_p99: Milliseconds::constant::<500>(),
            error_percent: Percent::constant::<1>(),
            replication_lag: Seconds::constant::<5>(),
            global_lag_warning: Milliseconds::constant::<100>(),
            global_lag: Milliseconds::constant::<1000>(),
        }
    }
}

/// A CloudWatch dashboard.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dashboard {
    /// Its widgets, from the top. What the stack lacks is left out.
    pub shows: Vec<Widget>,
    /// The name this section had before it was renamed: its resources move, nothing is replaced.
    pub formerly: Option<Key>,
}
section!(Dashboard, "dashboard");

/// A group of widgets.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Widget {
    /// Phase, traffic and the workflow's executions.
    MigrationProgress,
    /// Lag of replication, and of the secondary region.
    ReplicationLag,
    /// Requests on the old side and on the new.
    TrafficDistribution,
    /// Response times of the entry.
    ApiLatency,
    /// Failed requests.
    ErrorRates,
    /// Healthy and unhealthy targets, tasks, instances, functions.
    ApplicationHealth,
    /// Connections, load, memory and storage of databases.
    DatabasePerformance,
    /// Copying between buckets.
    BucketReplication,
}

/// The audit trail.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Audit {
    /// The bucket that keeps it.
    pub bucket: Ref<Bucket>,
    /// Days that log groups are kept. Default: 400 (PCI DSS 10.5.1 asks for twelve months).
    #[serde(default = "RetentionDays::pci")]
    pub log_retention: RetentionDays,
    /// A CloudTrail of this stack with data events. Default: `create`; `absent` where the organisation has one.
    #[serde(default)]
    pub trail: Trail,
}

/// Whether the stack has a CloudTrail of its own.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum Trail {
    /// It creates one.
    #[default]
    Create,
    /// The organisation has one.
    Absent,
}

/// What the stack may cost.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// Whole US dollars a month; `paymig cost` fails above it.
    pub monthly_usd: Usd,
    /// A budget in the account that warns. Default: `absent`.
    #[serde(default)]
    pub alarm: BudgetAlarm,
}

/// Whether the account gets a budget that warns.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum BudgetAlarm {
    /// It does: `alerts` about `cost` are told at 80 and 100 percent.
    Create,
    /// It does not.
    #[default]
    Absent,
}

/// What `paymig cost` assumes about use.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[serde(default)]
pub struct Usage {
    /// Payments a day. Default: 1000000.
    pub transactions_per_day: u64,
    /// Data in databases, GiB. Default: 100.
    pub database_gib: u32,
    /// Data in buckets, GiB. Default: 100.
    pub bucket_gib: u32,
    /// Data through NAT gateways, VPN and transit gateways in a month, GiB. Default: 200.
    pub transfer_gib: u32,
    /// Log data in a month, GiB. Default: 50.
    pub log_gib: u32,
}

impl Default for Usage {
    fn default() -> Self {
        Self {
            transactions_per_day: 1_000_000,
            database_gib: 100,
            bucket_gib: 100,
            transfer_gib: 200,
            log_gib: 50,
        }
    }
}
