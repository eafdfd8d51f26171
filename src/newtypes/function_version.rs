//! Versions of Lambda functions.

use std::fmt;
use std::str::FromStr;

use super::{InvalidValue, text};

/// A version of a function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FunctionVersion {
    /// The version that was published last, with the code of the current configuration.
    #[default]
    Latest,
    /// The version that the alias has, or at its creation the last one. An upload does not change it.
    Current,
    /// An earlier version, by the number that Lambda assigned.
    Number(u32),
}

const LATEST: &str = "latest";
const CURRENT: &str = "current";

impl FromStr for FunctionVersion {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        match text {
            LATEST => return Ok(Self::Latest),
            CURRENT => return Ok(Self::Current),
            _ => {}
        }
        let number = text.parse().ok();
        let number = number.filter(|_| text.starts_with(|first: char| matches!(first, '1'..='9')));
        let invalid = || {
            InvalidValue::new(format!(
                "`{text}` is not a function version: `{LATEST}`, `{CURRENT}`, or a number from 1"
            ))
        };
        number.map(Self::Number).ok_or_else(invalid)
    }
}

impl fmt::Display for FunctionVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => f.write_str(LATEST),
            Self::Current => f.write_str(CURRENT),
            Self::Number(number) => number.fmt(f),
        }
    }
}

text!(
    FunctionVersion,
    "^(latest|current|[1-9][0-9]*)$",
    "A version of a Lambda function: its number, such as 3, `latest`, or `current`, which an upload does not change"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_a_number_from_one_or_the_latest() {
        assert_eq!("latest".parse(), Ok(FunctionVersion::Latest));
        assert_eq!("17".parse(), Ok(FunctionVersion::Number(17)));
        for wrong in [
            "",
            "0",
            "01",
            "+1",
            "-1",
            "1.0",
            "Latest",
            "v7",
            "4294967296",
        ] {
            assert!(wrong.parse::<FunctionVersion>().is_err(), "{wrong}");
        }
    }
}
