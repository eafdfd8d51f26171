//! Control totals: sums of payments that source and target must agree on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::newtypes::{ColumnName, TableName};

/// A table whose amounts are added up by day and currency, on both sides.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ControlTotal {
    /// The table as `schema.table`.
    pub table: TableName,
    /// The column of the amount, a number.
    pub amount: ColumnName,
    /// The column of the currency.
    pub currency: ColumnName,
    /// The column of the date or time, which determines the day (UTC).
    pub time: ColumnName,
}
