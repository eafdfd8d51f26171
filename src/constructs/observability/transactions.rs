//! Metric filters over the outcomes of transactions, for alarms and dashboards.

use crate::constructs::core::Context;
use crate::constructs::observability::metric_filters::metric_filter;
use crate::lambda_packages::Program;
use crate::terraform::tree::{Scope, Value};

/// The outcome of a transaction: the value of the field `event` in the payment functions' logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionOutcome {
    /// Booked.
    Accepted,
    /// Referred to manual review.
    Review,
    /// Declined as suspected fraud.
    Declined,
    /// Not booked because of an error.
    Failed,
}

impl TransactionOutcome {
    /// Every outcome.
    pub const ALL: [Self; 4] = [Self::Accepted, Self::Review, Self::Declined, Self::Failed];

    /// The value of the field `event`.
    pub fn event_name(self) -> &'static str {
        match self {
            Self::Accepted => "transaction-accepted",
            Self::Review => "transaction-review",
            Self::Declined => "transaction-declined",
            Self::Failed => "transaction-failed",
        }
    }

    /// The metric that counts the outcome.
    pub fn metric_name(self) -> &'static str {
        match self {
            Self::Accepted => "TransactionsAccepted",
            Self::Review => "TransactionsForReview",
            Self::Declined => "TransactionsDeclined",
            Self::Failed => "TransactionsFailed",
        }
    }

    /// The outcomes that a program logs. Payment validation logs failures of transaction processing.
    pub fn of(program: Program) -> &'static [Self] {
        match program {
            Program::TransactionProcessing => &Self::ALL,
            Program::PaymentValidation => &[Self::Failed],
            Program::Approval
            | Program::Authorizer
            | Program::CustomResource
            | Program::Cutover
            | Program::FraudDetection
            | Program::PaymentApi
            | Program::Rotation
            | Program::Validation
            | Program::DnsFailback => &[],
        }
    }
}

/// Adds a metric filter for every outcome that `program` logs to its log group. `key` is part of physical names.
pub fn add_transaction_metric_filters(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    key: &str,
    log_group_name: &Value<String>,
    program: Program,
) {
    let mut scope = scope.child("metric-filter");
    for outcome in TransactionOutcome::of(program) {
        let (event_name, metric_name) = (outcome.event_name(), outcome.metric_name());
        let filter = metric_filter(context, key, log_group_name, event_name, metric_name);
        scope.add(event_name, filter);
    }
}
