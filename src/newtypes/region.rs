//! AWS regions.

use std::fmt;
use std::str::FromStr;

use super::{InvalidValue, text};

/// An AWS region of the commercial partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region {
    name: &'static str,
    short: &'static str,
}

/// Regions of the commercial partition with the short form used in names.
///
/// Source: AWS general reference, "Regional endpoints".
const REGIONS: &[(&str, &str)] = &[
    ("af-south-1", "afs1"),
    ("ap-east-1", "ape1"),
    ("ap-northeast-1", "apne1"),
    ("ap-northeast-2", "apne2"),
    ("ap-northeast-3", "apne3"),
    ("ap-south-1", "aps1"),
    ("ap-south-2", "aps2"),
    ("ap-southeast-1", "apse1"),
    ("ap-southeast-2", "apse2"),
    ("ap-southeast-3", "apse3"),
    ("ap-southeast-4", "apse4"),
    ("ca-central-1", "cac1"),
    ("ca-west-1", "caw1"),
    ("eu-central-1", "euc1"),
    ("eu-central-2", "euc2"),
    ("eu-north-1", "eun1"),
    ("eu-south-1", "eus1"),
    ("eu-south-2", "eus2"),
    ("eu-west-1", "euw1"),
    ("eu-west-2", "euw2"),
    ("eu-west-3", "euw3"),
    ("il-central-1", "ilc1"),
    ("me-central-1", "mec1"),
    ("me-south-1", "mes1"),
    ("sa-east-1", "sae1"),
    ("us-east-1", "use1"),
    ("us-east-2", "use2"),
    ("us-west-1", "usw1"),
    ("us-west-2", "usw2"),
];

impl Region {
    /// The region with the metrics and logs of global services such as Route 53.
    pub const GLOBAL: Self = Self {
        name: "us-east-1",
        short: "use1",
    };

    /// The name: `us-east-1`.
    pub fn as_str(self) -> &'static str {
        self.name
    }

    /// The short form in names that are unique in several regions: `use1`.
    pub fn short(self) -> &'static str {
        self.short
    }
}

impl FromStr for Region {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        if let Some((name, short)) = REGIONS.iter().find(|(name, _)| *name == text) {
            return Ok(Self { name, short });
        }
        let invalid = InvalidValue::new(format!("`{text}` is not an AWS region"));
        let names = REGIONS.iter().map(|(name, _)| *name);
        Err(match crate::diagnostic::closest_match(text, names) {
            Some(name) => invalid.suggest(format!("did you mean `{name}`?")),
            None => invalid,
        })
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

text!(Region, schema: {
    "enum": REGIONS.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
    "description": "An AWS region, such as us-east-1",
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_region_is_refused_with_the_nearest() {
        let error = "us-eats-1".parse::<Region>().unwrap_err().to_string();
        assert!(error.ends_with("did you mean `us-east-1`?"), "{error}");
    }

    #[test]
    fn short_forms_are_unique() {
        let shorts: std::collections::BTreeSet<_> = REGIONS.iter().map(|r| r.1).collect();
        assert_eq!(shorts.len(), REGIONS.len());
    }
}
