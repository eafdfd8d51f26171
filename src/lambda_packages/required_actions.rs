//! IAM actions that programs call on resources that many functions share.
//!
//! The policy of a function is built from them. `tests/iam` compares it with the AWS calls in the code.

use super::Program;

/// The IAM actions that code needs, by kind of resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequiredActions {
    /// To read parameters.
    pub parameters: &'static [&'static str],
    /// To read secrets.
    pub secrets: &'static [&'static str],
    /// To read and write tables.
    pub tables: &'static [&'static str],
    /// Prefixes of the objects that it puts into buckets.
    pub put_prefixes: &'static [&'static str],
}

impl RequiredActions {
    /// The actions of a container image, whose code is not in this project.
    ///
    /// It reads parameters and secrets, and reads and writes items by their keys. It scans no table and deletes nothing.
    pub const CUSTOM_IMAGE: Self = Self {
        parameters: &[GET_PARAMETER, GET_PARAMETERS, "ssm:GetParametersByPath"],
        secrets: &["secretsmanager:DescribeSecret", GET_SECRET_VALUE],
        tables: &[
            "dynamodb:BatchGetItem",
            "dynamodb:ConditionCheckItem",
            "dynamodb:DescribeTable",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
        ],
        put_prefixes: &[""],
    };
}

impl Program {
    /// The actions that its code calls.
    pub fn required_actions(self) -> RequiredActions {
        let (parameters, secrets, tables): (&[_], &[_], &[_]) = match self {
            Self::Approval | Self::CustomResource => (&[], &[], &[]),
            Self::Authorizer => (&[], &[GET_SECRET_VALUE], &[]),
            Self::Cutover | Self::Validation => (&[GET_PARAMETER], &[GET_SECRET_VALUE], &[]),
            Self::FraudDetection => (&[GET_PARAMETERS], &[], &["dynamodb:Query"]),
            Self::PaymentApi => (&[GET_PARAMETER, GET_PARAMETERS], &[GET_SECRET_VALUE], &[]),
            Self::PaymentValidation => (&[GET_PARAMETERS], &[], &[]),
            // A rotation has a statement of its own for the secrets that it rotates.
            Self::Rotation | Self::DnsFailback => (&[GET_PARAMETER], &[], &[]),
            Self::TransactionProcessing => (
                &[GET_PARAMETER],
                &[GET_SECRET_VALUE],
                &[
                    "dynamodb:GetItem",
                    "dynamodb:PutItem",
                    "dynamodb:UpdateItem",
                ],
            ),
        };
        let put_prefixes: &[_] = match self {
            Self::TransactionProcessing => &["transactions/"],
            _ => &[],
        };
        RequiredActions {
            parameters,
            secrets,
            tables,
            put_prefixes,
        }
    }
}

const GET_PARAMETER: &str = "ssm:GetParameter";
const GET_PARAMETERS: &str = "ssm:GetParameters";
const GET_SECRET_VALUE: &str = "secretsmanager:GetSecretValue";
