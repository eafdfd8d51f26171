//! Requirements, each with its evidence.

use std::fmt::{self, Display, Formatter};

use paymig::config::Phase;

use crate::framework::case::{Case, Verdict};
use crate::framework::mutation::Mutation;

/// The requirements of one stack, or of all.
pub(crate) struct StackRequirements {
    /// The prefix of the requirements' ids.
    pub(crate) number: &'static str,
    pub(crate) coverage: Coverage,
    pub(crate) subjects: Vec<Subject>,
}

/// The stacks that have a requirement.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Coverage {
    Stack(&'static str),
    EveryStack,
}

impl Coverage {
    pub(crate) fn includes(self, stack: &str) -> bool {
        match self {
            Self::Stack(only) => only == stack,
            Self::EveryStack => true,
        }
    }
}

impl Display for Coverage {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stack(stack) => stack,
            Self::EveryStack => "every stack",
        })
    }
}

/// Requirements of one subject.
pub(crate) struct Subject {
    pub(crate) title: &'static str,
    pub(crate) requirements: Vec<Requirement>,
}

/// One requirement.
pub(crate) struct Requirement {
    pub(crate) id: &'static str,
    pub(crate) text: &'static str,
    pub(crate) evidence: Vec<Evidence>,
}

/// Evidence that a requirement is met, or the reason why there is none.
pub(crate) enum Evidence {
    Query(Query),
    /// A test in another file: `fn name` or `def name`. It is neither ignored nor skipped.
    Test {
        file: &'static str,
        name: &'static str,
    },
    /// A section of a document that meets a requirement of documentation.
    Document(&'static str),
    /// The id of a requirement of the same stack with the same evidence.
    SameAs(&'static str),
    /// Why the requirement is met in another way, and the section of a document with the decision:
    /// `docs/deviations.md#files`.
    Deviation {
        section: &'static str,
        reason: &'static str,
    },
    /// What is missing for evidence.
    Open(&'static str),
}

/// A check of every tree, and the faults that it must detect.
pub(crate) struct Query {
    pub(crate) name: &'static str,
    pub(crate) check: fn(Case<'_>) -> Verdict,
    pub(crate) phases: &'static [Phase],
    pub(crate) mutations: Vec<Mutation>,
}

/// The phase in which both systems run.
pub(crate) const MIGRATING: &[Phase] = &[Phase::Migration];
/// The phases in which AWS may serve requests.
pub(crate) const SERVING: &[Phase] = &[Phase::Migration, Phase::Production];

/// The environment `bootstrap`, which is in no phase.
pub(crate) const BOOTSTRAP: &[Phase] = &[];

/// A query whose name is the path of its function, so that the name cannot go stale.
macro_rules! query {
    ($check:path, [$($mutation:expr),* $(,)?]) => {
        $crate::framework::requirement::query!($check, &paymig::config::Phase::ALL, [$($mutation),*])
    };
    ($check:path, $phases:expr, [$($mutation:expr),* $(,)?]) => {
        $crate::framework::requirement::Query {
            name: stringify!($check),
            check: $check,
            phases: $phases,
            mutations: vec![$($mutation),*],
        }
    };
}
pub(crate) use query;

impl StackRequirements {
    /// Every requirement of the stack.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Requirement> {
        let subjects = self.subjects.iter();
        subjects.flat_map(|subject| &subject.requirements)
    }
}

impl Subject {
    pub(crate) fn new(title: &'static str, requirements: Vec<Requirement>) -> Self {
        Self {
            title,
            requirements,
        }
    }
}

impl Requirement {
    pub(crate) fn new(id: &'static str, text: &'static str) -> Self {
        Self {
            id,
            text,
            evidence: Vec::new(),
        }
    }

    pub(crate) fn verified_by(self, query: Query) -> Self {
        self.with_evidence(Evidence::Query(query))
    }

    pub(crate) fn tested(self, file: &'static str, name: &'static str) -> Self {
        self.with_evidence(Evidence::Test { file, name })
    }

    pub(crate) fn documented(self, section: &'static str) -> Self {
        self.with_evidence(Evidence::Document(section))
    }

    pub(crate) fn same_as(self, id: &'static str) -> Self {
        self.with_evidence(Evidence::SameAs(id))
    }

    pub(crate) fn deviates(self, section: &'static str, reason: &'static str) -> Self {
        self.with_evidence(Evidence::Deviation { section, reason })
    }

    pub(crate) fn open(self, missing: &'static str) -> Self {
        self.with_evidence(Evidence::Open(missing))
    }

    fn with_evidence(mut self, evidence: Evidence) -> Self {
        self.evidence.push(evidence);
        self
    }
}
