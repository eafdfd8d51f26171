//! Differences between the arguments of one resource in two configurations.

use serde_json::{Map, Value};

use super::effects::{ChangeKind, Effects};

/// A changed argument.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Difference {
    /// `a`, or `a.b` within the block `a`.
    pub(super) argument: String,
    pub(super) kind: ChangeKind,
}

/// Returns the arguments that differ. Order in sets has no meaning, and a default is as good as no value.
pub(super) fn differences(
    effects: &Effects,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Vec<Difference> {
    let mut comparison = Comparison {
        effects,
        found: Vec::new(),
    };
    comparison.objects("", before, after);
    comparison.found.sort();
    comparison.found.dedup();
    comparison.found
}

struct Comparison<'e> {
    effects: &'e Effects,
    found: Vec<Difference>,
}

impl Comparison<'_> {
    fn objects(&mut self, path: &str, before: &Map<String, Value>, after: &Map<String, Value>) {
        let only_after = after.keys().filter(|key| !before.contains_key(*key));
        for key in before.keys().chain(only_after) {
            let within = join(path, key);
            let [before, after] = [before, after].map(|object| object.get(key).unwrap_or(&NULL));
            self.values(&within, before, after);
        }
    }

    fn values(&mut self, path: &str, before: &Value, after: &Value) {
        let is_block = self.effects.has_arguments_in(path);
        if before == after || (!is_block && is_unset(before) && is_unset(after)) {
            return;
        }
        let default = self.effects.defaults.get(path);
        if default.is_some_and(|default| {
            (is_unset(before) && after == default) || (is_unset(after) && before == default)
        }) {
            return;
        }
        if is_zero(before) && is_unset(after) && self.effects.kept_zero.contains(path) {
            return;
        }
        match (before, after) {
            _ if is_block => self.blocks(path, &blocks(before), &blocks(after)),
            (Value::Array(one), Value::Array(other))
                if self.effects.is_set(path) && are_equal_sets(one, other) => {}
            _ => self.push(path, before, after),
        }
    }

    fn blocks(&mut self, path: &str, before: &[&Value], after: &[&Value]) {
        let (mut before, mut after) = (before.to_vec(), after.to_vec());
        if self.effects.is_set(path) {
            before.retain(|block| {
                let equal = after.iter().position(|other| other == block);
                equal.map(|at| after.swap_remove(at)).is_none()
            });
        }
        for (one, other) in before.iter().zip(&after) {
            match (one, other) {
                (Value::Object(one), Value::Object(other)) => self.objects(path, one, other),
                (one, other) if one == other => {}
                _ => self.push(path, one, other),
            }
        }
        for _ in after.len()..before.len() {
            self.found.push(Difference {
                argument: path.to_owned(),
                kind: ChangeKind::Remove,
            });
        }
        for _ in before.len()..after.len() {
            self.found.push(Difference {
                argument: path.to_owned(),
                kind: ChangeKind::Add,
            });
        }
    }

    fn push(&mut self, path: &str, before: &Value, after: &Value) {
        // An empty collection is a value of its own where the provider keeps the one that is removed.
        let is_value = !after.is_null() && self.effects.kept.contains(path);
        let kind = match (is_unset(before), is_unset(after)) {
            (true, _) => ChangeKind::Add,
            (_, true) if !is_value => ChangeKind::Remove,
            _ => ChangeKind::Change,
        };
        self.found.push(Difference {
            argument: path.to_owned(),
            kind,
        });
    }
}

static NULL: Value = Value::Null;

/// Appends a key to a path.
pub(super) fn join(path: &str, key: &str) -> String {
    match path {
        "" => key.to_owned(),
        _ => format!("{path}.{key}"),
    }
}

fn is_unset(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        _ => false,
    }
}

/// Whether it is the zero value of its type.
fn is_zero(value: &Value) -> bool {
    match value {
        Value::Bool(truth) => !truth,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

/// The blocks of one name: Terraform JSON also takes one block without a list.
fn blocks(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    }
}

fn are_equal_sets(one: &[Value], other: &[Value]) -> bool {
    one.len() == other.len() && one.iter().all(|item| other.contains(item))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn effects() -> Effects {
        let table = json!({
            "in_place": ["size", "rule.port", "rule"],
            "defaults": {"size": 1},
            "kept_zero": ["threshold"],
            "sets": ["names", "rule"]
        });
        serde_json::from_value(table).unwrap()
    }

    fn found(before: Value, after: Value) -> Vec<(String, ChangeKind)> {
        let (Value::Object(before), Value::Object(after)) = (before, after) else {
            panic!("not objects");
        };
        let differences = differences(&effects(), &before, &after).into_iter();
        differences.map(|it| (it.argument, it.kind)).collect()
    }

    #[test]
    fn order_of_a_set_has_no_meaning() {
        let names = |names: [&str; 2]| json!({"names": names});
        assert_eq!(found(names(["a", "b"]), names(["b", "a"])), []);
        let rules = |ports: [u16; 2]| json!({"rule": ports.map(|port| json!({"port": port}))});
        assert_eq!(found(rules([1, 2]), rules([2, 1])), []);
        let changed = [("rule.port".to_owned(), ChangeKind::Change)];
        assert_eq!(found(rules([1, 2]), rules([2, 3])), changed);
    }

    #[test]
    fn default_and_zero_are_as_good_as_no_value() {
        assert_eq!(found(json!({}), json!({"size": 1})), []);
        assert_eq!(found(json!({"threshold": 0}), json!({})), []);
        let added = [("size".to_owned(), ChangeKind::Add)];
        assert_eq!(found(json!({}), json!({"size": 2})), added);
        let removed = [("threshold".to_owned(), ChangeKind::Remove)];
        assert_eq!(found(json!({"threshold": 5}), json!({})), removed);
    }

    #[test]
    fn one_block_is_a_list_of_one() {
        let block = json!({"port": 1});
        assert_eq!(found(json!({"rule": block}), json!({"rule": [block]})), []);
        let added = [("rule".to_owned(), ChangeKind::Add)];
        assert_eq!(found(json!({}), json!({"rule": [block]})), added);
    }
}
