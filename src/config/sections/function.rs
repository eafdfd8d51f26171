//! Lambda functions.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Architecture, Bucket, Database, ExistingImage, Network, Ref, Table, section};
use crate::newtypes::{Key, Seconds};

/// A Lambda function.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// Its code.
    pub code: Code,
    /// Its network. It uses the tier `private`.
    pub network: Ref<Network>,
    /// Its memory in MiB, 128 to 10240. Default: 512.
    #[serde(default = "Function::memory")]
    #[schemars(range(min = 128, max = 10240))]
    pub memory: u16,
    /// Timeout of an invocation, in seconds. Default: 14.
    #[serde(default = "Function::timeout")]
    pub timeout: Seconds,
    /// Reserved concurrency. At least 100 must remain unreserved in the account.
    pub reserved_concurrency: Option<u16>,
    /// Provisioned concurrency of its aliases.
    pub provisioned_concurrency: Option<MinMax>,
    /// Its architecture. Default: `arm64`.
    #[serde(default)]
    pub architecture: Architecture,
    /// Data stores that it uses.
    #[serde(default)]
    pub uses: Uses,
    /// Functions that it invokes. A blue version invokes blue versions.
    #[serde(default)]
    pub calls: Vec<Ref<Self>>,
    /// Additional environment variables. They must not contain secrets.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(Function, "function");

impl Function {
    fn memory() -> u16 {
        512
    }

    fn timeout() -> Seconds {
        Seconds::constant::<14>()
    }
}

/// Code of a function.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// A payment program in the folder `lambda/`.
    Program(PaymentProgram),
    /// A container image.
    Image(Ref<ExistingImage>),
}

/// A payment program in the folder `lambda/`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum PaymentProgram {
    /// The payment API as one function.
    PaymentApi,
    /// Validates the format and the limits of a payment.
    PaymentValidation,
    /// Scores a payment.
    FraudDetection,
    /// Books a payment.
    TransactionProcessing,
}

impl PaymentProgram {
    /// The name in stack files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PaymentApi => "payment-api",
            Self::PaymentValidation => "payment-validation",
            Self::FraudDetection => "fraud-detection",
            Self::TransactionProcessing => "transaction-processing",
        }
    }
}

/// Data stores that code uses. It receives IAM permissions, network access and environment variables.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[derive(Default)]
#[serde(default)]
pub struct Uses {
    /// The database.
    pub database: Option<Ref<Database>>,
    /// Tables that it reads and writes.
    pub tables: Vec<Ref<Table>>,
    /// Buckets that it writes to.
    pub buckets: Vec<Ref<Bucket>>,
}

/// A minimum and a maximum.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MinMax {
    /// The minimum.
    pub min: u16,
    /// The maximum.
    pub max: u16,
}
