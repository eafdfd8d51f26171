//! Cases and conditions of queries: typed elements of one tree, and their references.
//!
//! ```ignore
//! fn databases_are_encrypted(case: Case<'_>) -> Verdict {
//!     case.every::<aws::RdsCluster>()
//!         .must("be encrypted", |cluster| cluster.storage_encrypted().is(true))
//!         .verdict()
//! }
//! ```

use std::ops::Deref;

use paymig::config::Phase;
use paymig::newtypes::Percent;
use paymig::terraform::tree::{Kind, Node, NodeId, Number, Read, Tree, View};

use crate::deployments::SUFFIX;

/// One environment of a stack at one stage of its migration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case<'t> {
    pub(crate) tree: &'t Tree,
    pub(crate) environment: &'t str,
    /// `None` for `bootstrap`, which is in no migration.
    pub(crate) phase: Option<Phase>,
    /// The traffic step, in phase `migration` and if Terraform shifts the traffic.
    pub(crate) traffic: Option<Percent>,
}

/// An element of the tree.
#[derive(Debug)]
pub(crate) struct Item<'t, K> {
    pub(crate) case: Case<'t>,
    pub(crate) node: &'t Node,
    view: View<'t, K>,
}

/// Elements of a kind, and their faults.
#[derive(Debug)]
#[must_use]
pub(crate) struct Group<'t, K> {
    items: Vec<Item<'t, K>>,
    faults: Vec<String>,
}

/// The faults that a query found.
#[derive(Debug)]
#[must_use]
pub(crate) struct Verdict {
    faults: Vec<String>,
}

impl<'t> Case<'t> {
    /// Every element of kind `K`. Their absence is a fault.
    pub(crate) fn every<K: Kind>(self) -> Group<'t, K> {
        let mut group = Group {
            items: self.items(),
            faults: Vec::new(),
        };
        group.require_any("");
        group
    }

    /// The elements of kind `K`, of which a tree may have none.
    pub(crate) fn any<K: Kind>(self) -> Group<'t, K> {
        Group {
            items: self.items(),
            faults: Vec::new(),
        }
    }

    /// The elements of kind `K`, if there are any.
    pub(crate) fn items<K: Kind>(self) -> Vec<Item<'t, K>> {
        let nodes = self.tree.nodes().iter();
        nodes.filter_map(|node| Item::of(self, node)).collect()
    }

    /// The percentage of requests that the new side receives at this stage, as far as Terraform sets it.
    pub(crate) fn new_side_percent(self) -> Option<i64> {
        match self.phase? {
            Phase::Legacy => Some(0),
            // A workflow shifts the traffic from the initial weight.
            Phase::Migration => Some(self.traffic.map_or(0, |percent| i64::from(percent.get()))),
            Phase::Production => Some(100),
        }
    }

    /// The suffix of this environment.
    pub(crate) fn suffix() -> &'static str {
        SUFFIX
    }
}

impl<'t, K: Kind> Item<'t, K> {
    fn of(case: Case<'t>, node: &'t Node) -> Option<Self> {
        View::of(node).map(|view| Self { case, node, view })
    }

    /// Its construct path: `network/production/vpc`.
    pub(crate) fn path(&self) -> String {
        self.case.tree.path(self.node)
    }

    /// Its region.
    pub(crate) fn region(&self) -> &'t str {
        self.case.tree.region(self.node)
    }

    /// Whether Terraform makes it after `other`, because it says so.
    pub(crate) fn depends_on<T>(&self, other: &Item<'t, T>) -> bool {
        self.node
            .meta()
            .depends_on()
            .contains(&other.node.node_id())
    }

    /// The elements of kind `T` that its argument refers to.
    pub(crate) fn to<T: Kind, V>(&self, argument: Option<Read<'t, V>>) -> Vec<Item<'t, T>> {
        let mut nodes: Vec<NodeId> = Vec::new();
        if let Some(argument) = argument {
            argument.term().references(&mut |id| nodes.push(id));
        }
        nodes.dedup();
        let nodes = nodes.into_iter().filter_map(|id| self.case.tree.node(id));
        nodes.filter_map(|node| Item::of(self.case, node)).collect()
    }

    /// The elements of kind `T` whose `argument` refers to it.
    pub(crate) fn from<T: Kind, V>(
        &self,
        argument: impl Fn(&View<'t, T>) -> Option<Read<'t, V>>,
    ) -> Vec<Item<'t, T>> {
        let mut items = self.case.items::<T>();
        items.retain(|item| argument(item).is_some_and(|read| read.refers_to(self.node.node_id())));
        items
    }

    /// Whether its argument refers to an element of kind `T` in its own region.
    pub(crate) fn uses_own<T: Kind, V>(&self, argument: Option<Read<'t, V>>) -> bool {
        let used = self.to::<T, V>(argument);
        !used.is_empty() && used.iter().all(|other| other.region() == self.region())
    }
}

