//! The JSON Schema of stack files, generated from the types that deserialize them.

use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use crate::config::sections::Stack;
use crate::diagnostic::{KeyPath, KeySegment};

/// Returns the JSON Schema (draft 2020-12) of a stack file.
///
/// An environment's `with` has the schema of the file without required keys. Each definition has a second version for it,
/// with the prefix `Overlay`.
pub fn schema() -> Value {
    let mut root = root_schema();
    let mut whole = root.clone();
    let definitions = whole
        .get_mut("$defs")
        .map_or_else(|| json!({}), Value::take);
    let mut partial = Map::new();
    if let Value::Object(definitions) = definitions {
        for (name, definition) in definitions {
            partial.insert(overlay_name(&name), overlay(definition));
        }
    }
    if let Value::Object(fields) = &mut whole {
        for meta in ["$schema", "$defs", "title", "description"] {
            fields.remove(meta);
        }
        if let Some(Value::Object(properties)) = fields.get_mut("properties") {
            properties.remove("environments");
            properties.remove("stack");
        }
    }
    partial.insert("Overlay".to_owned(), overlay(whole));
    if let Some(Value::Object(definitions)) = root.get_mut("$defs") {
        definitions.extend(partial);
        // Environments do not nest.
        for name in ["Environment", "Overlay", "Phase", "Protection"] {
            definitions.remove(&overlay_name(name));
        }
    }
    root
}

/// Returns the description of the key at a path in one line: the doc comment of its field.
///
/// Each call generates the schema, so it is for messages only.
pub(super) fn describe(path: &KeyPath) -> Option<String> {
    let root = root_schema();
    let field = descendant(&root, path)?;
    let text = field.get("description")?.as_str()?;
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Returns the variants of the enum at a path: the keys of which it has exactly one.
pub(super) fn variants(path: &KeyPath) -> Vec<String> {
    let root = root_schema();
    descendant(&root, path).map_or_else(Vec::new, |schema| variant_keys(&root, schema))
}

fn variant_keys(root: &Value, schema: &Value) -> Vec<String> {
    if let Some(definition) = referred(root, schema) {
        return variant_keys(root, definition);
    }
    if let Some(Value::Object(properties)) = schema.get("properties") {
        return properties.keys().cloned().collect();
    }
    alternatives(schema)
        .flat_map(|alternative| variant_keys(root, alternative))
        .collect()
}

fn root_schema() -> Value {
    SchemaGenerator::default()
        .into_root_schema_for::<Stack>()
        .to_value()
}

fn descendant<'a>(root: &'a Value, path: &KeyPath) -> Option<&'a Value> {
    path.segments()
        .iter()
        .try_fold(root, |schema, step| child(root, schema, step))
}

/// Returns the schema of a value inside another, through references and variants.
fn child<'a>(root: &'a Value, schema: &'a Value, step: &KeySegment) -> Option<&'a Value> {
    let inside = match step {
        KeySegment::Index(_) => schema.get("items"),
        KeySegment::Key(key) => schema
            .get("properties")
            .and_then(|p| p.get(key))
            .or_else(|| {
                let named = schema.get("patternProperties")?.as_object()?;
                named.values().next()
            }),
    };
    inside
        .or_else(|| child(root, referred(root, schema)?, step))
        .or_else(|| alternatives(schema).find_map(|alternative| child(root, alternative, step)))
}

fn referred<'a>(root: &'a Value, schema: &Value) -> Option<&'a Value> {
    let name = schema.get("$ref")?.as_str()?.strip_prefix("#/$defs/")?;
    root.get("$defs")?.get(name)
}

fn alternatives(schema: &Value) -> impl Iterator<Item = &Value> {
    ["oneOf", "anyOf", "allOf"]
        .into_iter()
        .filter_map(|list| schema.get(list)?.as_array())
        .flatten()
}

/// Returns the schema without required keys.
fn overlay(mut schema: Value) -> Value {
    relax(&mut schema);
    schema
}

fn relax(schema: &mut Value) {
    if let Value::Object(fields) = schema {
        fields.remove("required");
    }
    relax_inside(schema);
}

/// Relaxes properties, items and alternatives. An alternative of `oneOf` keeps its required key: without it every
/// variant would accept `{}`.
fn relax_inside(schema: &mut Value) {
    let Value::Object(fields) = schema else {
        return;
    };
    fields.remove("default");
    for (keyword, inner) in fields.iter_mut() {
        match (keyword.as_str(), inner) {
            ("$ref", Value::String(target)) => {
                if let Some(name) = target.strip_prefix("#/$defs/") {
                    *target = format!("#/$defs/{}", overlay_name(name));
                }
            }
            ("oneOf", Value::Array(variants)) => variants.iter_mut().for_each(relax_inside),
            ("anyOf" | "allOf", Value::Array(schemas)) => schemas.iter_mut().for_each(relax),
            ("properties" | "patternProperties", Value::Object(schemas)) => {
                schemas.values_mut().for_each(relax);
            }
            ("items" | "additionalProperties", schema) => relax(schema),
            _ => {}
        }
    }
}

fn overlay_name(name: &str) -> String {
    format!("Overlay{name}")
}
