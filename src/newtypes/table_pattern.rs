//! Table patterns of DMS.

use std::fmt;
use std::str::FromStr;

use super::{InvalidValue, TableName, text};

/// Tables as `schema.table`, with the wildcard `%`: `public.%`.
///
/// Source: DMS user guide, "Selection rules and actions".
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TablePattern {
    schema: String,
    table: String,
}

impl TablePattern {
    /// The part before the dot.
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// The part after the dot.
    pub fn table(&self) -> &str {
        &self.table
    }

    /// Whether it matches `table`. Like DMS, it takes `_` for any character.
    pub fn matches(&self, table: &TableName) -> bool {
        is_like(&self.to_string(), table.as_str())
    }

    /// Whether it matches every table of `schema`.
    pub fn covers(&self, schema: &str) -> bool {
        self.table == "%" && (self.schema == "%" || self.schema == schema)
    }
}

/// Whether `text` matches a pattern of SQL's `LIKE`.
fn is_like(pattern: &str, text: &str) -> bool {
    let mut rest = text.chars();
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('%') => {
            let pattern = &pattern[1..];
            is_like(pattern, text)
                || (rest.next().is_some() && is_like(&format!("%{pattern}"), rest.as_str()))
        }
        Some(wanted) => {
            let pattern = &pattern[wanted.len_utf8()..];
            rest.next()
                .is_some_and(|found| wanted == '_' || wanted == found)
                && is_like(pattern, rest.as_str())
        }
    }
}

impl FromStr for TablePattern {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let valid = |part: &str| {
            !part.is_empty()
                && part
                    .chars()
                    .all(|c| c.is_alphanumeric() || matches!(c, '_' | '%' | '$' | '-'))
        };
        match text.split_once('.') {
            Some((schema, table)) if valid(schema) && valid(table) => Ok(Self {
                schema: schema.to_owned(),
                table: table.to_owned(),
            }),
            _ => Err(InvalidValue::new(format!(
                "`{text}` is not a table pattern such as public.%"
            ))),
        }
    }
}

impl fmt::Display for TablePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.schema, self.table)
    }
}

text!(
    TablePattern,
    r"^[^.\s]+\.[^.\s]+$",
    "Tables as schema.table, with the wildcard %, such as public.%"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_names_schema_and_table() {
        let pattern: TablePattern = "public.%".parse().unwrap();
        assert_eq!((pattern.schema(), pattern.table()), ("public", "%"));
        assert_eq!(pattern.to_string(), "public.%");
        for wrong in ["payments", ".x", "a.b.c", "a b.c", ""] {
            assert!(wrong.parse::<TablePattern>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_pattern_matches_as_in_sql() {
        let matches = |pattern: &str, table: &str| {
            let pattern: TablePattern = pattern.parse().unwrap();
            pattern.matches(&table.parse().unwrap())
        };
        assert!(matches("public.%", "public.payment"));
        assert!(matches("public.pay%t", "public.payment"));
        assert!(matches("public.pay_ent", "public.payment"));
        assert!(matches("%.payment", "sales.payment"));
        assert!(!matches("public.pay", "public.payment"));
        assert!(!matches("public.%", "sales.payment"));
    }

    #[test]
    fn only_a_whole_schema_is_covered() {
        let covers = |pattern: &str| pattern.parse::<TablePattern>().unwrap().covers("public");
        assert!(covers("public.%") && covers("%.%"));
        assert!(!covers("public.pay%") && !covers("sales.%"));
    }
}
