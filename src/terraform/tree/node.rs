//! Nodes: elements at their places in a tree.

use super::kind::Mode;
use super::meta::Meta;
use super::node_id::NodeId;
use super::provider::ProviderId;
use super::scope_data::ScopeId;
use super::term::Object;

/// An element of a tree: a resource, a data source or an ephemeral resource.
#[derive(Clone, Debug)]
pub struct Node {
    pub(super) node_id: NodeId,
    pub(super) scope: ScopeId,
    pub(super) id: String,
    pub(super) logical_id: String,
    pub(super) mode: Mode,
    pub(super) type_name: &'static str,
    pub(super) provider: Option<ProviderId>,
    pub(super) arguments: Object,
    pub(super) meta: Meta,
}

impl Node {
    /// Its id, which references hold.
    pub fn node_id(&self) -> NodeId {
        self.node_id
    }

    /// Its mode in Terraform.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The Terraform name of its type: `aws_rds_cluster`.
    pub fn type_name(&self) -> &'static str {
        self.type_name
    }

    /// The name in its Terraform address: cdktf's logical id of its path.
    pub fn logical_id(&self) -> &str {
        &self.logical_id
    }

    /// Its Terraform address: `aws_rds_cluster.x`, `data.aws_vpc.x`, `ephemeral.….x`.
    pub fn address(&self) -> String {
        let (type_name, logical_id) = (self.type_name, &self.logical_id);
        match self.mode {
            Mode::Managed => format!("{type_name}.{logical_id}"),
            Mode::Data => format!("data.{type_name}.{logical_id}"),
            Mode::Ephemeral => format!("ephemeral.{type_name}.{logical_id}"),
        }
    }

    /// Its provider configuration. `None` for types built into Terraform.
    pub fn provider(&self) -> Option<ProviderId> {
        self.provider
    }

    /// The arguments that were set.
    pub fn arguments(&self) -> &Object {
        &self.arguments
    }

    /// Its meta-arguments: `depends_on` and `lifecycle`.
    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// Calls `visit` for each node that it depends on.
    pub fn references(&self, visit: &mut dyn FnMut(NodeId)) {
        for (_, term) in self.arguments.iter() {
            term.references(visit);
        }
        self.meta.references(visit);
    }
}
