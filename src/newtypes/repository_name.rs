//! Names of container image repositories.

use std::fmt;
use std::str::FromStr;

use super::{InvalidValue, Suffix, text};

/// The name of an ECR repository, which may contain the suffix: `payment-api-{suffix}`.
///
/// It contains no other placeholder: the environment `bootstrap` creates the repository for all environments.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepositoryName(String);

impl RepositoryName {
    /// The placeholder of the suffix.
    const SUFFIX: &str = "{suffix}";

    /// Returns the name with `suffix`.
    pub fn resolve(&self, suffix: &Suffix) -> String {
        self.0.replace(Self::SUFFIX, suffix.as_str())
    }
}

impl FromStr for RepositoryName {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let sample = text.replace(Self::SUFFIX, "s");
        let is_word = |word: &str| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        if text.starts_with(|c: char| c.is_ascii_lowercase())
            && sample.split(['.', '_', '-', '/']).all(is_word)
        {
            return Ok(Self(text.to_owned()));
        }
        Err(InvalidValue::new(format!(
            "`{text}` is not a repository name: lowercase letters and digits, with single `-`, `_`, `.` and `/` between them, and the placeholder `{{suffix}}`"
        ))
        .suggest("for example `payment-api-{suffix}`"))
    }
}

impl fmt::Display for RepositoryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text!(
    RepositoryName,
    r"^[a-z]([._/-]?([a-z0-9]|\{suffix\}))*$",
    "The name of an ECR repository, such as payment-api-{suffix}"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffix_replaces_its_placeholder() {
        let resolve = |name: &str| {
            let name: RepositoryName = name.parse().unwrap();
            name.resolve(&"abc123".parse().unwrap())
        };
        assert_eq!(resolve("payment-api-{suffix}"), "payment-api-abc123");
        assert_eq!(resolve("team/payment_api"), "team/payment_api");
    }

    #[test]
    fn invalid_name_is_rejected() {
        for name in [
            "",
            "1a",
            "Api",
            "a--b",
            "a-",
            "api-{env}",
            "api-{suffix",
            "{suffix}",
        ] {
            assert!(name.parse::<RepositoryName>().is_err(), "{name}");
        }
    }
}
