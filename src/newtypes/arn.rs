//! Amazon Resource Names.

use std::fmt;
use std::str::FromStr;

use super::{InvalidValue, text};

/// The Amazon Resource Name (ARN) of an existing resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arn(String);

impl Arn {
    /// The ARN.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The service: `acm` in `arn:aws:acm:us-east-1:123456789012:certificate/…`.
    pub fn service(&self) -> &str {
        self.0.split(':').nth(2).unwrap_or_default()
    }

    /// The region, empty for global services.
    pub fn region(&self) -> &str {
        self.0.split(':').nth(3).unwrap_or_default()
    }
}

impl FromStr for Arn {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let mut parts = text.splitn(6, ':');
        let arn = parts.next() == Some("arn");
        let partition = parts.next().is_some_and(|p| p.starts_with("aws"));
        let service = parts.next().is_some_and(|s| !s.is_empty());
        let resource = parts.nth(2).is_some_and(|r| !r.is_empty());
        if arn && partition && service && resource {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidValue::new(format!(
                "`{text}` is not an ARN: arn:aws:<service>:<region>:<account>:<resource>"
            )))
        }
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text!(
    Arn,
    "^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]*:.+$",
    "An ARN: arn:aws:<service>:<region>:<account>:<resource>"
);
