//! Terraform JSON configurations, read back.

use std::borrow::Cow;
use std::collections::BTreeMap;

use anyhow::Context as _;
use serde_json::{Map, Value};

use super::references::rename_references;
use crate::terraform::synth;
use crate::terraform::tree::Tree;

/// A Terraform JSON configuration: its resources and data sources by address.
#[derive(Clone, Debug, Default)]
pub struct Configuration {
    pub(super) resources: BTreeMap<String, Element>,
    pub(super) data_sources: BTreeMap<String, Element>,
    /// Former addresses by present address.
    pub(super) moved: BTreeMap<String, String>,
    /// The default tags of each provider configuration.
    pub(super) default_tags: BTreeMap<String, Value>,
}

/// A resource or a data source.
#[derive(Clone, Debug)]
pub(super) struct Element {
    pub(super) type_name: String,
    /// The path of its construct in cdktf's metadata, without the stack: `database/payments/primary`.
    pub(super) construct: Option<String>,
    pub(super) arguments: Map<String, Value>,
    /// The reference to its provider configuration; empty is the default one.
    pub(super) provider: String,
    pub(super) ignored: Vec<String>,
    pub(super) triggers: Vec<String>,
}

impl Configuration {
    /// Reads back what `synth` writes for `tree`.
    ///
    /// # Errors
    /// If the tree cannot be encoded.
    pub fn of(tree: &Tree, stack_id: &str) -> anyhow::Result<Self> {
        let mut text = Vec::new();
        synth::write(tree, stack_id, &mut text)?;
        Self::parse(&text)
    }

    /// Parses a configuration that `synth`, cdktf or cdktn wrote.
    ///
    /// # Errors
    /// If it is not JSON, or not a configuration in one file without modules.
    pub fn parse(text: &[u8]) -> anyhow::Result<Self> {
        let mut root: Map<String, Value> =
            serde_json::from_slice(text).context("it is not a JSON object")?;
        anyhow::ensure!(
            !root.contains_key("module"),
            "it has modules, whose resources are in other files"
        );
        anyhow::ensure!(
            root.contains_key("terraform") || root.contains_key("resource"),
            "it has no `terraform` and no `resource`"
        );
        let resources = elements(root.remove("resource"), "")?;
        let data_sources = elements(root.remove("data"), "data.")?;
        let moved = list(root.remove("moved"));
        let moved = moved.iter().filter_map(|block| {
            let text = |key: &str| block.get(key)?.as_str().map(str::to_owned);
            Some((text("to")?, text("from")?))
        });
        let providers = root.remove("provider");
        let providers = list(providers.and_then(|mut all| Some(all.get_mut("aws")?.take())));
        let default_tags = providers.iter().map(|provider| {
            let alias = provider.get("alias").and_then(Value::as_str);
            let name = alias
                .map(|alias| format!("aws.{alias}"))
                .unwrap_or_default();
            let tags = provider.get("default_tags").cloned().unwrap_or_default();
            (name, tags)
        });
        Ok(Self {
            resources,
            data_sources,
            moved: moved.collect(),
            default_tags: default_tags.collect(),
        })
    }
}

impl Configuration {
    /// Returns it with the addresses that `after` has for the same elements in its references: resources by its `moved`
    /// blocks, data sources by their arguments.
    pub(super) fn with_references_of(&self, after: &Self) -> Cow<'_, Self> {
        let moved = after.moved.iter();
        let mut present: BTreeMap<&str, &str> = moved
            .map(|(to, from)| (from.as_str(), to.as_str()))
            .collect();
        let mut renamed = Cow::Borrowed(self);
        if !present.is_empty() {
            renamed.to_mut().rename_references(&present);
        }
        // A data source whose arguments refer to a renamed one reads the same once these references are renamed.
        loop {
            let found: BTreeMap<&str, &str> = self
                .data_sources
                .keys()
                .filter(|address| !present.contains_key(address.as_str()))
                .filter_map(|address| {
                    Some((address.as_str(), renamed.renamed_data(address, after)?))
                })
                .collect();
            if found.is_empty() {
                return renamed;
            }
            renamed.to_mut().rename_references(&found);
            present.extend(found);
        }
    }

    /// The other address in `after` of the data source that has `address` here.
    fn renamed_data<'a>(&self, address: &str, after: &'a Self) -> Option<&'a str> {
        if after.data_sources.contains_key(address) {
            return None;
        }
        let element = self.data_sources.get(address)?;
        let mut others = after.data_sources.iter();
        let (other, _) = others.find(|(_, other)| other.reads_the_same_as(element))?;
        Some(other)
    }

    fn rename_references(&mut self, present: &BTreeMap<&str, &str>) {
        let resources = self.resources.values_mut();
        for element in resources.chain(self.data_sources.values_mut()) {
            for value in element.arguments.values_mut() {
                rewrite(value, present);
            }
        }
    }
}

impl Element {
    fn reads_the_same_as(&self, other: &Self) -> bool {
        self.type_name == other.type_name
            && self.arguments == other.arguments
            && self.provider == other.provider
    }
}

fn rewrite(value: &mut Value, present: &BTreeMap<&str, &str>) {
    match value {
        Value::String(text) => {
            if let Some(renamed) = rename_references(text, present) {
                *text = renamed;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rewrite(item, present)),
        Value::Object(entries) => entries.values_mut().for_each(|item| rewrite(item, present)),
        _ => {}
    }
}

fn elements(section: Option<Value>, prefix: &str) -> anyhow::Result<BTreeMap<String, Element>> {
    let mut found = BTreeMap::new();
    let Some(section) = section else {
        return Ok(found);
    };
    let Value::Object(types) = section else {
        anyhow::bail!("a section of resources is no object");
    };
    for (type_name, named) in types {
        let Value::Object(named) = named else {
            anyhow::bail!("`{type_name}` is no object");
        };
        for (name, body) in named {
            let address = format!("{prefix}{type_name}.{name}");
            // A list of one block is the same as the block.
            let body = match body {
                Value::Array(mut bodies) if bodies.len() == 1 => bodies.remove(0),
                body => body,
            };
            let Value::Object(body) = body else {
                anyhow::bail!("`{address}` is no object");
            };
            found.insert(address, element(type_name.clone(), body));
        }
    }
    Ok(found)
}

fn element(type_name: String, mut body: Map<String, Value>) -> Element {
    let metadata = body.remove("//");
    let path = metadata
        .as_ref()
        .and_then(|it| it.pointer("/metadata/path"));
    let construct = path
        .and_then(Value::as_str)
        .and_then(|path| path.split_once('/'))
        .map(|(_, construct)| construct.to_owned());
    let provider = body.remove("provider");
    let lifecycle = body.remove("lifecycle").unwrap_or_default();
    body.remove("depends_on");
    body.remove("provisioner");
    body.remove("connection");
    Element {
        type_name,
        construct,
        provider: provider
            .as_ref()
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        ignored: texts(lifecycle.get("ignore_changes")),
        triggers: texts(lifecycle.get("replace_triggered_by")),
        arguments: body,
    }
}

fn texts(value: Option<&Value>) -> Vec<String> {
    let items = value.and_then(Value::as_array).into_iter().flatten();
    items
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

fn list(value: Option<Value>) -> Vec<Value> {
    match value {
        None => Vec::new(),
        Some(Value::Array(items)) => items,
        Some(one) => vec![one],
    }
}
