//! DNS names that differ by environment.

use std::fmt;
use std::str::FromStr;

use super::{DomainName, EnvironmentName, InvalidValue, Suffix, text};

/// A DNS name whose labels may contain `{env}` and `{suffix}`: `payments-{env}-{suffix}.example.com`.
///
/// Equal texts resolve to equal names, so rules and construct paths use the text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicName(String);

impl PublicName {
    const ENVIRONMENT: &str = "{env}";
    const SUFFIX: &str = "{suffix}";

    /// The text, with its placeholders.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this name is `zone` or a subdomain of it. A zone without placeholders has none in this name either.
    pub fn is_in(&self, zone: &Self) -> bool {
        self.0
            .strip_suffix(&zone.0)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }

    /// Returns the name in one environment.
    ///
    /// # Errors
    /// If a label or the name is too long.
    pub fn resolve(
        &self,
        environment: &EnvironmentName,
        suffix: &Suffix,
    ) -> Result<DomainName, InvalidValue> {
        let resolved = self.replaced(environment.as_str(), suffix.as_str());
        let long = resolved
            .split('.')
            .find(|label| label.len() > DomainName::MAX_LABEL_LENGTH);
        if let Some(label) = long {
            return Err(InvalidValue::new(format!(
                "`{self}` resolves to a name whose label `{label}` has {} characters; the limit is {}",
                label.len(),
                DomainName::MAX_LABEL_LENGTH
            ))
            .suggest("shorten the label or the suffix"));
        }
        resolved.parse()
    }

    fn replaced(&self, environment: &str, suffix: &str) -> String {
        self.0
            .replace(Self::ENVIRONMENT, environment)
            .replace(Self::SUFFIX, suffix)
    }
}

impl From<&DomainName> for PublicName {
    fn from(name: &DomainName) -> Self {
        Self(name.to_string())
    }
}

impl FromStr for PublicName {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let name = Self(text.to_owned());
        // The shortest values: whether a name is too long depends on the environment.
        let sample = name.replaced("e", "abc");
        let opened = sample.split_once('{').map(|(_, rest)| rest);
        if let Some((unknown, _)) = opened.and_then(|rest| rest.split_once('}')) {
            return Err(InvalidValue::new(format!(
                "`{text}` contains `{{{unknown}}}`, which is not one of `{{env}}`, `{{suffix}}`"
            ))
            .suggest("for example `payments-{env}-{suffix}.example.com`"));
        }
        match sample.parse::<DomainName>() {
            Ok(_) => Ok(name),
            // Without placeholders, the error has the right text and its repair.
            Err(wrong) if sample == text => Err(wrong),
            Err(_) => Err(InvalidValue::new(format!(
                "`{text}` is not a DNS name such as payments-{{env}}-{{suffix}}.example.com"
            ))),
        }
    }
}

impl fmt::Display for PublicName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text!(
    PublicName,
    r"^([a-z0-9]|\{env\}|\{suffix\})(-*([a-z0-9]|\{env\}|\{suffix\}))*(\.([a-z0-9]|\{env\}|\{suffix\})(-*([a-z0-9]|\{env\}|\{suffix\}))*)+$",
    "A DNS name in lowercase, without a final dot, which may contain {env} and {suffix}, such as payments-{env}-{suffix}.example.com"
);

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(name: &str, environment: &str) -> Result<String, String> {
        let name: PublicName = name.parse().unwrap();
        name.resolve(&environment.parse().unwrap(), &"abc123".parse().unwrap())
            .map(|name| name.to_string())
            .map_err(|wrong| wrong.to_string())
    }

    #[test]
    fn environment_and_suffix_replace_their_placeholders() {
        assert_eq!(
            resolve("payments-{env}-{suffix}.example.com", "migration").unwrap(),
            "payments-migration-abc123.example.com"
        );
        assert_eq!(
            resolve("payments.example.com", "migration").unwrap(),
            "payments.example.com"
        );
    }

    #[test]
    fn label_that_is_too_long_in_one_environment_is_rejected_there() {
        let name = format!("{}-{{env}}.example.com", "x".repeat(58));
        assert!(resolve(&name, "test").is_ok());
        assert_eq!(
            resolve(&name, "migration").unwrap_err(),
            format!(
                "`{name}` resolves to a name whose label `{}-migration` has 68 characters; the limit is 63; shorten the label or the suffix",
                "x".repeat(58)
            )
        );
    }

    #[test]
    fn invalid_name_is_rejected() {
        for name in [
            "payments-{environment}.example.com",
            "payments-{env.example.com",
            "payments-env}.example.com",
            "-{env}.example.com",
            "Payments-{env}.example.com",
            "{suffix}",
        ] {
            assert!(name.parse::<PublicName>().is_err(), "{name}");
        }
    }

    #[test]
    fn name_is_in_its_own_zone_and_in_those_above() {
        let name = |text: &str| text.parse::<PublicName>().unwrap();
        assert!(name("example.com").is_in(&name("example.com")));
        assert!(!name("badexample.com").is_in(&name("example.com")));
        assert!(name("a.b-{env}.example.com").is_in(&name("b-{env}.example.com")));
        assert!(name("b-{env}.example.com").is_in(&name("example.com")));
        assert!(!name("b.{env}.com").is_in(&name("example.com")));
    }
}
