//! Arguments within values, by the names that lead to them. Of several blocks of one name, the first one counts.

use provider_plugin::{Block, Nesting, Value};

use crate::examples::required;

pub(crate) fn is_unset(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::List(items) => items.is_empty(),
        _ => false,
    }
}

/// The value at `path`, in the first block of each name.
pub(crate) fn get<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    let [name, rest @ ..] = path else {
        return Some(value);
    };
    match value {
        Value::List(items) => get(items.first()?, path),
        _ => get(value.get(name)?, rest),
    }
}

/// Returns `value` with all blocks that contain `path`.
pub(crate) fn with_parents(schema: &Block, value: &Value, path: &[&str]) -> Value {
    let ([name, rest @ ..], Value::Object(entries)) = (path, value) else {
        return value.clone();
    };
    let (Some(nested), false) = (schema.blocks.get(*name), rest.is_empty()) else {
        return value.clone();
    };
    let mut entries = entries.clone();
    let present = entries.get(*name).filter(|value| !is_unset(value));
    let blocks = present.cloned().unwrap_or_else(|| match nested.nesting {
        Nesting::Single => required(&nested.block),
        Nesting::List | Nesting::Set => Value::List(vec![required(&nested.block)]),
    });
    let blocks = match blocks {
        Value::List(items) => {
            let mut items = items;
            if let Some(first) = items.first_mut() {
                *first = with_parents(&nested.block, first, rest);
            }
            Value::List(items)
        }
        one => with_parents(&nested.block, &one, rest),
    };
    entries.insert((*name).to_owned(), blocks);
    Value::Object(entries)
}

/// Returns `value` with another value at `path`, in the first block of each name. None unsets it.
pub(crate) fn set(schema: &Block, value: &Value, path: &[&str], new: Option<Value>) -> Value {
    let ([name, rest @ ..], Value::Object(entries)) = (path, value) else {
        return value.clone();
    };
    let mut entries = entries.clone();
    let nested = schema.blocks.get(*name);
    if rest.is_empty() {
        let none = nested.map_or(Value::Null, provider_plugin::NestedBlock::none);
        entries.insert((*name).to_owned(), new.unwrap_or(none));
    } else if let Some(nested) = nested {
        let changed = match entries.get(*name) {
            Some(Value::List(items)) => {
                let mut items = items.clone();
                if let Some(first) = items.first_mut() {
                    *first = set(&nested.block, first, rest, new);
                }
                Value::List(items)
            }
            Some(one) => set(&nested.block, one, rest, new),
            None => Value::Null,
        };
        entries.insert((*name).to_owned(), changed);
    }
    Value::Object(entries)
}
