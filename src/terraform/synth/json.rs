//! Terms and small maps as JSON.

use serde::ser::{Serialize, Serializer};

use super::expression::{literal, template};
use crate::terraform::tree::{Term, Tree};

/// The key of comments, which Terraform skips. cdktf writes its metadata there.
pub(super) const COMMENT: &str = "//";

/// A term as JSON: escaped literals, and expressions as templates.
pub(super) struct JsonTerm<'t> {
    pub(super) tree: &'t Tree,
    pub(super) term: &'t Term,
}

impl Serialize for JsonTerm<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tree = self.tree;
        match self.term {
            Term::Null => serializer.serialize_unit(),
            Term::Bool(truth) => serializer.serialize_bool(*truth),
            Term::Integer(number) => serializer.serialize_i64(*number),
            Term::Float(number) => serializer.serialize_f64(*number),
            Term::Text(text) => serializer.serialize_str(&literal(text)),
            Term::List(items) => {
                serializer.collect_seq(items.iter().map(|term| JsonTerm { tree, term }))
            }
            Term::Object(object) => serializer.collect_map(
                object
                    .iter()
                    .map(|(name, term)| (literal(name), JsonTerm { tree, term })),
            ),
            Term::Expr(expr) => serializer.serialize_str(&template(tree, expr)),
        }
    }
}

/// A small map. The caller sorts the keys.
pub(super) struct Entries<V, const N: usize>(pub(super) [(&'static str, V); N]);

impl<V: Serialize, const N: usize> Serialize for Entries<V, N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}
