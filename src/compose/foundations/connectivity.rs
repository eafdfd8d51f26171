//! Resources that must exist before code in a network reaches databases outside it.
//!
//! AWS creates a service and its routes in parallel. Tasks whose health check connects to the datacenter would fail until the
//! routes exist, and the first deployment has no version to return to.

use std::collections::BTreeMap;

use crate::config::{Network as NetworkConfig, Ref};
use crate::newtypes::Key;
use crate::terraform::tree::NodeId;

/// Routes, resolver rules and security group rules, by network.
#[derive(Debug, Default)]
pub(crate) struct Connectivity {
    by_network: BTreeMap<Key, Vec<NodeId>>,
}

impl Connectivity {
    /// The resources that code in `network` waits for.
    pub(crate) fn of(&self, network: &Key) -> Vec<NodeId> {
        let found = self.by_network.get(network);
        found.cloned().unwrap_or_default()
    }

    /// Adds resources that code in `network` waits for.
    pub(crate) fn extend(
        &mut self,
        network: &Ref<NetworkConfig>,
        nodes: impl IntoIterator<Item = NodeId>,
    ) {
        let found = self.by_network.entry(network.name().clone());
        found.or_default().extend(nodes);
    }
}
