//! Arguments within values, by the names that lead to them.

use provider_plugin::{Block, Nesting, Value};

use crate::examples::required;

/// The place of an argument within a value: each name with the position of the block, of several blocks of that name.
pub(crate) type Place = [(String, usize)];

/// The place of `path` in `value`: of several blocks of one name, the first one that has the argument counts.
pub(crate) fn place(value: &Value, path: &[String]) -> Vec<(String, usize)> {
    let [name, rest @ ..] = path else {
        return Vec::new();
    };
    let (at, inner) = match value.get(name) {
        Some(Value::List(items)) => {
            let has_argument = |item: &&Value| !is_unset_at(item, rest);
            let items = || items.iter();
            let at = items().position(|item| has_argument(&item)).unwrap_or(0);
            (at, items().nth(at))
        }
        one => (0, one),
    };
    let mut found = vec![(name.clone(), at)];
    found.extend(place(inner.unwrap_or(&Value::Null), rest));
    found
}

pub(crate) fn is_unset(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::List(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        _ => false,
    }
}

/// Whether no block of `value` has the argument `path`.
pub(crate) fn is_unset_at(value: &Value, path: &[String]) -> bool {
    get(value, &place(value, path)).is_none_or(is_unset)
}

/// The value at `place`.
pub(crate) fn get<'v>(value: &'v Value, place: &Place) -> Option<&'v Value> {
    let [(name, at), rest @ ..] = place else {
        return Some(value);
    };
    let value = value.get(name)?;
    match value {
        Value::List(items) if !rest.is_empty() => get(items.get(*at)?, rest),
        one => get(one, rest),
    }
}

/// Returns `value` with all blocks that contain `place`.
pub(crate) fn with_parents(schema: &Block, value: &Value, place: &Place) -> Value {
    let ([(name, at), rest @ ..], Value::Object(entries)) = (place, value) else {
        return value.clone();
    };
    let (Some(nested), false) = (schema.blocks.get(name), rest.is_empty()) else {
        return value.clone();
    };
    let mut entries = entries.clone();
    let present = entries.get(name).filter(|value| !is_unset(value));
    let blocks = present.cloned().unwrap_or_else(|| match nested.nesting {
        Nesting::Single => required(&nested.block),
        Nesting::List | Nesting::Set => Value::List(vec![required(&nested.block)]),
    });
    let blocks = match blocks {
        Value::List(items) => {
            let mut items = items;
            if let Some(item) = items.get_mut(*at) {
                *item = with_parents(&nested.block, item, rest);
            }
            Value::List(items)
        }
        one => with_parents(&nested.block, &one, rest),
    };
    entries.insert(name.clone(), blocks);
    Value::Object(entries)
}

/// Returns `value` with another value at `place`. None unsets it.
pub(crate) fn set(schema: &Block, value: &Value, place: &Place, new: Option<Value>) -> Value {
    let ([(name, at), rest @ ..], Value::Object(entries)) = (place, value) else {
        return value.clone();
    };
    let mut entries = entries.clone();
    let nested = schema.blocks.get(name);
    if rest.is_empty() {
        let none = nested.map_or(Value::Null, provider_plugin::NestedBlock::none);
        entries.insert(name.clone(), new.unwrap_or(none));
    } else if let Some(nested) = nested {
        let changed = match entries.get(name) {
            Some(Value::List(items)) => {
                let mut items = items.clone();
                if let Some(item) = items.get_mut(*at) {
                    *item = set(&nested.block, item, rest, new);
                }
                Value::List(items)
            }
            Some(one) => set(&nested.block, one, rest, new),
            None => Value::Null,
        };
        entries.insert(name.clone(), changed);
    }
    Value::Object(entries)
}
