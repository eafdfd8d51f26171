//! A stack file, loaded and composed.

use paymig::compose::{self, System};
use paymig::config::{self, LoadedStack, Selection, StackSource};
use paymig::diagnostic::Diagnostics;
use paymig::newtypes::EnvironmentName;

/// A composed environment, and the stack it was composed from.
#[derive(Debug)]
pub(super) struct Composed {
    pub(super) loaded: LoadedStack,
    pub(super) system: System,
}

impl Composed {
    /// Loads and composes the selected environment of a stack file.
    pub(super) fn new(source: &StackSource, selection: &Selection) -> Result<Self, Diagnostics> {
        let loaded = config::load(source, selection)?;
        let system = compose::compose(&loaded)?;
        Ok(Self { loaded, system })
    }

    /// The name of the stack in cdktf.
    pub(super) fn id(&self) -> String {
        stack_id(&self.loaded, &self.loaded.environment())
    }

    /// The warnings.
    pub(super) fn warnings(&self) -> Diagnostics {
        self.loaded.diagnostics(self.system.warnings.clone())
    }
}

/// The name of an environment in cdktf.
pub(super) fn stack_id(loaded: &LoadedStack, environment: &EnvironmentName) -> String {
    format!("{}-{environment}", loaded.stack.stack)
}