impl<'t, K> Deref for Item<'t, K> {
    type Target = View<'t, K>;

    fn deref(&self) -> &Self::Target {
        &self.view
    }
}

impl<'t, K: Kind> Group<'t, K> {
    /// Keeps the elements for which `which` holds. Their absence is a fault.
    pub(crate) fn that(mut self, what: &str, which: impl Fn(&Item<'t, K>) -> bool) -> Self {
        self.items.retain(which);
        self.require_any(what);
        self
    }

    /// Requires a condition of each element.
    pub(crate) fn must(mut self, what: &str, holds: impl Fn(&Item<'t, K>) -> bool) -> Self {
        let failing = self.items.iter().filter(|item| !holds(item));
        let faults = failing.map(|item| format!("{} must {what}", item.path()));
        self.faults.extend(faults);
        self
    }

    /// Requires a condition of at least one element.
    pub(crate) fn some(mut self, what: &str, holds: impl Fn(&Item<'t, K>) -> bool) -> Self {
        if !self.items.iter().any(holds) {
            self.faults.push(format!("no {} {what}", K::TYPE));
        }
        self
    }

    /// Requires a minimum number of elements.
    pub(crate) fn at_least(mut self, number: usize) -> Self {
        let found = self.items.len();
        if found < number {
            self.faults
                .push(format!("{found} of {}, not {number} or more", K::TYPE));
        }
        self
    }

    /// Requires a number of elements.
    pub(crate) fn exactly(mut self, number: usize) -> Self {
        let found = self.items.len();
        if found != number {
            self.faults
                .push(format!("{found} of {}, not {number}", K::TYPE));
        }
        self
    }

    pub(crate) fn verdict(self) -> Verdict {
        Verdict {
            faults: self.faults,
        }
    }

    fn require_any(&mut self, what: &str) {
        if self.items.is_empty() {
            self.faults.push(format!("there is no {} {what}", K::TYPE));
        }
    }
}

impl Verdict {
    /// The verdict of one condition on the tree.
    pub(crate) fn of(holds: bool, otherwise: impl Into<String>) -> Self {
        let faults = if holds {
            vec![]
        } else {
            vec![otherwise.into()]
        };
        Self { faults }
    }

    /// Joins the faults of both.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.faults.extend(other.faults);
        self
    }

    /// The faults.
    pub(crate) fn faults(&self) -> &[String] {
        &self.faults
    }
}

/// Literal of an argument; unknown if it is not set, or if Terraform computes it.
pub(crate) trait Known<T> {
    /// Whether it is this literal.
    fn is(&self, expected: T) -> bool;
}

impl Known<bool> for Option<Read<'_, bool>> {
    fn is(&self, expected: bool) -> bool {
        self.as_ref().and_then(Read::<bool>::literal) == Some(expected)
    }
}

impl Known<&str> for Option<Read<'_, String>> {
    fn is(&self, expected: &str) -> bool {
        self.text() == Some(expected)
    }
}

impl Known<i64> for Option<Read<'_, Number>> {
    fn is(&self, expected: i64) -> bool {
        self.number() == Some(expected)
    }
}

/// The literal of a text.
pub(crate) trait Text<'t> {
    /// The text, if it is known.
    fn text(&self) -> Option<&'t str>;
}

impl<'t> Text<'t> for Option<Read<'t, String>> {
    fn text(&self) -> Option<&'t str> {
        self.as_ref().and_then(Read::<String>::literal)
    }
}

/// The literal of a number.
pub(crate) trait Amount {
    /// The number, if it is known.
    fn number(&self) -> Option<i64>;

    /// Whether it is known and at least this.
    fn at_least(&self, least: i64) -> bool {
        self.number().is_some_and(|number| number >= least)
    }
}

impl Amount for Option<Read<'_, Number>> {
    fn number(&self) -> Option<i64> {
        self.as_ref().and_then(Read::<Number>::literal)
    }
}
