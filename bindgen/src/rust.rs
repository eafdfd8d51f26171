//! Terraform's names and types in Rust.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};

use crate::types::{Collection, Primitive, Type};

/// `rds_cluster` is `RdsCluster`.
pub(crate) fn camel(snake: &str) -> String {
    snake
        .split('_')
        .flat_map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            first.into_iter().chain(letters)
        })
        .collect()
}

/// `type` is `r#type`; the macros take the prefix off again.
pub(crate) fn identifier(name: &str) -> Result<String> {
    const KEYWORDS: [&str; 46] = [
        "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do",
        "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in",
        "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
        "return", "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe",
        "unsized", "virtual", "where", "while",
    ];
    ensure!(
        !["self", "super", "crate", "_"].contains(&name),
        "`{name}` cannot be a Rust identifier, not even a raw one"
    );
    Ok(if KEYWORDS.contains(&name) {
        format!("r#{name}")
    } else {
        name.to_owned()
    })
}

/// A type of a table. `imports` collects what the file has to import for it, and `object` names
/// the object inside it.
pub(crate) fn rust_type(
    ty: &Type,
    imports: &mut BTreeSet<&'static str>,
    object: &dyn Fn() -> Result<String>,
) -> Result<String> {
    Ok(match ty {
        Type::Primitive(Primitive::String) => "String".to_owned(),
        Type::Primitive(Primitive::Bool) => "bool".to_owned(),
        Type::Primitive(Primitive::Number) => imported("Number", imports),
        Type::Primitive(Primitive::Dynamic) => imported("Any", imports),
        Type::Collection(collection, element) => {
            let collection = match collection {
                Collection::List => "List",
                Collection::Set => "Set",
                Collection::Map => "Map",
            };
            let collection = imported(collection, imports);
            format!("{collection}<{}>", rust_type(element, imports, object)?)
        }
        Type::Object(..) => object()?,
    })
}

fn imported(name: &'static str, imports: &mut BTreeSet<&'static str>) -> String {
    imports.insert(name);
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(json: &str) -> (String, Vec<&'static str>) {
        let ty: Type = serde_json::from_str(json).unwrap();
        let mut imports = BTreeSet::new();
        let text = rust_type(&ty, &mut imports, &|| Ok("Rule".to_owned())).unwrap();
        (text, imports.into_iter().collect())
    }

    #[test]
    fn names_are_split_at_underscores() {
        assert_eq!(camel("rds_cluster"), "RdsCluster");
        assert_eq!(camel("wafv2_web_acl"), "Wafv2WebAcl");
        assert_eq!(camel("ipv4"), "Ipv4");
    }

    #[test]
    fn keywords_become_raw_identifiers() {
        assert_eq!(identifier("type").unwrap(), "r#type");
        assert_eq!(identifier("types").unwrap(), "types");
        assert!(identifier("self").is_err());
    }

    #[test]
    fn types_list_their_imports() {
        assert_eq!(named(r#""string""#), ("String".to_owned(), vec![]));
        assert_eq!(named(r#""number""#), ("Number".to_owned(), vec!["Number"]));
        assert_eq!(
            named(r#"["map", ["list", "string"]]"#),
            ("Map<List<String>>".to_owned(), vec!["List", "Map"])
        );
        assert_eq!(
            named(r#"["set", ["object", {"port": "number"}]]"#),
            ("Set<Rule>".to_owned(), vec!["Set"])
        );
    }
}
