//! What serde and TOML say about a stack file, in the words of the person who wrote it.

use serde_path_to_error::{Path, Segment};

use super::schema::describe;
use crate::diagnostic::{Diagnostic, KeyPath, KeySegment, Location, SourceMap, closest_match};

/// The diagnostic for an error of reading typed values from `source_map`; `base` is the source map before
/// the environment's overlay.
pub(super) fn explain(
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
        let missing = Diagnostic::error(format!("{} lacks {rest}", table_name(&path)))
            .at(&path)
            .label(format!("{rest} is missing here"));
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

/// With what the vocabulary says about the value at a path.
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
    suggest(diagnostic, key, &allowed, "the keys here are")
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
    let diagnostic = Diagnostic::error(format!("{}`{given}` is not known here", of(path)))
        .at(key.map_or(place, |(_, place)| place));
    suggest(diagnostic, given, &allowed, "known are")
}

fn several_variants(path: &KeyPath, source_map: &SourceMap, base: &SourceMap) -> Diagnostic {
    let written = base.keys(path);
    let mut variants = source_map.keys(path);
    // The overlay's variant comes last: it is to blame, and the other is what can be left out.
    variants.sort_by_key(|(key, _)| written.iter().all(|(written, _)| written != key));
    let [(first, here), (second, there), ..] = variants.as_slice() else {
        return Diagnostic::error(format!("{} says nothing", table_name(path))).at(path);
    };
    Diagnostic::error(format!(
        "{} is both `{first}` and `{second}`",
        table_name(path)
    ))
    .at(there.clone())
    .label("a table says one thing")
    .related(here.clone(), "and another")
    .help(format!(
        "to switch in an environment, leave the other out there: `without = [\"{path}.{first}\"]`"
    ))
}

fn suggest(diagnostic: Diagnostic, given: &str, allowed: &[&str], known: &str) -> Diagnostic {
    match closest_match(given, allowed.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None if allowed.is_empty() => diagnostic,
        None => diagnostic.help(format!("{known} {}", allowed.join(", "))),
    }
}

/// What serde calls its types, as TOML calls them.
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

/// The texts in back quotes.
fn quoted(message: &str) -> impl Iterator<Item = &str> {
    message.split('`').skip(1).step_by(2)
}
