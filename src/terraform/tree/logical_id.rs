//! Logical ids of construct paths, by cdktf's algorithm (`constructs`, `private/unique`).
//!
//! The same path gives the same address, so a deployment that cdktf created keeps its state. Unlike in cdktf, a name
//! that Terraform rejects is an error.

use std::fmt::Write as _;

use md5::{Digest, Md5};

/// The reason why a path has no logical id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NoLogicalId {
    /// Every component is `Default`, which cdktf drops.
    OnlyDefault,
    /// The name does not start with a letter or an underscore, as Terraform requires.
    BadStart(String),
}

/// A component that is left out of the name and of the hash.
const DROPPED: &str = "Default";
/// A component that is left out of the readable part only.
const HIDDEN: &str = "Resource";
const MAX_SINGLE: usize = 255;
const MAX_READABLE: usize = 240;
const HASH_DIGITS: usize = 8;

/// Returns the logical id of a path, given its components without the stack.
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
        let id = sanitized(only);
        if id.len() <= MAX_SINGLE {
            return Ok(id);
        }
    }
    let mut readable = Vec::new();
    let mut previous = "";
    for component in &components {
        // cdktf compares before it hides `Resource`.
        if !previous.is_empty() && previous.ends_with(component) {
            continue;
        }
        previous = component;
        if *component != HIDDEN {
            readable.push(sanitized(component));
        }
    }
    let mut id = readable.join("_");
    id.truncate(MAX_READABLE);
    id.push('_');
    id.push_str(&hash(&components));
    Ok(id)
}

/// Removes the characters that Terraform rejects. Only ASCII remains, so lengths are in bytes and in characters.
fn sanitized(component: &str) -> String {
    component
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        .collect()
}

fn hash(components: &[&str]) -> String {
    let mut digits = String::new();
    for byte in Md5::digest(components.join("/")) {
        // Writing to a string cannot fail.
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
    fn test_vectors_have_the_logical_ids_of_cdktf() {
        let vectors = vectors();
        assert_eq!(vectors.len(), 45);
        for Vector { components, id } in vectors {
            let ours = cdktf_id(components.iter().map(String::as_str));
            assert_eq!(ours, Ok(id), "{components:?}");
        }
    }

    #[test]
    fn name_that_terraform_rejects_is_an_error() {
        for bad in [&["1"][..], &["0"], &["-", "a"], &["!"]] {
            let id = logical_id(bad.iter().copied());
            assert!(
                matches!(id, Err(NoLogicalId::BadStart(_))),
                "{bad:?}: {id:?}"
            );
        }
    }

    #[test]
    fn path_of_reserved_components_is_an_error() {
        assert_eq!(
            logical_id(["Default", "Default"]),
            Err(NoLogicalId::OnlyDefault)
        );
    }
}
