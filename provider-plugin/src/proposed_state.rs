//! The proposed new state, which Terraform computes from the prior state and the configuration.
//!
//! What a configuration leaves to the provider keeps its prior value. Terraform's own implementation is
//! `internal/plans/objchange`.

use std::collections::BTreeMap;

use crate::schema::{Block, NestedBlock, Nesting};
use crate::value::Value;

/// Computes the proposed new state of a resource. A prior state that is null is that of a new resource.
pub fn proposed_state(schema: &Block, prior: &Value, configuration: &Value) -> Value {
    let Value::Object(configured) = configuration else {
        return configuration.clone();
    };
    let mut proposed = BTreeMap::new();
    for (name, attribute) in &schema.attributes {
        let given = configured.get(name).unwrap_or(&Value::Null);
        let value = if attribute.is_write_only {
            Value::Null
        } else if !given.is_null() || !attribute.is_computed {
            given.clone()
        } else {
            prior.get(name).cloned().unwrap_or(Value::Null)
        };
        proposed.insert(name.clone(), value);
    }
    for (name, nested) in &schema.blocks {
        let none = nested.none();
        let before = prior.get(name).unwrap_or(&none);
        let given = configured.get(name).unwrap_or(&none);
        proposed.insert(name.clone(), proposed_blocks(nested, before, given));
    }
    Value::Object(proposed)
}

fn proposed_blocks(nested: &NestedBlock, prior: &Value, configured: &Value) -> Value {
    let block = &nested.block;
    match (nested.nesting, configured) {
        (Nesting::Single, Value::Object(_)) => proposed_state(block, prior, configured),
        (Nesting::List, Value::List(items)) => {
            let before = items_of(prior);
            let pairs = items.iter().enumerate().map(|(index, item)| {
                proposed_state(block, before.get(index).unwrap_or(&Value::Null), item)
            });
            Value::List(pairs.collect())
        }
        (Nesting::Set, Value::List(items)) => {
            let mut unused: Vec<&Value> = items_of(prior).iter().collect();
            let proposed = items.iter().map(|item| {
                let found = unused
                    .iter()
                    .position(|prior| corresponds(block, prior, item));
                let prior = found.map_or(&Value::Null, |index| unused.swap_remove(index));
                proposed_state(block, prior, item)
            });
            Value::List(proposed.collect())
        }
        _ => configured.clone(),
    }
}

/// Whether a block of a set can have been `prior`: everything that it sets is equal.
fn corresponds(schema: &Block, prior: &Value, configured: &Value) -> bool {
    let attributes = schema.attributes.iter().all(|(name, attribute)| {
        let given = configured.get(name).unwrap_or(&Value::Null);
        (attribute.is_computed && given.is_null()) || prior.get(name) == Some(given)
    });
    attributes
        && schema.blocks.iter().all(|(name, nested)| {
            let none = nested.none();
            let before = prior.get(name).unwrap_or(&none);
            let given = configured.get(name).unwrap_or(&none);
            match (before, given) {
                (Value::List(before), Value::List(given)) => {
                    before.len() == given.len()
                        && before
                            .iter()
                            .zip(given)
                            .all(|(before, given)| corresponds(&nested.block, before, given))
                }
                _ => before == given,
            }
        })
}

fn items_of(value: &Value) -> &[Value] {
    match value {
        Value::List(items) => items,
        _ => &[],
    }
}
