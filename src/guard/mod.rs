//! A policy over the JSON of a Terraform plan: no plan of this configuration may destroy what no later apply restores.
//!
//! The policy is in Rego, for [conftest](https://www.conftest.dev) and Open Policy Agent 1.0 or later.

use std::collections::BTreeMap;

use serde_json::json;

use crate::aws;
use crate::retention::{RETAINED, each_retained};
use crate::terraform::tree::{Kind as _, Tree};

/// The configuration that a policy guards.
#[derive(Clone, Debug)]
pub struct Guarded<'t> {
    /// Its name: `orchestrated-production`.
    pub configuration: &'t str,
    /// The owner of its state: `orchestrated/production/abc123`.
    pub identity: &'t str,
    /// Its resources.
    pub tree: &'t Tree,
}

impl Guarded<'_> {
    /// The policy in Rego.
    pub fn to_rego(&self) -> String {
        let (configuration, identity) = (self.configuration, self.identity);
        let resources: BTreeMap<String, serde_json::Value> = each_retained(self.tree)
            .map(|(node, retained)| {
                let construct = self.tree.path(node).clone();
                let entry = json!({ "construct": construct, "loss": retained.lost });
                (node.address(), entry)
            })
            .collect();
        let types: BTreeMap<&str, &str> = RETAINED
            .iter()
            // Most parameters can be set again. Those that cannot are in every configuration, by their address.
            .filter(|retained| retained.type_name != aws::SsmParameter::TYPE)
            .map(|retained| (retained.type_name, retained.lost))
            .collect();
        let [resources, types] = [json!(resources), json!(types)].map(|table| format!("{table:#}"));
        let identity = json!(identity);
        format!(
            "# No plan of {configuration} may destroy or replace a stateful resource, or one that external systems refer to.\n\
             # Written by `paymig guard`. Write it again after a change of the stack file.\n{USAGE}\
             package main\n\nimport rego.v1\n\n\
             # The owner of the state.\nidentity := {identity}\n\n\
             # The resources of this configuration, with the loss if one is destroyed.\nretained := {resources}\n\n\
             # The types of such resources, for those that the configuration no longer has.\nretained_types := {types}\n\n{RULES}"
        )
    }
}

const USAGE: &str = r#"#
#   terraform plan -out=plan.bin
#   terraform show -json plan.bin > plan.json
#   conftest test --policy FOLDER_OF_THIS_FILE plan.json
#
# To destroy one of them on purpose, list its address in a data file, `{"allowed_losses": ["ADDRESS"]}`, and add `--data FILE`.
"#;

const RULES: &str = include_str!("rules.rego");
