//! What programs call of AWS, where what they share would allow them more: a policy is made of this, and
//! `tests/iam` holds the policies against the code.

use super::Program;

/// The actions that some code needs on each kind of thing that many use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calls {
    /// On parameters, to read them.
    pub parameters: &'static [&'static str],
    /// On secrets, to read them.
    pub secrets: &'static [&'static str],
    /// On tables.
    pub tables: &'static [&'static str],
}

impl Calls {
    /// Those of code that is not ours: to read, and to write items by their keys. Nothing that reads a whole table
    /// or removes anything.
    pub const UNKNOWN: Self = Self {
        parameters: &[ONE_PARAMETER, PARAMETERS, "ssm:GetParametersByPath"],
        secrets: &["secretsmanager:DescribeSecret", SECRET],
        tables: &[
            "dynamodb:BatchGetItem",
            "dynamodb:ConditionCheckItem",
            "dynamodb:DescribeTable",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
        ],
    };
}

impl Program {
    /// What it calls.
    pub fn calls(self) -> Calls {
        let (parameters, secrets, tables): (&[_], &[_], &[_]) = match self {
            Self::Approval | Self::Checks => (&[], &[], &[]),
            Self::Authorizer => (&[], &[SECRET], &[]),
            Self::Cutover | Self::Validation => (&[ONE_PARAMETER], &[SECRET], &[]),
            Self::FraudDetection => (&[PARAMETERS], &[], &["dynamodb:Query"]),
            Self::PaymentApi => (&[ONE_PARAMETER, PARAMETERS], &[SECRET], &[]),
            Self::PaymentValidation => (&[PARAMETERS], &[], &[]),
            // Its secrets are those that it rotates.
            Self::Rotation | Self::Withdrawal => (&[ONE_PARAMETER], &[], &[]),
            Self::TransactionProcessing => (
                &[ONE_PARAMETER],
                &[SECRET],
                &[
                    "dynamodb:GetItem",
                    "dynamodb:PutItem",
                    "dynamodb:UpdateItem",
                ],
            ),
        };
        Calls {
            parameters,
            secrets,
            tables,
        }
    }
}

const ONE_PARAMETER: &str = "ssm:GetParameter";
const PARAMETERS: &str = "ssm:GetParameters";
const SECRET: &str = "secretsmanager:GetSecretValue";
