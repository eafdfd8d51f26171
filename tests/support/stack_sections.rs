//! The named sections of a stack file, and renaming one of them everywhere: its table, the overlays of
//! environments, and every reference, as the JSON Schema of the stack file types them.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use paymig::config::schema;
use serde_json::Value;

/// A section that can be renamed: `network` and `main`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NamedSection {
    /// The path of its kind: `existing.vpc`.
    pub(crate) kind: String,
    /// Its name.
    pub(crate) name: String,
}

/// The sub-tables that hold the keys of a section which has variants.
const VARIANTS: [&str; 5] = [
    "aurora-postgresql",
    "aurora-mysql",
    "fargate",
    "instances",
    "function",
];

/// Every named section of this stack file that `formerly` can rename.
pub(crate) fn named_sections(text: &str) -> Vec<NamedSection> {
    let stack = parse(text);
    let schema = schema();
    let mut sections = Vec::new();
    for kind in kinds(&schema) {
        let Some(table) = kind
            .split('.')
            .try_fold(&stack, |table, key| table.get(key))
        else {
            continue;
        };
        let names = table.as_object().unwrap().keys();
        sections.extend(names.map(|name| NamedSection {
            kind: kind.clone(),
            name: name.clone(),
        }));
    }
    sections
}

/// The stack file with `section` named `new`, and these keys in its table.
pub(crate) fn renamed(
    text: &str,
    section: &NamedSection,
    new: &str,
    keys: &[(&str, &str)],
) -> String {
    let schema = schema();
    let mut stack = parse(text);
    rename_table(&mut stack, section, new, keys);
    let environments = stack["environments"].as_object_mut().unwrap();
    for environment in environments.values_mut() {
        let environment = environment.as_object_mut().unwrap();
        if let Some(overlay) = environment.get_mut("with") {
            rename_table(overlay, section, new, &[]);
            rename_references(&schema, &schema, overlay, section, new);
        }
        if let Some(without) = environment.get_mut("without") {
            let (old, new) = (section.path(), format!("{}.{new}", section.kind));
            for removed in without.as_array_mut().unwrap() {
                if *removed == old {
                    *removed = new.clone().into();
                }
            }
        }
    }
    rename_references(&schema, &schema, &mut stack, section, new);
    toml::to_string(&stack).unwrap()
}

/// The stack file with every section under another name, which moves its resources and keeps their names in AWS.
pub(crate) fn all_renamed(text: &str) -> String {
    let mut text = text.to_owned();
    for section in named_sections(&text) {
        let keys = keys_of_rename(&section);
        text = renamed(&text, &section, &format!("{}-renamed", section.name), &keys);
    }
    text
}

