//! Whom to tell, and when.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::section;
use crate::newtypes::{Email, Key, Milliseconds, Percent, Seconds};

/// Whom to tell: an encrypted SNS topic in each region that has alarms.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alerts {
    /// Mail addresses; each confirms its subscription.
    pub email: Vec<Email>,
    /// What they are told. Default: everything.
    #[serde(default = "AlertCategory::all")]
    pub categories: BTreeSet<AlertCategory>,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(Alerts, "alerts");

/// What an alert is about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum AlertCategory {
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
