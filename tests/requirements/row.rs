//! Requirements, each with what proves it.

use paymig::config::Phase;

use crate::case::{Case, Verdict};
use crate::mutation::Mutation;

/// What one stack was asked for.
pub(crate) struct Seed {
    /// The number that the ids of its rows begin with.
    pub(crate) number: &'static str,
    pub(crate) stack: &'static str,
    pub(crate) subjects: Vec<Subject>,
}

/// Requirements that belong together.
pub(crate) struct Subject {
    pub(crate) title: &'static str,
    pub(crate) rows: Vec<Row>,
}

/// One requirement, in our words.
pub(crate) struct Row {
    pub(crate) id: &'static str,
    pub(crate) says: &'static str,
    pub(crate) proofs: Vec<Proof>,
}

/// What shows that a requirement is met, or says why nothing does.
pub(crate) enum Proof {
    Query(Query),
    /// A test that stands in a file of its own: `fn name` or `def name`.
    Test {
        file: &'static str,
        name: &'static str,
    },
    /// The row that says the same and proves it.
    See(&'static str),
    /// Why it is met in another way than it was asked for.
    Departure(&'static str),
    /// What is missing until it can be proven.
    Open(&'static str),
}

/// A question to every tree, and the faults that it has to find.
pub(crate) struct Query {
    pub(crate) name: &'static str,
    pub(crate) ask: fn(Case<'_>) -> Verdict,
    pub(crate) phases: &'static [Phase],
    pub(crate) mutations: Vec<Mutation>,
}

/// While both systems run.
pub(crate) const MIGRATING: &[Phase] = &[Phase::Migration];
/// While requests may be on AWS.
pub(crate) const SERVING: &[Phase] = &[Phase::Migration, Phase::Production];

/// A query with the path of its function: the name cannot be of one that is not there.
macro_rules! query {
    ($ask:path, [$($mutation:expr),* $(,)?]) => {
        $crate::row::query!($ask, &paymig::config::Phase::ALL, [$($mutation),*])
    };
    ($ask:path, $phases:expr, [$($mutation:expr),* $(,)?]) => {
        $crate::row::Query {
            name: stringify!($ask),
            ask: $ask,
            phases: $phases,
            mutations: vec![$($mutation),*],
        }
    };
}
pub(crate) use query;

impl Row {
    pub(crate) fn new(id: &'static str, says: &'static str) -> Self {
        Self {
            id,
            says,
            proofs: Vec::new(),
        }
    }

    pub(crate) fn holds(self, query: Query) -> Self {
        self.with(Proof::Query(query))
    }

    pub(crate) fn tested(self, file: &'static str, name: &'static str) -> Self {
        self.with(Proof::Test { file, name })
    }

    pub(crate) fn see(self, id: &'static str) -> Self {
        self.with(Proof::See(id))
    }

    pub(crate) fn departs(self, why: &'static str) -> Self {
        self.with(Proof::Departure(why))
    }

    pub(crate) fn open(self, missing: &'static str) -> Self {
        self.with(Proof::Open(missing))
    }

    fn with(mut self, proof: Proof) -> Self {
        self.proofs.push(proof);
        self
    }
}