/// The keys that a renamed section needs.
pub(crate) fn keys_of_rename(section: &NamedSection) -> [(&'static str, &str); 2] {
    [
        ("formerly", section.name.as_str()),
        ("name_in_aws", section.name.as_str()),
    ]
}

impl NamedSection {
    /// `network.main`
    pub(crate) fn path(&self) -> String {
        format!("{}.{}", self.kind, self.name)
    }
}

fn parse(text: &str) -> Value {
    serde_json::to_value(toml::from_str::<toml::Table>(text).unwrap()).unwrap()
}

/// The kinds of sections that have names, as the schema lists them.
fn kinds(schema: &Value) -> Vec<String> {
    let mut kinds = Vec::new();
    let top = schema["properties"].as_object().unwrap();
    let existing = schema["$defs"]["Existing"]["properties"].as_object();
    let existing = existing.unwrap().iter();
    let all = top
        .iter()
        .map(|(name, table)| (name.clone(), table))
        .chain(existing.map(|(name, table)| (format!("existing.{name}"), table)));
    for (kind, table) in all {
        let Some(patterns) = table.get("patternProperties").and_then(Value::as_object) else {
            continue;
        };
        let section = resolved(schema, patterns.values().next().unwrap());
        if bodies(schema, section).any(|body| body["properties"].get("formerly").is_some()) {
            kinds.push(kind);
        }
    }
    kinds
}

/// The bodies of a table by its schema: its own keys, or those of its variants.
fn bodies<'s>(root: &'s Value, section: &'s Value) -> impl Iterator<Item = &'s Value> {
    let variants = section.get("oneOf").and_then(Value::as_array);
    let variants = variants.into_iter().flatten();
    let variants = variants.filter_map(|variant| variant["properties"].as_object());
    let variants =
        variants.flat_map(move |keys| keys.values().map(move |body| resolved(root, body)));
    std::iter::once(section).chain(variants)
}

fn rename_table(stack: &mut Value, section: &NamedSection, new: &str, keys: &[(&str, &str)]) {
    let table = section
        .kind
        .split('.')
        .try_fold(stack, |table, key| table.get_mut(key));
    let Some(table) = table.and_then(Value::as_object_mut) else {
        return;
    };
    let Some(Value::Object(mut body)) = table.remove(&section.name) else {
        return;
    };
    let variant = VARIANTS
        .into_iter()
        .find(|variant| body.contains_key(*variant));
    let keyed = match variant {
        Some(variant) => body[variant].as_object_mut().unwrap(),
        None => &mut body,
    };
    for (key, value) in keys {
        // A section with a `name_in_aws` keeps it.
        keyed.entry(*key).or_insert_with(|| (*value).into());
    }
    table.insert(new.to_owned(), Value::Object(body));
}

/// Renames every value that the schema types as a reference to such a section.
fn rename_references(
    root: &Value,
    schema: &Value,
    value: &mut Value,
    section: &NamedSection,
    new: &str,
) {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let name = reference.trim_start_matches("#/$defs/");
        if name == format!("Ref-{}", section.kind) && *value == section.name {
            *value = new.into();
            return;
        }
        if name == "Overlay" {
            return;
        }
    }
    let schema = resolved(root, schema);
    for branch in ["oneOf", "anyOf", "allOf"] {
        for schema in schema
            .get(branch)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            rename_references(root, schema, value, section, new);
        }
    }
    match value {
        Value::Array(items) => {
            for item in items {
                if let Some(schema) = schema.get("items") {
                    rename_references(root, schema, item, section, new);
                }
            }
        }
        Value::Object(object) => {
            let keys: Vec<String> = object.keys().cloned().collect();
            for key in keys {
                let Some(schema) = property(schema, &key) else {
                    continue;
                };
                let value = object.get_mut(&key).unwrap();
                rename_references(root, schema, value, section, new);
                rename_keys(&key, value, section, new);
            }
        }
        _ => {}
    }
}

/// Tables whose keys are references, of which the schema has the pattern only.
const KEYED_BY_REFERENCE: [(&str, &str); 2] = [("weights", "network"), ("versions", "function")];

fn rename_keys(key: &str, value: &mut Value, section: &NamedSection, new: &str) {
    if KEYED_BY_REFERENCE.contains(&(key, &section.kind))
        && let Some(object) = value.as_object_mut()
        && let Some(value) = object.remove(&section.name)
    {
        object.insert(new.to_owned(), value);
    }
}

fn property<'s>(schema: &'s Value, key: &str) -> Option<&'s Value> {
    let named = schema.get("properties").and_then(|all| all.get(key));
    let patterns = schema.get("patternProperties").and_then(Value::as_object);
    named
        .or_else(|| patterns.and_then(|patterns| patterns.values().next()))
        .or_else(|| {
            schema
                .get("additionalProperties")
                .filter(|any| any.is_object())
        })
}

fn resolved<'s>(root: &'s Value, schema: &'s Value) -> &'s Value {
    let reference = schema.get("$ref").and_then(Value::as_str);
    reference.map_or(schema, |reference| {
        &root["$defs"][reference.trim_start_matches("#/$defs/")]
    })
}
