//! Loading: the text of a stack file becomes a validated [`Stack`].

mod overlay;
mod references;
mod schema;
mod selection;
mod serde_errors;
mod source;
mod supernet;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;
use toml::de::DeTable;

use self::overlay::PositionedText;
use super::rules;
use super::sections::Stack;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, SourceMap};
use crate::newtypes::EnvironmentName;

pub use schema::schema;
pub use selection::{LoadedStack, Selected, Selection, TargetEnvironment};
pub use source::{DEFAULT, EMBEDDED, StackSource};

/// Loads a stack file for one environment.
///
/// Fails with all errors of the rules, or with the first error that prevents typed values.
pub fn load(source: &StackSource, selection: &Selection) -> Result<LoadedStack, Diagnostics> {
    let reader = Reader::new(source, &selection.set)?;
    let environment = (!selection.environment.is_bootstrap()).then_some(&selection.environment);
    let (stack, source_map, warnings) = reader.stack(environment)?;
    match selection::select(&stack, selection) {
        Ok(selected) => Ok(LoadedStack {
            stack,
            suffix: selection.suffix.clone(),
            selected,
            warnings,
            source_map,
        }),
        Err(diagnostic) => Err(Diagnostics::new(source_map, vec![diagnostic])),
    }
}

/// A stack file, loaded for each of its environments.
#[derive(Clone, Debug)]
pub struct AllEnvironments {
    /// The stack without an overlay.
    pub stack: Stack,
    /// The stack with the overlay of each environment.
    pub environments: BTreeMap<EnvironmentName, Stack>,
}

/// Loads a stack file for each of its environments.
///
/// Fails like [`load`], for the first environment with an error.
pub fn load_all(source: &StackSource, set: &[String]) -> Result<AllEnvironments, Diagnostics> {
    let reader = Reader::new(source, set)?;
    let (stack, _, _) = reader.stack(None)?;
    let environments = stack
        .environments
        .keys()
        .map(|name| Ok((name.clone(), reader.stack(Some(name))?.0)))
        .collect::<Result<_, Diagnostics>>()?;
    Ok(AllEnvironments {
        stack,
        environments,
    })
}

/// The texts of a stack file and its `--set` arguments, ready to be parsed for any environment.
struct Reader {
    source_map: SourceMap,
    file: PositionedText,
    arguments: Vec<PositionedText>,
}

impl Reader {
    fn new(source: &StackSource, set: &[String]) -> Result<Self, Diagnostics> {
        let mut source_map = SourceMap::default();
        source_map.push(source.name(), source.text());
        let offsets: Vec<usize> = set
            .iter()
            .map(|argument| source_map.push("--set", argument))
            .collect();
        let arguments = set
            .iter()
            .zip(offsets)
            .map(|(argument, offset)| PositionedText::argument(argument, offset))
            .collect::<Result<_, _>>();
        match arguments {
            Ok(arguments) => Ok(Self {
                source_map,
                file: PositionedText::file(source.text()),
                arguments,
            }),
            Err(diagnostic) => Err(Diagnostics::new(Arc::new(source_map), vec![diagnostic])),
        }
    }

    fn stack(
        &self,
        environment: Option<&EnvironmentName>,
    ) -> Result<(Stack, Arc<SourceMap>, Vec<Diagnostic>), Diagnostics> {
        let mut source_map = self.source_map.clone();
        match self.typed(environment, &mut source_map) {
            Ok((stack, warnings)) => Ok((stack, Arc::new(source_map), warnings)),
            Err(list) => Err(Diagnostics::new(Arc::new(source_map), list)),
        }
    }

    fn typed(
        &self,
        environment: Option<&EnvironmentName>,
        source_map: &mut SourceMap,
    ) -> Result<(Stack, Vec<Diagnostic>), Vec<Diagnostic>> {
        let table = self.merged(environment, source_map).map_err(|d| vec![d])?;
        let base = source_map.clone();
        source_map.locate(&table);
        let typed = toml::de::Deserializer::from(Spanned::new(0..0, table));
        let mut track = serde_path_to_error::Track::new();
        let mut stack = Stack::deserialize(serde_path_to_error::Deserializer::new(
            typed, &mut track,
        ))
        .map_err(|error| {
            vec![serde_errors::diagnostic_of(
                &track.path(),
                &error,
                source_map,
                &base,
            )]
        })?;
        if let Some(environment) = environment {
            supernet::apply(&mut stack, environment).map_err(|wrong| vec![wrong])?;
        }
        let mut found = Vec::new();
        references::check(&stack, &mut found);
        // The rules resolve references.
        if found.is_empty() {
            rules::check(&stack, environment, &mut found);
        }
        if found.iter().any(|d| d.severity == Severity::Error) {
            Err(found)
        } else {
            Ok((stack, found))
        }
    }

    /// Merges the environment's overlay and the `--set` arguments into the file.
    fn merged(
        &self,
        environment: Option<&EnvironmentName>,
        source_map: &mut SourceMap,
    ) -> Result<DeTable<'_>, Diagnostic> {
        let mut table = self.file.parse()?;
        // Arguments are merged twice: they can change an overlay, and they override it.
        self.merge_arguments(&mut table)?;
        source_map.locate(&table);
        if let Some(name) = environment {
            let name = name.as_str();
            for (path, at) in overlay::texts(&table, &["environments", name, "without"]) {
                overlay::remove(&mut table, &path, &at)?;
            }
            if let Some(over) = overlay::take(&mut table, &["environments", name, "with"]) {
                reject_reserved_keys(&over)?;
                overlay::merge(&mut table, over);
            }
            self.merge_arguments(&mut table)?;
        }
        Ok(table)
    }

    fn merge_arguments<'i>(&'i self, table: &mut DeTable<'i>) -> Result<(), Diagnostic> {
        self.arguments
            .iter()
            .try_for_each(|argument| argument.parse().map(|over| overlay::merge(table, over)))
    }
}

/// Rejects keys that an overlay cannot change: the stack's identity and its environments.
fn reject_reserved_keys(over: &DeTable<'_>) -> Result<(), Diagnostic> {
    for (key, _) in over {
        let key_name: &str = key.get_ref().as_ref();
        let message = match key_name {
            "environments" => "`with` contains `environments`, but environments do not nest",
            "stack" => "`with` contains `stack`, but a stack has one name in all environments",
            _ => continue,
        };
        return Err(Diagnostic::error(message)
            .at(key.span())
            .help(format!("move `{key_name}` to the top level")));
    }
    Ok(())
}
