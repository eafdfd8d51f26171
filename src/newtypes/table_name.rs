//! Names of tables and columns.

use std::fmt;
use std::str::FromStr;

use super::{InvalidValue, text};

/// The limit of MySQL; that of PostgreSQL is 63 bytes.
const MAX_CHARACTERS: usize = 64;

/// One table as `schema.table`: `public.payment`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName(String);

impl TableName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TableName {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        match text.split_once('.') {
            Some((schema, table)) if is_identifier(schema) && is_identifier(table) => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(InvalidValue::new(format!(
                "`{text}` is not the name of one table, such as public.payment"
            ))
            .suggest("write it as schema.table, without a wildcard")),
        }
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text!(
    TableName,
    r"^[\w$-]{1,64}\.[\w$-]{1,64}$",
    "One table as schema.table, such as public.payment"
);

/// The name of a column: `created_at`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ColumnName(String);

impl ColumnName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ColumnName {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        if is_identifier(text) {
            return Ok(Self(text.to_owned()));
        }
        Err(InvalidValue::new(format!(
            "`{text}` is not the name of a column, such as created_at"
        )))
    }
}

impl fmt::Display for ColumnName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text!(
    ColumnName,
    r"^[\w$-]{1,64}$",
    "The name of a column, such as created_at"
);

fn is_identifier(text: &str) -> bool {
    (1..=MAX_CHARACTERS).contains(&text.chars().count())
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_name_has_a_schema_and_no_wildcard() {
        assert!("public.payment".parse::<TableName>().is_ok());
        for wrong in ["payment", "public.%", "public.", "a.b.c", "public.pay ment"] {
            assert!(wrong.parse::<TableName>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_column_name_has_no_dot() {
        assert!("created_at".parse::<ColumnName>().is_ok());
        for wrong in ["", "payment.amount", "created at"] {
            assert!(wrong.parse::<ColumnName>().is_err(), "{wrong}");
        }
    }
}
