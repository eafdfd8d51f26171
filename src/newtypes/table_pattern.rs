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

/// Whether `text` matches a pattern of SQL's `LIKE`, in at most as many steps as the product of both lengths.
fn is_like(pattern: &str, text: &str) -> bool {
    let (mut pattern, mut text) = (pattern.chars(), text.chars());
    // The pattern behind the last `%`, and the text from which it must match.
    let mut last_wildcard = None;
    loop {
        let (mut later, mut rest) = (pattern.clone(), text.clone());
        match (later.next(), rest.next()) {
            (None, None) => return true,
            (Some('%'), _) => {
                last_wildcard = Some((later.clone(), text.clone()));
                pattern = later;
            }
            (Some(wanted), Some(found)) if wanted == '_' || wanted == found => {
                (pattern, text) = (later, rest);
            }
            _ => {
                let Some((behind, from)) = &mut last_wildcard else {
                    return false;
                };
                // The last `%` takes one character more.
                if from.next().is_none() {
                    return false;
                }
                (pattern, text) = (behind.clone(), from.clone());
            }
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
        let many = format!("public.{}z", "%a".repeat(30));
        assert!(!matches(&many, &format!("public.{}", "a".repeat(64))));
    }

    #[test]
    fn only_a_whole_schema_is_covered() {
        let covers = |pattern: &str| pattern.parse::<TablePattern>().unwrap().covers("public");
        assert!(covers("public.%") && covers("%.%"));
        assert!(!covers("public.pay%") && !covers("sales.%"));
    }
}
