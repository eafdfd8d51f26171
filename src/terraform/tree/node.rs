//! What a tree is made of: resources, data sources and ephemeral resources, each at its place.

use super::meta::Meta;
use super::provider::ProviderId;
use super::scope::ScopeId;
use super::term::Object;

/// Names a node of one tree. It cannot dangle: only adding an element to a tree makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    pub(super) tree: TreeId,
    pub(super) index: u32,
}

impl NodeId {
    /// The node that an expression stands in; only attributes can be read of it.
    pub(super) const SELF: Self = Self {
        tree: TreeId(u32::MAX),
        index: u32::MAX,
    };
}

/// Tells the trees of one process apart. It is never written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct TreeId(pub(super) u32);

/// What Terraform does with an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// It looks something up.
    Data,
    /// It opens something for the length of a run.
    Ephemeral,
    /// It creates, updates and destroys.
    Managed,
}

/// One element of a tree.
#[derive(Clone, Debug)]
pub struct Node {
    pub(super) own: NodeId,
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
    /// What references name it by.
    pub fn node_id(&self) -> NodeId {
        self.own
    }

    /// What Terraform does with it.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Terraform's name of its type: `aws_rds_cluster`.
    pub fn type_name(&self) -> &'static str {
        self.type_name
    }

    /// The name in its Terraform address: the cdktf logical id of its path.
    pub fn logical_id(&self) -> &str {
        &self.logical_id
    }

    /// Terraform's address: `aws_rds_cluster.x`, `data.aws_vpc.x`, `ephemeral.….x`.
    pub fn address(&self) -> String {
        let (type_name, logical_id) = (self.type_name, &self.logical_id);
        match self.mode {
            Mode::Managed => format!("{type_name}.{logical_id}"),
            Mode::Data => format!("data.{type_name}.{logical_id}"),
            Mode::Ephemeral => format!("ephemeral.{type_name}.{logical_id}"),
        }
    }

    /// The provider configuration it uses; `None` for types built into Terraform.
    pub fn provider(&self) -> Option<ProviderId> {
        self.provider
    }

    /// The arguments that were set.
    pub fn arguments(&self) -> &Object {
        &self.arguments
    }

    /// `depends_on`, `lifecycle` and the like.
    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// Calls `visit` for every node that this one waits for.
    pub fn references(&self, visit: &mut dyn FnMut(NodeId)) {
        for (_, term) in self.arguments.iter() {
            term.references(visit);
        }
        self.meta.references(visit);
    }
}
