//! Name patterns of resources.

use std::fmt;
use std::str::FromStr;

use super::{InvalidValue, text};

/// One part of a [`NamePattern`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamePart {
    /// Fixed text of every name.
    Text(String),
    /// `{type}`: the type of the resource and the name of its section.
    Type,
    /// `{env}`: the environment's name.
    Environment,
    /// `{suffix}`: the environment suffix.
    Suffix,
}

/// `{type}-{env}-{suffix}`: the pattern of every resource name of a stack.
///
/// Contains `{type}` and `{suffix}` exactly once, and `{env}` at most once. Starts with a lowercase letter or `{type}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamePattern(Vec<NamePart>);

impl NamePattern {
    /// The parts, from left to right.
    pub fn parts(&self) -> &[NamePart] {
        &self.0
    }

    /// Whether names contain the environment. Otherwise only the suffix distinguishes environments.
    pub fn names_environment(&self) -> bool {
        self.0.contains(&NamePart::Environment)
    }
}

impl FromStr for NamePattern {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let invalid = |why: String| {
            InvalidValue::new(format!("`{text}` is not a naming pattern: {why}"))
                .suggest("for example `{type}-{env}-{suffix}`")
        };
        let mut parts = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (literal, tail) = rest.split_once('{').unwrap_or((rest, ""));
            if !literal
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            {
                return Err(invalid(
                    "text may contain only lowercase letters, digits and hyphens".to_owned(),
                ));
            }
            if !literal.is_empty() {
                parts.push(NamePart::Text(literal.to_owned()));
            }
            if tail.is_empty() {
                break;
            }
            let (name, after) = tail
                .split_once('}')
                .ok_or_else(|| invalid("`{` is not closed".to_owned()))?;
            parts.push(match name {
                "type" => NamePart::Type,
                "env" => NamePart::Environment,
                "suffix" => NamePart::Suffix,
                other => {
                    return Err(invalid(format!(
                        "`{{{other}}}` is not one of `{{type}}`, `{{env}}`, `{{suffix}}`"
                    )));
                }
            });
            rest = after;
        }
        let count = |part: &NamePart| parts.iter().filter(|p| *p == part).count();
        if count(&NamePart::Type) != 1 || count(&NamePart::Suffix) != 1 {
            return Err(invalid(
                "it must contain `{type}` and `{suffix}` once each".to_owned(),
            ));
        }
        if count(&NamePart::Environment) > 1 {
            return Err(invalid("it may contain `{env}` only once".to_owned()));
        }
        let starts = match parts.first() {
            Some(NamePart::Text(text)) => text.starts_with(|c: char| c.is_ascii_lowercase()),
            Some(NamePart::Type) => true,
            _ => false,
        };
        if !starts {
            return Err(invalid(
                "it must start with a lowercase letter or `{type}`".to_owned(),
            ));
        }
        Ok(Self(parts))
    }
}

impl fmt::Display for NamePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| match part {
            NamePart::Text(text) => f.write_str(text),
            NamePart::Type => f.write_str("{type}"),
            NamePart::Environment => f.write_str("{env}"),
            NamePart::Suffix => f.write_str("{suffix}"),
        })
    }
}

text!(
    NamePattern,
    r"^([a-z][a-z0-9{}-]*)?(\{type\}[a-z0-9{}-]*\{suffix\}|\{suffix\}[a-z0-9{}-]*\{type\})[a-z0-9{}-]*$",
    "The pattern of every resource name, such as {type}-{env}-{suffix}"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_reads_back_as_written() {
        for pattern in [
            "{type}-{env}-{suffix}",
            "payment-{type}-{env}-{suffix}",
            "{type}-{suffix}",
        ] {
            assert_eq!(pattern.parse::<NamePattern>().unwrap().to_string(), pattern);
        }
    }

    #[test]
    fn a_pattern_without_suffix_is_refused() {
        for wrong in [
            "{type}-{env}",
            "{suffix}-{type}",
            "{type}-{sufix}",
            "{type",
            "",
        ] {
            assert!(wrong.parse::<NamePattern>().is_err(), "{wrong}");
        }
    }
}
