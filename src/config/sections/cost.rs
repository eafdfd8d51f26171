//! The budget of a stack, and assumptions about its use.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::newtypes::Usd;

/// Budget of the stack.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// Limit of the budget, in whole US dollars a month.
    pub monthly_usd: Usd,
    /// An AWS Budgets budget with notifications. Default: `absent`.
    #[serde(default)]
    pub aws_budget: BudgetResource,
}

/// Presence of an AWS Budgets budget.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum BudgetResource {
    /// The stack creates a budget. It notifies alerts of category `cost` at 80 and 100 percent.
    Create,
    /// The stack creates no budget.
    #[default]
    Absent,
}

/// Assumptions about the use of the stack. Rate limits are compared with the payments; no command reads the others yet.
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
