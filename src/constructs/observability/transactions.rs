//! Transactions, counted: what the payment pipeline logs becomes metrics that alarms and dashboards read.

use crate::constructs::compute::function::Function;
use crate::constructs::core::Context;
use crate::constructs::observability::metric_filters::counted;
use crate::lambda_packages::Program;
use crate::terraform::tree::Scope;

/// What came of a transaction, as the field `event` of a line of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was booked.
    Accepted,
    /// A person looks at it.
    Review,
    /// It looked like fraud.
    Declined,
    /// It should have been booked, and was not.
    Failed,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 4] = [Self::Accepted, Self::Review, Self::Declined, Self::Failed];

    /// What the programs write.
    pub fn logged(self) -> &'static str {
        match self {
            Self::Accepted => "transaction-accepted",
            Self::Review => "transaction-review",
            Self::Declined => "transaction-declined",
            Self::Failed => "transaction-failed",
        }
    }

    /// The metric that counts it.
    pub fn metric(self) -> &'static str {
        match self {
            Self::Accepted => "TransactionsAccepted",
            Self::Review => "TransactionsForReview",
            Self::Declined => "TransactionsDeclined",
            Self::Failed => "TransactionsFailed",
        }
    }

    /// The outcomes that a program logs. Validation counts what transaction processing could not answer.
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

/// Counts the outcomes that `function` logs, if it runs a program that does; `subject` is its part of names.
pub fn count(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    function: &Function,
    program: Program,
) {
    let mut scope = scope.child("outcome");
    for outcome in Outcome::of(program) {
        let (logged, metric) = (outcome.logged(), outcome.metric());
        let filter = counted(context, subject, function, logged, metric);
        scope.add(logged, filter);
    }
}
