//! Functions.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Architecture, Bucket, Database, ExistingImage, Network, Ref, Table, section};
use crate::newtypes::{Key, Seconds};

/// A Lambda function.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// What it runs.
    pub code: Code,
    /// The network it runs in, in the tier `private`.
    pub network: Ref<Network>,
    /// Its memory in MiB, 128 to 10240. Default: 512.
    #[serde(default = "Function::memory")]
    #[schemars(range(min = 128, max = 10240))]
    pub memory: u16,
    /// How long one call may take. Default: 15 s.
    #[serde(default = "Function::timeout")]
    pub timeout: Seconds,
    /// Concurrency taken from the account's pool for this function alone, which must leave 100.
    pub reserved_concurrency: Option<u16>,
    /// Environments of the function kept warm, on its alias.
    pub provisioned_concurrency: Option<MinMax>,
    /// Its processor. Default: `arm64`.
    #[serde(default)]
    pub architecture: Architecture,
    /// What it may use.
    #[serde(default)]
    pub uses: Uses,
    /// Functions it calls, with its own qualifier: blue calls blue.
    #[serde(default)]
    pub calls: Vec<Ref<Self>>,
    /// Environment variables beyond those of what it uses; never a secret.
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
        Seconds::constant::<15>()
    }
}

/// What a function runs.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// A program of this repository's `lambda/` folder.
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
    /// Checks a payment's form and limits.
    PaymentValidation,
    /// Scores a payment.
    FraudDetection,
    /// Books a payment.
    TransactionProcessing,
}

impl PaymentProgram {
    /// As stack files write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PaymentApi => "payment-api",
            Self::PaymentValidation => "payment-validation",
            Self::FraudDetection => "fraud-detection",
            Self::TransactionProcessing => "transaction-processing",
        }
    }
}

/// What code may use: it gets permission, network access, and names in its environment.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[derive(Default)]
#[serde(default)]
pub struct Uses {
    /// The database.
    pub database: Option<Ref<Database>>,
    /// Tables it reads and writes.
    pub tables: Vec<Ref<Table>>,
    /// Buckets it writes to.
    pub buckets: Vec<Ref<Bucket>>,
}

/// A least and a most.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MinMax {
    /// The least.
    pub min: u16,
    /// The most.
    pub max: u16,
}
