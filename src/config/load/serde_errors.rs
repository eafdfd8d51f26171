//! Errors of serde and TOML as diagnostics in the terms of the stack file.

use serde_path_to_error::{Path, Segment};

use super::schema::{describe, variants};
use crate::diagnostic::{Diagnostic, KeyPath, KeySegment, Location, SourceMap, closest_match};

/// Returns the diagnostic for an error of deserializing `source_map`. `base` is the source map before the
/// environment's overlay.
pub(super) fn diagnostic_of(
    serde_path: &Path,
    error: &toml::de::Error,
    source_map: &SourceMap,
    base: &SourceMap,
) -> Diagnostic {
    let path = source_map.existing(&serde_path.iter().filter_map(step).collect());
    let place = error
        .span()
        .map_or_else(|| Location::KeyPath(path.clone()), Location::Bytes);
    let message = error.message();
    if message.starts_with("unknown field ") {
        return unknown_key(message, &path, place);
    }
    if message.starts_with("unknown variant ") {
        return unknown_variant(message, &path, source_map, place);
    }
    if let Some(rest) = message.strip_prefix("missing field ") {
        let missing = Diagnostic::error(format!("missing key {rest} in {}", table_name(&path)))
            .at(&path)
            .label(format!("add {rest} here"));
        return described(missing, &path.key(quoted(rest).next().unwrap_or_default()));
    }
    if message.starts_with("wanted exactly 1 element") {
        return several_variants(&path, source_map, base);
    }
    let (problem, suggestion) = message
        .split_once("; ")
        .map_or((message, None), |(problem, help)| (problem, Some(help)));
    let diagnostic = Diagnostic::error(format!("{}{}", of(&path), plain(problem))).at(place);
    match suggestion {
        Some(help) => diagnostic.help(help),
        None => described(diagnostic, &path),
    }
}

/// Adds the description of the key at `path` as help.
fn described(diagnostic: Diagnostic, path: &KeyPath) -> Diagnostic {
    match (path.segments().last(), describe(path)) {
        (Some(KeySegment::Key(key)), Some(text)) => diagnostic.help(format!("`{key}`: {text}")),
        _ => diagnostic,
    }
}

fn step(segment: &Segment) -> Option<KeySegment> {
    match segment {
        Segment::Seq { index } => Some(KeySegment::Index(*index)),
        Segment::Map { key } => Some(KeySegment::Key(key.clone())),
        Segment::Enum { variant } => Some(KeySegment::Key(variant.clone())),
        Segment::Unknown => None,
    }
}

fn unknown_key(message: &str, path: &KeyPath, place: Location) -> Diagnostic {
    let mut names = quoted(message);
    let key = names.next().unwrap_or_default();
    let allowed: Vec<&str> = names.collect();
    // The path of an unknown key ends in that key.
    let table = match path.segments() {
        [parents @ .., KeySegment::Key(last)] if last == key => parents.iter().cloned().collect(),
        _ => path.clone(),
    };
    let diagnostic =
        Diagnostic::error(format!("unknown key `{key}` in {}", table_name(&table))).at(place);
    suggest(diagnostic, key, &allowed, "its keys are")
}

fn unknown_variant(
    message: &str,
    path: &KeyPath,
    source_map: &SourceMap,
    place: Location,
) -> Diagnostic {
    let mut names = quoted(message);
    let given = names.next().unwrap_or_default();
    let allowed: Vec<&str> = names.collect();
    let key = source_map
        .keys(path)
        .into_iter()
        .find(|(key, _)| *key == given);
    let diagnostic = match key {
        Some((_, place)) => {
            Diagnostic::error(format!("unknown key `{given}` in {}", table_name(path))).at(place)
        }
        None => Diagnostic::error(format!("{}unknown value `{given}`", of(path))).at(place),
    };
    suggest(diagnostic, given, &allowed, "write one of")
}

fn several_variants(path: &KeyPath, source_map: &SourceMap, base: &SourceMap) -> Diagnostic {
    let in_file = base.keys(path);
    let mut written = source_map.keys(path);
    // The overlay's variant comes last: it is the primary location, and the other one can be removed.
    written.sort_by_key(|(key, _)| in_file.iter().all(|(other, _)| other != key));
    let [(first, here), (second, there), ..] = written.as_slice() else {
        let empty = Diagnostic::error(format!("{} is empty", table_name(path))).at(path);
        return empty.help(format!(
            "write one of its variants: {}",
            variants(path).join(", ")
        ));
    };
    Diagnostic::error(format!(
        "{} has both `{first}` and `{second}`",
        table_name(path)
    ))
    .at(there.clone())
    .label("only one of them is allowed")
    .related(here.clone(), "the other one")
    .help(format!(
        "to replace it in an environment, write there `without = [\"{path}.{first}\"]`"
    ))
}

fn suggest(diagnostic: Diagnostic, given: &str, allowed: &[&str], known: &str) -> Diagnostic {
    match closest_match(given, allowed.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None if allowed.is_empty() => diagnostic,
        None => diagnostic.help(format!("{known} {}", allowed.join(", "))),
    }
}

/// Replaces serde's names of types with those of TOML.
fn plain(problem: &str) -> String {
    let Some((given, expected)) = problem.split_once(", expected ") else {
        return problem.to_owned();
    };
    let given = given
        .strip_prefix("invalid type: ")
        .or_else(|| given.strip_prefix("invalid value: "))
        .unwrap_or(given)
        .replace("sequence", "an array")
        .replace("map", "a table");
    let expected = match expected {
        "i64" | "u8" | "u16" | "u32" | "u64" => "a whole number",
        "f64" => "a number",
        "a sequence" => "an array",
        "a map" => "a table",
        "a boolean" => "true or false",
        structure if structure.starts_with("struct ") => "a table",
        variant if variant.starts_with("enum ") => "one of its variants",
        other => other,
    };
    format!("wrong type: {given} where {expected} is expected")
}

fn of(path: &KeyPath) -> String {
    if path.segments().is_empty() {
        String::new()
    } else {
        format!("`{path}`: ")
    }
}

fn table_name(path: &KeyPath) -> String {
    if path.segments().is_empty() {
        "the stack file".to_owned()
    } else {
        format!("`{path}`")
    }
}

/// Iterates over the texts in backquotes.
fn quoted(message: &str) -> impl Iterator<Item = &str> {
    message.split('`').skip(1).step_by(2)
}
