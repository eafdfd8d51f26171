//! Parsing of TOML with positions, and merging of tables.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Diagnostic, KeyPath, KeySegment, closest_match};

/// Help for an entry of `without` that is not a section.
const SECTION_PATH_HELP: &str = "write `kind.name` of a section, for example `waf.edge`";

/// A TOML text, padded to its offset in the source map so that its spans are absolute.
pub(super) struct PositionedText {
    text: String,
    /// The bytes of an unquoted value, which replaces a placeholder.
    word: Option<Range<usize>>,
    value: String,
}

impl PositionedText {
    /// A stack file, which is first in the source map.
    pub(super) fn file(text: &str) -> Self {
        Self::at(0, text)
    }

    /// A `--set` argument: `key=value`. A value that is not TOML is a string.
    pub(super) fn argument(argument: &str, offset: usize) -> Result<Self, Diagnostic> {
        let whole = offset..offset + argument.len();
        let (key, value) = argument.split_once('=').unwrap_or((argument, ""));
        if value.trim().is_empty() {
            return Err(
                Diagnostic::error(format!("`--set {argument}` has no value"))
                    .at(whole)
                    .help(format!("write `--set {key}=…`; `\"\"` is the empty string")),
            );
        }
        if key.trim().is_empty() {
            return Err(Diagnostic::error(format!("`--set {argument}` has no key"))
                .at(whole)
                .help("write `--set key=value`, such as `--set state.backend=local`"));
        }
        let padded = Self::at(offset, argument);
        let structured = value.trim_start().starts_with(['"', '\'', '[', '{']);
        if structured || padded.parse().is_ok() {
            return Ok(padded);
        }
        Ok(Self {
            word: Some(offset + key.len() + 1..offset + argument.len()),
            value: value.to_owned(),
            ..Self::at(offset, &format!("{key}=0"))
        })
    }

    /// Parses the text as a table.
    pub(super) fn parse(&self) -> Result<DeTable<'_>, Diagnostic> {
        let mut table = DeTable::parse(&self.text)
            .map(Spanned::into_inner)
            .map_err(|error| {
                let diagnostic = Diagnostic::error(error.message().to_owned());
                match error.span() {
                    Some(span) => diagnostic.at(span),
                    None => diagnostic,
                }
            })?;
        if let Some(word) = &self.word {
            let value = DeValue::String(self.value.as_str().into());
            replace_leaf(&mut table, &Spanned::new(word.clone(), value));
        }
        Ok(table)
    }

    fn at(offset: usize, text: &str) -> Self {
        Self {
            text: " ".repeat(offset) + text,
            word: None,
            value: String::new(),
        }
    }
}

/// Merges `over` into `base`: tables are merged, all other values are replaced.
pub(super) fn merge<'i>(base: &mut DeTable<'i>, over: DeTable<'i>) {
    for (key, value) in over {
        let span = value.span();
        let existing = base.get_mut(key.get_ref().as_ref()).map(Spanned::get_mut);
        match (existing, value.into_inner()) {
            (Some(DeValue::Table(base)), DeValue::Table(over)) => merge(base, over),
            (_, value) => {
                base.remove(key.get_ref().as_ref());
                base.insert(key, Spanned::new(span, value));
            }
        }
    }
}

/// Removes the section at `path`, such as `waf.edge`. Fails if it does not exist. `at` is the path's entry in `without`.
pub(super) fn remove(base: &mut DeTable<'_>, path: &str, at: &KeyPath) -> Result<(), Diagnostic> {
    let mut table = base;
    let mut steps = path.split('.').peekable();
    while let Some(step) = steps.next() {
        if !table.contains_key(step) {
            let missing =
                Diagnostic::error(format!("`without` contains `{path}`, which does not exist"))
                    .at(at);
            let near = closest_match(step, table.keys().map(|key| key.get_ref().as_ref()));
            return Err(match near {
                Some(near) => {
                    missing.help(format!("did you mean `{}`?", with_step(path, step, near)))
                }
                None => missing.help(SECTION_PATH_HELP),
            });
        }
        if steps.peek().is_none() {
            table.remove(step);
            return Ok(());
        }
        match table.get_mut(step).map(Spanned::get_mut) {
            Some(DeValue::Table(inner)) => table = inner,
            _ => {
                return Err(Diagnostic::error(format!(
                    "`without` contains `{path}`, but `{step}` is not a table"
                ))
                .at(at)
                .help(SECTION_PATH_HELP));
            }
        }
    }
    Ok(())
}

/// Removes the table at `route` from its parent and returns it.
pub(super) fn take<'i>(base: &mut DeTable<'i>, route: &[&str]) -> Option<DeTable<'i>> {
    let (last, parents) = route.split_last()?;
    let mut table = base;
    for step in parents {
        match table.get_mut(*step)?.get_mut() {
            DeValue::Table(inner) => table = inner,
            _ => return None,
        }
    }
    if !matches!(table.get(*last)?.get_ref(), DeValue::Table(_)) {
        return None;
    }
    match table.remove(*last)?.into_inner() {
        DeValue::Table(inner) => Some(inner),
        _ => None,
    }
}

/// Returns the strings of the array at `route`, with their key paths.
pub(super) fn texts(base: &DeTable<'_>, route: &[&str]) -> Vec<(String, KeyPath)> {
    let Some((first, rest)) = route.split_first() else {
        return Vec::new();
    };
    let value = rest
        .iter()
        .try_fold(base.get(*first), |value, step| {
            let DeValue::Table(table) = value?.get_ref() else {
                return None;
            };
            Some(table.get(*step))
        })
        .flatten();
    let Some(DeValue::Array(items)) = value.map(Spanned::get_ref) else {
        return Vec::new();
    };
    let whole: KeyPath = route
        .iter()
        .map(|key| KeySegment::Key((*key).to_owned()))
        .collect();
    items
        .iter()
        .enumerate()
        .filter_map(|(index, item)| {
            let text = item.get_ref().as_str()?;
            Some((text.to_owned(), whole.index(index)))
        })
        .collect()
}

fn replace_leaf<'i>(table: &mut DeTable<'i>, leaf: &Spanned<DeValue<'i>>) {
    for (_, value) in table.iter_mut() {
        match value.get_mut() {
            DeValue::Table(inner) => replace_leaf(inner, leaf),
            _ => *value = leaf.clone(),
        }
    }
}

/// Returns `path` with one of its segments replaced.
fn with_step(path: &str, wrong: &str, right: &str) -> String {
    path.split('.')
        .map(|step| if step == wrong { right } else { step })
        .collect::<Vec<_>>()
        .join(".")
}
