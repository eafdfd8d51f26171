//! Table patterns of DMS.

use std::fmt;
use std::str::FromStr;

use super::{InvalidValue, text};

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

    /// Whether it matches every table of `schema`.
    pub fn covers(&self, schema: &str) -> bool {
        self.table == "%" && (self.schema == "%" || self.schema == schema)
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
    fn only_a_whole_schema_is_covered() {
        let covers = |pattern: &str| pattern.parse::<TablePattern>().unwrap().covers("public");
        assert!(covers("public.%") && covers("%.%"));
        assert!(!covers("public.pay%") && !covers("sales.%"));
    }
}
