//! Whole numbers with a minimum and a maximum.

use super::InvalidValue;

/// Defines a number type with limits, for the loader and for the JSON Schema.
macro_rules! ranged {
    ($type:ident: $number:ty, $low:literal ..= $high:literal, $doc:literal) => {
        #[doc = $doc]
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize, serde::Serialize,
        )]
        #[serde(try_from = "i64")]
        pub struct $type($number);

        impl $type {
            /// The number.
            pub const fn get(self) -> $number {
                self.0
            }

            /// A constant, checked at compile time.
            pub const fn constant<const N: $number>() -> Self {
                const { assert!(matches!(N, $low..=$high)) };
                Self(N)
            }
        }

        impl TryFrom<i64> for $type {
            type Error = $crate::newtypes::InvalidValue;

            fn try_from(number: i64) -> Result<Self, Self::Error> {
                <$number>::try_from(number)
                    .ok()
                    .filter(|n| ($low..=$high).contains(n))
                    .map(Self)
                    .ok_or_else(|| {
                        let (end, limit) = if number > i64::from($high) {
                            ("maximum", i64::from($high))
                        } else {
                            ("minimum", i64::from($low))
                        };
                        $crate::newtypes::InvalidValue::new(format!(
                            "{number} is out of range, {} to {}",
                            $low, $high
                        ))
                        .suggest(format!("the {end} is {limit}"))
                    })
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "integer",
                    "minimum": $low,
                    "maximum": $high,
                    "description": $doc,
                })
            }
        }
    };
}
pub(super) use ranged;

ranged!(Port: u16, 1..=65535, "A TCP port, 1 to 65535.");
ranged!(Days: u16, 1..=36500, "Days, 1 to 36500.");
ranged!(BackupDays: u8, 1..=35, "Days that Aurora keeps automated backups, 1 to 35.");
ranged!(RotationDays: u16, 1..=1000, "Days between two rotations of a secret, 1 to 1000.");
ranged!(Seconds: u32, 1..=86400, "Seconds, 1 to 86400.");
ranged!(Minutes: u32, 1..=525_600, "Minutes, 1 to 525600.");
ranged!(Milliseconds: u32, 1..=600_000, "Milliseconds, 1 to 600000.");
ranged!(Gibibytes: u32, 1..=65536, "Gibibytes, 1 to 65536.");
ranged!(Concurrency: u16, 1..=1000, "Concurrency, 1 to 1000.");
ranged!(LambdaSeconds: u32, 1..=900, "Seconds within one invocation of a Lambda function, 1 to 900.");
ranged!(ChunkRows: u32, 1..=100_000_000, "Rows of a chunk, 1 to 100000000.");
ranged!(ChunkBytes: u32, 1..=1_073_741_824, "Bytes of a chunk, 1 to 1073741824 (1 GiB).");
ranged!(SessionLimit: u16, 0..=1000, "Concurrent sessions, 0 to 1000; 0 is no limit.");
ranged!(DutyCycle: u8, 1..=100, "Percentage of the time in which a session runs statements, 1 to 100.");
ranged!(SampleThreshold: u32, 0..=2_000_000_000, "Rows above which a table is sampled, 0 to 2000000000; 0 turns sampling off.");
ranged!(SampleChunks: u32, 2..=1_000_000, "Chunks of a sampled table, 2 to 1000000.");
ranged!(Rechecks: u8, 1..=100, "Rechecks of a mismatched row, 1 to 100.");
ranged!(RequestLimit: u32, 10..=2_000_000_000, "Requests within an evaluation window of AWS WAF, 10 to 2000000000.");
ranged!(Usd: u32, 1..=10_000_000, "US dollars a month, 1 to 10000000.");

/// Retention of a log group in days: one of the values that CloudWatch Logs accepts.
///
/// Source: CloudWatch Logs API, `PutRetentionPolicy`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize, serde::Serialize,
)]
#[serde(try_from = "i64")]
pub struct RetentionDays(u16);

impl RetentionDays {
    /// 400 days, about thirteen months: PCI DSS 10.5.1 requires twelve.
    pub const PCI: Self = Self(400);

    const ALLOWED: [u16; 22] = [
        1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557,
        2922, 3288, 3653,
    ];

    /// [`Self::PCI`], as the default of a field.
    pub(crate) fn pci() -> Self {
        Self::PCI
    }

    /// The number of days.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl TryFrom<i64> for RetentionDays {
    type Error = InvalidValue;

    fn try_from(number: i64) -> Result<Self, InvalidValue> {
        if let Some(days) = Self::ALLOWED
            .iter()
            .find(|days| i64::from(**days) == number)
        {
            return Ok(Self(*days));
        }
        let allowed = Self::ALLOWED.map(|days| days.to_string()).join(", ");
        let invalid = InvalidValue::new(format!(
            "{number} is not a retention of CloudWatch Logs, which accepts {allowed}"
        ));
        Err(
            match Self::ALLOWED.iter().find(|days| i64::from(**days) > number) {
                Some(next) => invalid.suggest(format!("the next higher value is {next}")),
                None => invalid,
            },
        )
    }
}

impl schemars::JsonSchema for RetentionDays {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RetentionDays".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "enum": Self::ALLOWED,
            "description": "Retention of a log group in days: one of the values that CloudWatch Logs accepts",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_retention_is_rejected_with_the_next_higher() {
        let error = RetentionDays::try_from(100).unwrap_err().to_string();
        assert!(error.ends_with("the next higher value is 120"), "{error}");
    }
}
