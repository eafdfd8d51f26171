//! Terraform names from construct paths, by cdktf's algorithm.
//!
//! Same path, same address: a deployment that cdktf made (`constructs`, `private/unique`) keeps its
//! state. Unlike cdktf, a name that Terraform refuses is an error here.

use std::fmt::Write as _;

use md5::{Digest, Md5};

/// Why a path has no logical id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NoLogicalId {
    /// Every component is `Default`, which cdktf drops.
    OnlyDefault,
    /// Terraform wants a letter or an underscore first.
    BadStart(String),
}

/// Dropped from the path and from the hash.
const DROPPED: &str = "Default";
/// Left out of the readable part; still hashed.
const HIDDEN: &str = "Resource";
const MAX_SINGLE: usize = 255;
const MAX_HUMAN: usize = 240;
const HASH_DIGITS: usize = 8;

/// The logical id of the construct whose ids, from below the stack, are `components`.
pub(super) fn logical_id<'a>(
    components: impl IntoIterator<Item = &'a str>,
) -> Result<String, NoLogicalId> {
    let id = cdktf_id(components)?;
    match id.chars().next() {
        Some(first) if first.is_ascii_alphabetic() || first == '_' => Ok(id),
        _ => Err(NoLogicalId::BadStart(id)),
    }
}

fn cdktf_id<'a>(components: impl IntoIterator<Item = &'a str>) -> Result<String, NoLogicalId> {
    let components: Vec<&str> = components
        .into_iter()
        .filter(|component| *component != DROPPED)
        .collect();
    if components.is_empty() {
        return Err(NoLogicalId::OnlyDefault);
    }
    if let [only] = components.as_slice() {
        let id = allowed(only);
        if id.len() <= MAX_SINGLE {
            return Ok(id);
        }
    }
    let mut human = Vec::new();
    let mut kept = "";
    for component in &components {
        // Judged before `Resource` is hidden, as cdktf does it.
        if !kept.is_empty() && kept.ends_with(component) {
            continue;
        }
        kept = component;
        if *component != HIDDEN {
            human.push(allowed(component));
        }
    }
    let mut id = human.join("_");
    id.truncate(MAX_HUMAN);
    id.push('_');
    id.push_str(&hash(&components));
    Ok(id)
}

/// Only ASCII is left, so lengths are bytes and characters alike.
fn allowed(component: &str) -> String {
    component
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        .collect()
}

fn hash(components: &[&str]) -> String {
    let mut digits = String::new();
    for byte in Md5::digest(components.join("/")) {
        // Writing to a string does not fail.
        let _ = write!(digits, "{byte:02X}");
    }
    digits.truncate(HASH_DIGITS);
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Vector {
        components: Vec<String>,
        id: String,
    }

    fn vectors() -> Vec<Vector> {
        serde_json::from_str(include_str!("../../../fixtures/cdktf/logical-ids.json")).unwrap()
    }

    #[test]
    fn agrees_with_cdktf_on_every_vector() {
        let vectors = vectors();
        assert_eq!(vectors.len(), 45);
        for Vector { components, id } in vectors {
            let ours = cdktf_id(components.iter().map(String::as_str));
            assert_eq!(ours, Ok(id), "{components:?}");
        }
    }

    #[test]
    fn refuses_what_terraform_refuses() {
        for bad in [&["1"][..], &["0"], &["-", "a"], &["!"]] {
            let id = logical_id(bad.iter().copied());
            assert!(
                matches!(id, Err(NoLogicalId::BadStart(_))),
                "{bad:?}: {id:?}"
            );
        }
    }

    #[test]
    fn refuses_a_path_of_defaults() {
        assert_eq!(
            logical_id(["Default", "Default"]),
            Err(NoLogicalId::OnlyDefault)
        );
    }
}
