//! Table mappings: the tables that a task replicates.

use serde::Serialize;

use crate::newtypes::TablePattern;

/// The selection rules of a task; they depend on neither phase nor traffic.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TableMappings {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Rule {
    object_locator: Locator,
    rule_action: Action,
    rule_id: String,
    rule_name: String,
    rule_type: &'static str,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Locator {
    schema_name: String,
    table_name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Action {
    Include,
    Exclude,
}

/// The table of marker rows: the arrival of a marker proves that all earlier changes have arrived.
const MARKER: &str = "paymig_marker";
/// Tables of the source that name the environments that read it, and its owner.
const SOURCE_TABLES: [&str; 2] = ["paymig_environment", "paymig_ownership"];
/// DMS's control tables: heartbeat, loopback prevention, exceptions, status.
const CONTROL_TABLES: &str = "awsdms%";

impl TableMappings {
    /// Includes `tables` and the marker table in `marker_schema`; excludes the other tables of the migration and DMS's
    /// control tables.
    pub fn new(tables: &[TablePattern], marker_schema: &str) -> Self {
        let is_included = tables.iter().any(|pattern| pattern.covers(marker_schema));
        let marker = (!is_included).then_some((Action::Include, marker_schema, MARKER));
        let excluded = SOURCE_TABLES.into_iter().chain([CONTROL_TABLES]);
        let excluded = excluded.map(|table| (Action::Exclude, "%", table));
        let rules = tables
            .iter()
            .map(|pattern| (Action::Include, pattern.schema(), pattern.table()))
            .chain(marker)
            .chain(excluded)
            .zip(1_u32..)
            .map(|((rule_action, schema, table), number)| Rule {
                object_locator: Locator {
                    schema_name: schema.to_owned(),
                    table_name: table.to_owned(),
                },
                rule_action,
                rule_id: number.to_string(),
                rule_name: number.to_string(),
                rule_type: "selection",
            });
        Self {
            rules: rules.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules_of(tables: &[&str]) -> Vec<(String, String, String)> {
        let patterns: Vec<TablePattern> = tables.iter().map(|t| t.parse().unwrap()).collect();
        let mappings = serde_json::to_value(TableMappings::new(&patterns, "public")).unwrap();
        let rules = mappings["rules"].as_array().unwrap().iter();
        rules
            .map(|rule| {
                let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
                let locator = &rule["object-locator"];
                (
                    text(&rule["rule-action"]),
                    text(&locator["schema-name"]),
                    text(&locator["table-name"]),
                )
            })
            .collect()
    }

    fn rule(action: &str, schema: &str, table: &str) -> (String, String, String) {
        (action.to_owned(), schema.to_owned(), table.to_owned())
    }

    #[test]
    fn marker_table_is_added_to_every_selection() {
        assert_eq!(
            rules_of(&["sales.%", "public.payments"]),
            [
                rule("include", "sales", "%"),
                rule("include", "public", "payments"),
                rule("include", "public", "paymig_marker"),
                rule("exclude", "%", "paymig_environment"),
                rule("exclude", "%", "paymig_ownership"),
                rule("exclude", "%", "awsdms%"),
            ]
        );
    }

    #[test]
    fn selection_of_a_whole_schema_includes_the_marker_table() {
        assert_eq!(
            rules_of(&["public.%"]),
            [
                rule("include", "public", "%"),
                rule("exclude", "%", "paymig_environment"),
                rule("exclude", "%", "paymig_ownership"),
                rule("exclude", "%", "awsdms%")
            ]
        );
    }
}
