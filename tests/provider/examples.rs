//! Values that arguments can have in probes.

use provider_plugin::{Block, Nesting, Type, Value};

/// A value of `schema` with the required arguments only.
pub(crate) fn required(schema: &Block) -> Value {
    let Value::Object(mut value) = schema.empty() else {
        return Value::Null;
    };
    for (name, attribute) in &schema.attributes {
        if attribute.is_required {
            value.insert(name.clone(), example(&attribute.ty, name, "a"));
        }
    }
    for (name, nested) in &schema.blocks {
        if nested.is_required {
            let block = required(&nested.block);
            let block = match nested.nesting {
                Nesting::Single => block,
                Nesting::List | Nesting::Set => Value::List(vec![block]),
            };
            value.insert(name.clone(), block);
        }
    }
    Value::Object(value)
}

/// A value of `ty` that differs for each `seed`.
pub(crate) fn example(ty: &Type, name: &str, seed: &str) -> Value {
    match ty {
        Type::Bool => Value::Bool(seed == "a"),
        Type::Number => Value::Number(if seed == "a" { 11.0 } else { 12.0 }),
        Type::Text if name.ends_with("arn") || name.ends_with("_arns") => {
            Value::Text(format!("arn:aws:iam::123456789012:role/{seed}"))
        }
        Type::Text if name == "container_definitions" => {
            Value::Text(format!(r#"[{{"name":"{seed}","image":"i"}}]"#))
        }
        Type::Text if name.contains("policy") => Value::Text(policy(seed)),
        Type::Text if DOCUMENTS.contains(&name) => Value::Text(format!("{{\"x\":\"{seed}\"}}")),
        Type::Text => Value::Text(seed.to_owned()),
        Type::List(item) | Type::Set(item) => Value::List(vec![example(item, name, seed)]),
        Type::Map(item) => Value::Object([("k".to_owned(), example(item, name, seed))].into()),
        Type::Object(fields) => {
            let fields = fields.iter();
            let fields = fields.map(|(field, ty)| (field.clone(), example(ty, field, seed)));
            Value::Object(fields.collect())
        }
    }
}

/// An unknown value, as references to other resources produce it: of a collection, an element is unknown.
pub(crate) fn unknown(ty: &Type) -> Value {
    match ty {
        Type::List(_) | Type::Set(_) => Value::List(vec![Value::Unknown]),
        Type::Map(_) => Value::Object([("k".to_owned(), Value::Unknown)].into()),
        _ => Value::Unknown,
    }
}

/// The zero value of a type that has one.
pub(crate) fn zero(ty: &Type) -> Option<Value> {
    match ty {
        Type::Bool => Some(Value::Bool(false)),
        Type::Number => Some(Value::Number(0.0)),
        Type::Text => Some(Value::Text(String::new())),
        _ => None,
    }
}

/// Arguments that are JSON documents. Policies are, too; the provider compares what they mean.
const DOCUMENTS: [&str; 7] = [
    "body",
    "dashboard_body",
    "definition",
    "replication_task_settings",
    "secret_string",
    "table_mappings",
    "template_body",
];

fn policy(seed: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"s3:Get{seed}","Resource":"*"}}]}}"#
    )
}
