//! How a stack names its resources.

use std::fmt;
use std::str::FromStr;

use super::{InvalidValue, text};

/// One piece of a [`NamePattern`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamePart {
    /// Text that stands in every name.
    Text(String),
    /// `{type}`: what the resource is, and which one.
    Type,
    /// `{env}`: the environment's name.
    Environment,
    /// `{suffix}`: the environment suffix.
    Suffix,
}

/// `{type}-{env}-{suffix}`: the pattern of every resource name of a stack.
///
/// Has `{type}` and `{suffix}` exactly once, and `{env}` at most once; begins with a lower-case letter or `{type}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamePattern(Vec<NamePart>);

impl NamePattern {
    /// The pieces, from the left.
    pub fn parts(&self) -> &[NamePart] {
        &self.0
    }

    /// Whether names hold the environment; without it the suffix alone keeps environments apart.
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
                    "text is lower-case letters, digits and hyphens".to_owned(),
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
                        "`{{{other}}}` is none of `{{type}}`, `{{env}}`, `{{suffix}}`"
                    )));
                }
            });
            rest = after;
        }
        let count = |part: &NamePart| parts.iter().filter(|p| *p == part).count();
        if count(&NamePart::Type) != 1 || count(&NamePart::Suffix) != 1 {
            return Err(invalid(
                "`{type}` and `{suffix}` each stand in it once".to_owned(),
            ));
        }
        if count(&NamePart::Environment) > 1 {
            return Err(invalid("`{env}` stands in it at most once".to_owned()));
        }
        let starts = match parts.first() {
            Some(NamePart::Text(text)) => text.starts_with(|c: char| c.is_ascii_lowercase()),
            Some(NamePart::Type) => true,
            _ => false,
        };
        if !starts {
            return Err(invalid(
                "a name begins with a letter, so with text or `{type}`".to_owned(),
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
    "The pattern of every resource name: {type}-{env}-{suffix}"
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
