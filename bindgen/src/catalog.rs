//! The fixture `fixtures/provider/schema.json`: the part of the provider's schema that is bound.
//!
//! One attribute a line, sorted, so that a provider upgrade is a diff that can be read. The words
//! are those of `terraform providers schema -json`, except that a nested block is named, and
//! written once per type under `blocks`.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::fold::{Folded, fold};
use crate::list::{List, Mode, Provider};
use crate::schema::{Block, Whole};

/// The bound types of one provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalog {
    /// Whose they are.
    pub provider: Provider,
    resource_schemas: Types,
    data_source_schemas: Types,
    ephemeral_resource_schemas: Types,
}

/// Types by Terraform's name.
pub type Types = BTreeMap<String, Folded>;

impl Catalog {
    /// Takes what `list` names out of the output of `terraform providers schema -json`.
    pub fn trim(list: &List, schema: &str) -> Result<Self> {
        let mut output: Output = serde_json::from_str(schema).context("provider schema")?;
        let address = format!("registry.terraform.io/{}", list.provider.source);
        let everything = output
            .provider_schemas
            .remove(&address)
            .with_context(|| format!("no schema of `{address}`"))?;
        let take = |mode, all: &BTreeMap<String, Entry>| -> Result<Types> {
            let mut types = Types::new();
            for name in list.types(mode)? {
                let entry = all
                    .get(name)
                    .with_context(|| format!("the provider has no {mode:?} `{name}`"))?;
                types.insert(name.to_owned(), fold(&entry.block));
            }
            Ok(types)
        };
        Ok(Self {
            provider: list.provider.clone(),
            resource_schemas: take(Mode::Resource, &everything.resource_schemas)?,
            data_source_schemas: take(Mode::Data, &everything.data_source_schemas)?,
            ephemeral_resource_schemas: take(
                Mode::Ephemeral,
                &everything.ephemeral_resource_schemas,
            )?,
        })
    }

    /// Reads the fixture, and refuses one that is not of `list`.
    pub fn parse(list: &List, fixture: &str) -> Result<Self> {
        let catalog: Self = serde_json::from_str(fixture).context("provider fixture")?;
        ensure!(
            catalog.provider == list.provider,
            "the fixture is of another provider version than resources.toml: run `make schema`"
        );
        for mode in Mode::ALL {
            let listed = list.types(mode)?;
            let there = catalog.types(mode).keys().map(String::as_str);
            ensure!(
                there.eq(listed),
                "the fixture holds other types ({mode:?}) than resources.toml: run `make schema`"
            );
        }
        Ok(catalog)
    }

    /// The types of one mode.
    pub fn types(&self, mode: Mode) -> &Types {
        match mode {
            Mode::Resource => &self.resource_schemas,
            Mode::Data => &self.data_source_schemas,
            Mode::Ephemeral => &self.ephemeral_resource_schemas,
        }
    }

    /// The types of one mode, to be put right.
    pub fn types_mut(&mut self, mode: Mode) -> &mut Types {
        match mode {
            Mode::Resource => &mut self.resource_schemas,
            Mode::Data => &mut self.data_source_schemas,
            Mode::Ephemeral => &mut self.ephemeral_resource_schemas,
        }
    }

    /// The text of the fixture.
    pub fn to_json(&self) -> Result<String> {
        let mut text = String::new();
        write(&mut text, &serde_json::to_value(self)?, 0);
        text.push('\n');
        Ok(text)
    }
}

/// What Terraform prints.
#[derive(Deserialize)]
struct Output {
    provider_schemas: BTreeMap<String, Everything>,
}

#[derive(Deserialize)]
#[expect(
    clippy::struct_field_names,
    reason = "the keys of Terraform's own output"
)]
struct Everything {
    resource_schemas: BTreeMap<String, Entry>,
    data_source_schemas: BTreeMap<String, Entry>,
    ephemeral_resource_schemas: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    block: Block<Whole>,
}

/// Objects of objects over several lines, everything else on one.
fn write(out: &mut String, value: &Value, depth: usize) {
    let Value::Object(entries) = value else {
        return write_inline(out, value);
    };
    if !entries.values().any(Value::is_object) {
        return write_inline(out, value);
    }
    out.push_str("{\n");
    for (index, (key, value)) in entries.iter().enumerate() {
        if index > 0 {
            out.push_str(",\n");
        }
        out.push_str(&" ".repeat(depth + 1));
        out.push_str(&Value::from(key.as_str()).to_string());
        out.push_str(": ");
        write(out, value, depth + 1);
    }
    out.push('\n');
    out.push_str(&" ".repeat(depth));
    out.push('}');
}

fn write_inline(out: &mut String, value: &Value) {
    match value {
        Value::Object(entries) => {
            out.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push_str(": ");
                write_inline(out, value);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write_inline(out, item);
            }
            out.push(']');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attribute_is_one_line_of_the_fixture() {
        let list = List::parse(
            "provider = { source = 'hashicorp/aws', version = '1.0.0' }\n\
             [data_sources]\n[ephemeral_resources]\n[resources]\na = ['aws_eip']",
        )
        .unwrap();
        let schema = r#"{"provider_schemas": {"registry.terraform.io/hashicorp/aws": {
            "resource_schemas": {
                "aws_eip": {"version": 0, "block": {
                    "attributes": {"tags": {"type": ["map", "string"], "optional": true, "description_kind": "plain"}},
                    "block_types": {"timeouts": {"nesting_mode": "single", "block": {"attributes": {
                        "read": {"type": "string", "optional": true}
                    }}}}
                }},
                "aws_vpc": {"block": {}}
            },
            "data_source_schemas": {}, "ephemeral_resource_schemas": {}
        }}}"#;
        let text = Catalog::trim(&list, schema).unwrap().to_json().unwrap();
        assert_eq!(
            text,
            r#"{
 "data_source_schemas": {},
 "ephemeral_resource_schemas": {},
 "provider": {"source": "hashicorp/aws", "version": "1.0.0"},
 "resource_schemas": {
  "aws_eip": {
   "attributes": {
    "tags": {"optional": true, "type": ["map", "string"]}
   },
   "block_types": {
    "timeouts": {"block": "timeouts", "nesting_mode": "single"}
   },
   "blocks": {
    "timeouts": {
     "attributes": {
      "read": {"optional": true, "type": "string"}
     }
    }
   }
  }
 }
}
"#
        );
        assert_eq!(
            Catalog::parse(&list, &text).unwrap().to_json().unwrap(),
            text
        );
    }
}
