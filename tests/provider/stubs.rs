//! Values of what AWS would return: each is a constant of its resource and its attribute.

use provider_plugin::{Block, Type, Value};

const ACCOUNT: &str = "123456789012";

/// Attributes whose value the provider normalizes or restricts.
const FIXED: [(&str, &str); 6] = [
    ("account_id", ACCOUNT),
    ("fifo_throughput_scope", ""),
    ("owner_id", ACCOUNT),
    ("preferred_maintenance_window", "mon:00:00-mon:00:30"),
    ("protocol_version", "HTTP1"),
    // Of a table without a stream.
    ("stream_view_type", ""),
];

/// Replaces each unknown attribute of `state`, a value of `schema`, by a value that AWS could return for `owner`.
pub(crate) fn known(schema: &Block, state: &Value, owner: &str) -> Value {
    let Value::Object(entries) = state else {
        return state.clone();
    };
    let entries = entries.iter().map(|(name, value)| {
        let known = if let Some(attribute) = schema.attributes.get(name) {
            match value {
                Value::Unknown => value_of(&attribute.ty, name, owner),
                partly if partly.has_unknown() => partly_known(&attribute.ty, name, owner, partly),
                known => known.clone(),
            }
        } else if let Some(nested) = schema.blocks.get(name) {
            match value {
                Value::Unknown => nested.none(),
                Value::List(items) => {
                    let items = items.iter();
                    let items = items.map(|item| known(&nested.block, item, owner));
                    Value::List(items.collect())
                }
                one => known(&nested.block, one, owner),
            }
        } else {
            value.clone()
        };
        (name.clone(), known)
    });
    Value::Object(entries.collect())
}

/// A value of `ty` for the attribute `name` of `owner`.
pub(crate) fn value_of(ty: &Type, name: &str, owner: &str) -> Value {
    match ty {
        Type::Bool => Value::Bool(false),
        // Zero, unlike one, is the capacity of a table that is billed by request.
        Type::Number => Value::Number(0.0),
        Type::Text => Value::Text(text(name, owner)),
        Type::List(item) | Type::Set(item) => match **item {
            Type::Object(_) | Type::Map(_) => Value::List(Vec::new()),
            _ => Value::List(vec![value_of(item, name, owner)]),
        },
        Type::Map(_) => Value::Object([].into()),
        Type::Object(fields) => {
            let fields = fields.iter();
            let fields = fields.map(|(field, ty)| (field.clone(), value_of(ty, field, owner)));
            Value::Object(fields.collect())
        }
    }
}

fn partly_known(ty: &Type, name: &str, owner: &str, value: &Value) -> Value {
    match (ty, value) {
        (_, Value::Unknown) => value_of(ty, name, owner),
        (Type::List(item) | Type::Set(item), Value::List(items)) => {
            let items = items.iter();
            Value::List(
                items
                    .map(|it| partly_known(item, name, owner, it))
                    .collect(),
            )
        }
        (Type::Map(item), Value::Object(entries)) => {
            let entries = entries.iter();
            let entries =
                entries.map(|(key, it)| (key.clone(), partly_known(item, key, owner, it)));
            Value::Object(entries.collect())
        }
        (Type::Object(fields), Value::Object(entries)) => {
            let entries = entries.iter().map(|(key, it)| {
                let known = fields
                    .get(key)
                    .map_or(it.clone(), |ty| partly_known(ty, key, owner, it));
                (key.clone(), known)
            });
            Value::Object(entries.collect())
        }
        _ => value.clone(),
    }
}

fn text(name: &str, owner: &str) -> String {
    let fixed = FIXED.iter().find(|(other, _)| *other == name);
    if let Some((_, value)) = fixed {
        (*value).to_owned()
    } else if name == "arn" || name.ends_with("_arn") || name.ends_with("_arns") {
        format!("arn:aws:service:us-east-1:{ACCOUNT}:{owner}/{name}")
    } else if name.contains("cidr") {
        "10.0.0.0/16".to_owned()
    } else {
        format!("{name}-of-{owner}")
    }
}
