//! Email addresses.

use std::fmt;
use std::str::FromStr;

use super::{DomainName, InvalidValue, text};

/// The email address of an SNS subscription, which its recipient confirms.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

impl Email {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let valid = text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && local.chars().all(|c| c.is_ascii_graphic() && c != '@')
                && domain.to_ascii_lowercase().parse::<DomainName>().is_ok()
        });
        if valid {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidValue::new(format!(
                "`{text}` is not an email address such as payments-ops@example.com"
            )))
        }
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text!(
    Email,
    r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
    "An email address, such as payments-ops@example.com"
);
