//! One prerequisite of a stack.

/// A resource that must exist before a stack can be planned, or a quota that one environment uses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Prerequisite {
    /// Its kind: `hosted zone`, `secret`.
    pub kind: &'static str,
    /// The name or tag of the lookup.
    pub name: String,
    /// Its region, if it has one.
    pub region: Option<&'static str>,
}
