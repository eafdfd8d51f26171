//! Alert topics and alarm thresholds.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::section;
use crate::newtypes::{Email, Key, Milliseconds, Percent, Seconds};

/// Alert recipients: an encrypted SNS topic in each region with alarms.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alerts {
    /// Email addresses. Each recipient confirms the subscription.
    pub email: Vec<Email>,
    /// Categories of the alerts. Default: all.
    #[serde(default = "AlertCategory::all")]
    pub categories: BTreeSet<AlertCategory>,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(Alerts, "alerts");

/// Category of an alert.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum AlertCategory {
    /// Migration steps, approvals and rollbacks.
    Migration,
    /// Replication lag and stopped replication.
    Replication,
    /// Payments that failed to be booked.
    FailedTransactions,
    /// Errors, latency, unhealthy targets and full disks.
    SystemErrors,
    /// Failed rotations of secrets, and rejected API requests.
    Security,
    /// Budget notifications.
    Cost,
}

impl AlertCategory {
    pub(in crate::config) fn all() -> BTreeSet<Self> {
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

impl std::fmt::Display for AlertCategory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Migration => "migration",
            Self::Replication => "replication",
            Self::FailedTransactions => "failed-transactions",
            Self::SystemErrors => "system-errors",
            Self::Security => "security",
            Self::Cost => "cost",
        })
    }
}

/// Thresholds of alarms.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[serde(default)]
pub struct Alarms {
    /// 99th percentile of response times, in milliseconds. Default: 500.
    pub latency_p99: Milliseconds,
    /// Failed requests, in percent. Default: 1.
    pub error_percent: Percent,
    /// Latency of DMS change data capture, in seconds. Default: 5.
    pub replication_lag: Seconds,
    /// Aurora global replication lag of the warning alarm, in milliseconds. Default: 100.
    pub global_lag_warning: Milliseconds,
    /// Aurora global replication lag of the alarm, in milliseconds. Default: 1000.
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
