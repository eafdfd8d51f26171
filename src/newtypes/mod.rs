//! Values with rules: a `Cidr` that exists is a CIDR, a `Percent` is 0 to 100.
//!
//! Each type parses (`FromStr`, serde) and describes itself (JSON Schema) from one rule, so that an
//! editor, the loader and Rust agree.

mod arn;
mod cidr;
mod domain;
mod email;
mod function_version;
mod image_tag;
mod instance_class;
mod key;
mod pattern;
mod percent;
mod phased;
mod range;
mod region;
mod suffix;
mod table_pattern;
mod timestamp;
mod zone;

pub use arn::Arn;
pub use cidr::Cidr;
pub use domain::DomainName;
pub use email::Email;
pub use function_version::FunctionVersion;
pub use image_tag::ImageTag;
pub use instance_class::{DatabaseClass, InstanceType, ReplicationClass};
pub use key::{EnvironmentName, Key, OutputName};
pub use pattern::{NamePart, NamePattern};
pub use percent::{Percent, Utilization};
pub use phased::Phased;
pub use range::{
    BackupDays, ChunkBytes, ChunkRows, Concurrency, Days, DutyCycle, Gibibytes, LambdaSeconds,
    Milliseconds, Minutes, Port, Rechecks, RetentionDays, RotationDays, SampleChunks,
    SampleThreshold, Seconds, SessionLimit, Usd,
};
pub use region::Region;
pub use suffix::Suffix;
pub use table_pattern::TablePattern;
pub use timestamp::Timestamp;
pub use zone::{Zone, Zones};

use std::fmt;

/// Why a text or number is not the quantity it should be.
///
/// Displayed as `problem; suggestion`: serde carries errors as text, and the loader turns what
/// follows the first `; ` into the help line of a diagnostic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidValue {
    problem: String,
    suggestion: Option<String>,
}

impl InvalidValue {
    /// What is wrong, with the value given and what is allowed.
    pub fn new(problem: impl Into<String>) -> Self {
        Self {
            problem: problem.into(),
            suggestion: None,
        }
    }

    /// What would be right.
    #[must_use]
    pub fn suggest(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestion = Some(suggestion.into());
        self
    }
}

impl fmt::Display for InvalidValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, "; {suggestion}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for InvalidValue {}

/// Reads and writes a type as text, by its `FromStr` and `Display`; the JSON Schema is for editors: a
/// pattern, or the texts allowed.
macro_rules! text {
    ($type:ident, $pattern:literal, $description:literal) => {
        text!($type, schema: {
            "type": "string",
            "pattern": $pattern,
            "description": $description,
        });
    };
    ($type:ident, schema: $schema:tt) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}
use text;
