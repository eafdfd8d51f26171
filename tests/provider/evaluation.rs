//! Terms evaluated as Terraform evaluates them, as far as the trees of paymig need it.

use std::collections::BTreeMap;

use paymig::terraform::tree::{Expr, NodeId, Operator, Term};
use provider_plugin::Value;

/// Evaluates `term`. `attribute` returns an attribute of a node.
pub(crate) fn evaluate(term: &Term, attribute: &dyn Fn(NodeId, &str) -> Value) -> Value {
    match term {
        Term::Null => Value::Null,
        Term::Bool(truth) => Value::Bool(*truth),
        Term::Integer(number) => Value::Number(integer(*number)),
        Term::Float(number) => Value::Number(*number),
        Term::Text(text) => Value::Text(text.to_string()),
        Term::List(items) => {
            Value::List(items.iter().map(|item| evaluate(item, attribute)).collect())
        }
        Term::Object(object) => {
            let entries = object.iter();
            let entries = entries.map(|(name, term)| (name.to_owned(), evaluate(term, attribute)));
            Value::Object(entries.collect())
        }
        Term::Expr(expr) => expression(expr, attribute),
    }
}

fn expression(expr: &Expr, attribute: &dyn Fn(NodeId, &str) -> Value) -> Value {
    let of = |term: &Term| evaluate(term, attribute);
    match expr {
        Expr::Attribute(node, name) => attribute(*node, name),
        Expr::SelfAttribute(_) => Value::Unknown,
        Expr::Workspace => Value::Text("default".to_owned()),
        Expr::Index(list, index) => match of(list) {
            Value::List(items) => items.get(*index).cloned().unwrap_or(Value::Null),
            // A block that occurs at most once is no list in some schemas.
            object @ Value::Object(_) => object,
            _ => Value::Unknown,
        },
        Expr::Key(map, key) => match of(map) {
            Value::Object(entries) => entries.get(key.as_ref()).cloned().unwrap_or(Value::Null),
            _ => Value::Unknown,
        },
        Expr::Call(function, arguments) => {
            let arguments: Vec<Value> = arguments.iter().map(of).collect();
            if arguments.iter().any(Value::has_unknown) {
                return Value::Unknown;
            }
            call(function, &arguments)
        }
        Expr::Binary(operator, left, right) => binary(*operator, &of(left), &of(right)),
        Expr::Not(negated) => match of(negated) {
            Value::Bool(truth) => Value::Bool(!truth),
            _ => Value::Unknown,
        },
        Expr::Template(parts) => {
            let parts = parts.iter().map(|part| text(&of(part)));
            parts
                .collect::<Option<String>>()
                .map_or(Value::Unknown, Value::Text)
        }
    }
}

fn binary(operator: Operator, left: &Value, right: &Value) -> Value {
    if left.has_unknown() || right.has_unknown() {
        return Value::Unknown;
    }
    let is_true = |value: &Value| *value == Value::Bool(true);
    Value::Bool(match operator {
        Operator::Equal => left == right,
        Operator::NotEqual => left != right,
        Operator::And => is_true(left) && is_true(right),
        Operator::Or => is_true(left) || is_true(right),
        Operator::AtLeast => match (left, right) {
            (Value::Number(left), Value::Number(right)) => left >= right,
            _ => return Value::Unknown,
        },
    })
}

fn call(function: &str, arguments: &[Value]) -> Value {
    match (function, arguments) {
        ("jsonencode", [value]) => Value::Text(json(value).to_string()),
        ("jsondecode", [Value::Text(text)]) => {
            serde_json::from_str(text).map_or(Value::Unknown, |json| from_json(&json))
        }
        ("replace", [Value::Text(text), Value::Text(from), Value::Text(to)]) => {
            Value::Text(text.replace(from.as_str(), to))
        }
        // Only equality of their results matters.
        ("base64encode" | "sha1", [Value::Text(text)]) => Value::Text(format!("{function}-{text}")),
        ("split", [Value::Text(separator), Value::Text(text)]) => {
            let parts = text.split(separator.as_str());
            Value::List(parts.map(|part| Value::Text(part.to_owned())).collect())
        }
        ("zipmap", [Value::List(keys), Value::List(values)]) => {
            let entries = keys.iter().zip(values);
            let entries = entries.filter_map(|(key, value)| Some((text(key)?, value.clone())));
            Value::Object(entries.collect())
        }
        ("one", [Value::List(items)]) => items.first().cloned().unwrap_or(Value::Null),
        ("length", [Value::List(items)]) => {
            Value::Number(integer(i64::try_from(items.len()).unwrap()))
        }
        _ => panic!("no function {function} for {arguments:?}"),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "arguments have few digits")]
fn integer(number: i64) -> f64 {
    number as f64
}

pub(crate) fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null | Value::Unknown => serde_json::Value::Null,
        Value::Bool(truth) => (*truth).into(),
        Value::Number(number) => {
            // Terraform writes whole numbers without a fraction.
            serde_json::from_str(&number.to_string()).unwrap()
        }
        Value::Text(text) => text.as_str().into(),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Object(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| (key.clone(), json(value)));
            serde_json::Value::Object(entries.collect())
        }
    }
}

fn from_json(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(truth) => Value::Bool(*truth),
        serde_json::Value::Number(number) => Value::Number(number.as_f64().unwrap()),
        serde_json::Value::String(text) => Value::Text(text.clone()),
        serde_json::Value::Array(items) => Value::List(items.iter().map(from_json).collect()),
        serde_json::Value::Object(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| (key.clone(), from_json(value)));
            Value::Object(entries.collect::<BTreeMap<_, _>>())
        }
    }
}
