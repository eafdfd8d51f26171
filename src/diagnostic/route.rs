//! A place in a stack file, as the keys that lead to it.

use std::fmt;
use std::ops::Range;

/// One step of a [`Route`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A key of a table.
    Key(String),
    /// A position in an array, from 0.
    Index(usize),
}

/// The keys from the root of a stack file to a value: `network.production.zones`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Route(Vec<Step>);

impl Route {
    /// The whole file.
    pub fn root() -> Self {
        Self::default()
    }

    /// The value under `key`.
    #[must_use]
    pub fn key(&self, key: impl Into<String>) -> Self {
        self.step(Step::Key(key.into()))
    }

    /// The value at `index`, from 0.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.step(Step::Index(index))
    }

    /// The steps, from the root.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    fn step(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }
}

/// What a diagnostic points at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A value of the stack file, by its keys.
    Route(Route),
    /// Bytes of the [`Document`](super::Document).
    Bytes(Range<usize>),
}

impl From<&Route> for Place {
    fn from(route: &Route) -> Self {
        Self::Route(route.clone())
    }
}

impl From<Route> for Place {
    fn from(route: Route) -> Self {
        Self::Route(route)
    }
}

impl From<Range<usize>> for Place {
    fn from(bytes: Range<usize>) -> Self {
        Self::Bytes(bytes)
    }
}

impl FromIterator<Step> for Route {
    fn from_iter<I: IntoIterator<Item = Step>>(steps: I) -> Self {
        Self(steps.into_iter().collect())
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if position == 0 => f.write_str(key)?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
