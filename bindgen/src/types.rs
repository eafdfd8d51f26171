//! Terraform's types, as its schema writes them: `"string"`, `["set", "string"]`,
//! `["object", {"arn": "string"}]`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The type of an attribute.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Type {
    /// `string`
    Primitive(Primitive),
    /// `set(string)`
    Collection(Collection, Box<Self>),
    /// `object({arn = string})`
    Object(ObjectWord, BTreeMap<String, Self>),
}

/// A type without parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Primitive {
    /// Text.
    String,
    /// Truth.
    Bool,
    /// Integer or not: Terraform knows one number.
    Number,
    /// Left open by the provider.
    Dynamic,
}

/// What holds elements of one type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Collection {
    /// In order.
    List,
    /// Without order.
    Set,
    /// By key.
    Map,
}

/// The word before an object's fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ObjectWord {
    /// The only one.
    Object,
}

impl Type {
    /// The object that it is, or that it is a collection of.
    pub fn object(&self) -> Option<&BTreeMap<String, Self>> {
        match self {
            Self::Primitive(_) => None,
            Self::Collection(_, element) => element.object(),
            Self::Object(_, fields) => Some(fields),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> Type {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn types_survive_a_round_trip() {
        for json in [
            r#""string""#,
            r#""dynamic""#,
            r#"["set","string"]"#,
            r#"["list",["object",{"arn":"string","ports":["set","number"]}]]"#,
        ] {
            assert_eq!(serde_json::to_string(&parse(json)).unwrap(), json);
        }
    }

    #[test]
    fn unknown_type_is_an_error() {
        assert!(serde_json::from_str::<Type>(r#""text""#).is_err());
        assert!(serde_json::from_str::<Type>(r#"["bag","string"]"#).is_err());
    }

    #[test]
    fn object_inside_collections_is_found() {
        let ty = parse(r#"["map",["list",["object",{"arn":"string"}]]]"#);
        assert_eq!(ty.object().unwrap().len(), 1);
        assert!(parse(r#"["list","string"]"#).object().is_none());
    }
}
