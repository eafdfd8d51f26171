//! Newtypes: values with rules. Every `Cidr` is a valid CIDR block, every `Percent` is 0 to 100.
//!
//! The parser (`FromStr`, serde) and the JSON Schema of a type derive from one rule, so editors, the loader and Rust code
//! agree.

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
mod public_name;
mod range;
mod region;
mod repository_name;
mod suffix;
mod table_name;
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
pub use public_name::PublicName;
pub use range::{
    BackupDays, ChunkBytes, ChunkRows, Concurrency, Days, DutyCycle, Gibibytes, LambdaSeconds,
    Milliseconds, Minutes, Port, Rechecks, RequestLimit, RetentionDays, RotationDays, SampleChunks,
    SampleThreshold, Seconds, SessionLimit, Usd,
};
pub use region::Region;
pub use repository_name::RepositoryName;
pub use suffix::Suffix;
pub use table_name::{ColumnName, TableName};
pub use table_pattern::TablePattern;
pub use timestamp::Timestamp;
pub use zone::{Zone, Zones};

use std::fmt;

/// The error of a text or number that breaks the rule of its type.
///
/// Displayed as `problem; suggestion`. Serde passes errors as text, and the loader turns the part after the first `; `
/// into the help of a diagnostic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidValue {
    problem: String,
    suggestion: Option<String>,
}

impl InvalidValue {
    /// An error that names the value and the rule.
    pub fn new(problem: impl Into<String>) -> Self {
        Self {
            problem: problem.into(),
            suggestion: None,
        }
    }

    /// The problem, without the suggestion.
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// The suggestion, if there is one.
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }

    /// Adds a suggestion.
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

/// Implements serde by `FromStr` and `Display`, and the JSON Schema by a pattern or a list of allowed strings.
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
