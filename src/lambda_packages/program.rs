//! The programs of `lambda/`.

use crate::config::PaymentProgram;

/// A program of the folder `lambda/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Program {
    /// Requests approvals and submits the decisions.
    Approval,
    /// Authorizes the requests of an API.
    Authorizer,
    /// Responds to a custom resource with the findings of the checks before and after a migration.
    CustomResource,
    /// Runs the steps of cutover and rollback.
    Cutover,
    /// Removes the new side from DNS while the source is the writer.
    DnsFailback,
    /// Scores payments.
    FraudDetection,
    /// Serves the payment API as one function.
    PaymentApi,
    /// Accepts payments; other functions score and book them.
    PaymentValidation,
    /// Rotates secrets.
    Rotation,
    /// Books payments.
    TransactionProcessing,
    /// Compares source and target.
    Validation,
}

impl Program {
    /// Every program.
    pub const ALL: [Self; 11] = [
        Self::Approval,
        Self::Authorizer,
        Self::CustomResource,
        Self::Cutover,
        Self::DnsFailback,
        Self::FraudDetection,
        Self::PaymentApi,
        Self::PaymentValidation,
        Self::Rotation,
        Self::TransactionProcessing,
        Self::Validation,
    ];

    /// Its Python package in `lambda/`, and the stem of its zip file's name.
    pub fn package(self) -> &'static str {
        match self {
            Self::Approval => "approval",
            Self::Authorizer => "authorizer",
            Self::CustomResource => "custom_resource",
            Self::Cutover => "cutover",
            Self::DnsFailback => "dns_failback",
            Self::FraudDetection => "fraud_detection",
            Self::PaymentApi => "payment_api",
            Self::PaymentValidation => "payment_validation",
            Self::Rotation => "rotation",
            Self::TransactionProcessing => "transaction_processing",
            Self::Validation => "validation",
        }
    }

    /// Its name in names of resources: the package's, with hyphens.
    pub fn name(self) -> String {
        self.package().replace('_', "-")
    }

    /// The Lambda handler.
    pub fn handler(self) -> String {
        format!("{}.handler.handle", self.package())
    }

    /// Whether it connects to databases, and so needs their drivers.
    pub fn uses_databases(self) -> bool {
        match self {
            Self::Cutover
            | Self::PaymentApi
            | Self::Rotation
            | Self::TransactionProcessing
            | Self::Validation => true,
            Self::Approval
            | Self::Authorizer
            | Self::CustomResource
            | Self::DnsFailback
            | Self::FraudDetection
            | Self::PaymentValidation => false,
        }
    }
}

impl From<PaymentProgram> for Program {
    fn from(program: PaymentProgram) -> Self {
        match program {
            PaymentProgram::PaymentApi => Self::PaymentApi,
            PaymentProgram::PaymentValidation => Self::PaymentValidation,
            PaymentProgram::FraudDetection => Self::FraudDetection,
            PaymentProgram::TransactionProcessing => Self::TransactionProcessing,
        }
    }
}
