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
    let mut root = SchemaGenerator::default()
        .into_root_schema_for::<Stack>()
        .to_value();
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
    let root = SchemaGenerator::default()
        .into_root_schema_for::<Stack>()
        .to_value();
    let field = path
        .segments()
        .iter()
        .try_fold(&root, |schema, step| child(&root, schema, step))?;
    let text = field.get("description")?.as_str()?;
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
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
    let referred = || {
        let name = schema.get("$ref")?.as_str()?.strip_prefix("#/$defs/")?;
        child(root, root.get("$defs")?.get(name)?, step)
    };
    let alternatives = || {
        let lists = ["oneOf", "anyOf", "allOf"].into_iter();
        lists
            .filter_map(|list| schema.get(list)?.as_array())
            .flatten()
            .find_map(|alternative| child(root, alternative, step))
    };
    inside.or_else(referred).or_else(alternatives)
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
