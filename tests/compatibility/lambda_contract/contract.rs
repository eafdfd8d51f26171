//! `lambda/contract.toml`, read.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

/// The contract of this checkout.
pub(crate) const TEXT: &str = include_str!("../../../lambda/contract.toml");

/// The contract between the synthesized configuration and the Lambda functions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Contract {
    pub(crate) variables: BTreeMap<String, Variable>,
    pub(crate) functions: BTreeMap<String, Function>,
    pub(crate) replication: Fields,
    pub(crate) slots: BTreeMap<String, String>,
    pub(crate) errors: BTreeMap<String, Error>,
    pub(crate) events: BTreeMap<String, Event>,
    pub(crate) metrics: BTreeMap<String, Metric>,
    pub(crate) parameters: BTreeMap<String, Parameter>,
    pub(crate) objects: BTreeMap<String, Objects>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Variable {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) summary: String,
    /// The name ends with the name of a section.
    #[serde(default)]
    pub(crate) prefix: bool,
    /// Who sets it, where that is not the synthesized configuration.
    pub(crate) set_by: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Function {
    pub(crate) summary: String,
    pub(crate) required: BTreeSet<String>,
    pub(crate) optional: BTreeSet<String>,
    /// The optional variables that no embedded stack sets.
    #[serde(default)]
    pub(crate) unset_in_stacks: BTreeSet<String>,
    #[serde(default)]
    pub(crate) common_arguments: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) operations: BTreeMap<String, Operation>,
    #[serde(default)]
    pub(crate) actions: BTreeMap<String, Operation>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Operation {
    pub(crate) summary: String,
    pub(crate) called_by: BTreeSet<String>,
    #[serde(default)]
    pub(crate) arguments: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) answer: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fields {
    /// Not synthesized.
    #[serde(rename = "tests_only")]
    pub(crate) _tests_only: BTreeSet<String>,
    pub(crate) required: BTreeSet<String>,
    pub(crate) optional: BTreeSet<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Error {
    pub(crate) summary: String,
    pub(crate) retried: Retried,
    /// Who raises it, where that is no exception of the functions.
    pub(crate) raised_by: Option<String>,
}

/// When a state machine repeats the operation.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Retried {
    Always,
    /// Only while a side is fenced and callers wait.
    BehindFence,
    Never,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Event {
    pub(crate) functions: BTreeSet<String>,
    pub(crate) metric: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Metric {
    pub(crate) dimensions: Vec<String>,
    pub(crate) summary: String,
    /// Who writes it, where that is no function.
    pub(crate) written_by: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameter {
    pub(crate) values: String,
    pub(crate) summary: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Objects {
    pub(crate) bucket: String,
    pub(crate) summary: String,
}

impl Contract {
    /// The contract of this checkout, parsed.
    pub(crate) fn read() -> Self {
        toml::from_str(TEXT).unwrap()
    }

    /// The operations that a state machine runs, as `function operation(arguments)`.
    pub(crate) fn workflow_operations(&self) -> BTreeSet<String> {
        let mut operations = BTreeSet::new();
        for (name, function) in &self.functions {
            for (operation, entry) in &function.operations {
                if entry.called_by.contains("workflow") {
                    let arguments = entry
                        .arguments
                        .keys()
                        .chain(function.common_arguments.keys());
                    let arguments: BTreeSet<_> = arguments.cloned().collect();
                    operations.insert(call(name, operation, &arguments));
                }
            }
        }
        operations
    }
}

/// `cutover shift_traffic(execution, percent)`
pub(crate) fn call(function: &str, operation: &str, arguments: &BTreeSet<String>) -> String {
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    format!("{function} {operation}({})", arguments.join(", "))
}
