//! What the commands that read a tree read: a stack file, loaded and composed.

use paymig::compose::{self, System};
use paymig::config::{self, LoadedStack, Selection, StackSource};
use paymig::diagnostic::Diagnostics;
use paymig::newtypes::EnvironmentName;

/// A composed system with the decisions behind it.
#[derive(Debug)]
pub(super) struct Composed {
    pub(super) loaded: LoadedStack,
    pub(super) system: System,
}

impl Composed {
    /// Loads and composes what is selected of a stack file.
    pub(super) fn new(source: &StackSource, selection: &Selection) -> Result<Self, Diagnostics> {
        let loaded = config::load(source, selection)?;
        let system = compose::compose(&loaded)?;
        Ok(Self { loaded, system })
    }

    /// The name that cdktf knows it by.
    pub(super) fn id(&self) -> String {
        stack_id(&self.loaded, &self.loaded.environment())
    }

    /// What the reader should know.
    pub(super) fn warnings(&self) -> Diagnostics {
        self.loaded.diagnostics(self.system.warnings.clone())
    }
}

/// The name that cdktf knows an environment of a stack by.
pub(super) fn stack_id(loaded: &LoadedStack, environment: &EnvironmentName) -> String {
    format!("{}-{environment}", loaded.stack.stack)
}
