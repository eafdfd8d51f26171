//! Terms of a tree as JSON, for assertions about encoded documents such as policies and state machines.

use paymig::terraform::tree::{Expr, Term};
use serde_json::{Map, Value as Json};

/// Returns the JSON of `term`. Arguments of `jsonencode` and parts of templates are converted too; `convert` returns the
/// JSON of every other expression.
pub(crate) fn term_json(term: &Term, convert: &impl Fn(&Expr) -> Json) -> Json {
    match term {
        Term::Null => Json::Null,
        Term::Bool(value) => (*value).into(),
        Term::Integer(number) => (*number).into(),
        Term::Float(number) => (*number).into(),
        Term::Text(text) => text.as_ref().into(),
        Term::List(items) => items.iter().map(|item| term_json(item, convert)).collect(),
        Term::Object(object) => object
            .iter()
            .map(|(name, value)| (name.to_owned(), term_json(value, convert)))
            .collect::<Map<_, _>>()
            .into(),
        Term::Expr(expr) => match expr.as_ref() {
            Expr::Call("jsonencode", arguments) => match arguments.as_slice() {
                [argument] => term_json(argument, convert),
                _ => convert(expr),
            },
            Expr::Template(parts) => parts
                .iter()
                .map(|part| match term_json(part, convert) {
                    Json::String(text) => text,
                    other => other.to_string(),
                })
                .collect::<String>()
                .into(),
            other => convert(other),
        },
    }
}
