//! A claim: its kind, its value, and the place in which it exists once.

use crate::diagnostic::KeyPath;
use crate::newtypes::Cidr;
use crate::terraform::tree::{Node, Tree};

/// One claim of an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Its kind.
    pub kind: ClaimKind,
    /// The place in which it exists once: a region, or a resource that the stack looks up.
    pub scope: Scope,
    /// The claimed value.
    pub value: ClaimedValue,
    /// The section that claims it.
    pub key_path: KeyPath,
    /// The construct path of the resource that claims it.
    pub path: String,
}

/// The kind of a [`Claim`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClaimKind {
    /// A name in a hosted zone. Weighted records of two environments under one name would share its requests.
    DnsName,
    /// The validation record of a certificate. ACM computes it from the account and the domain.
    ValidationRecord,
    /// The custom domain of an API, once in a region.
    ApiDomain,
    /// A customer gateway. AWS returns the existing one for an equal request.
    CustomerGateway,
    /// A block that a datacenter routes to one gateway.
    RoutedBlock,
    /// A route in a route table that the stack looks up.
    Route,
    /// A rule of a security group that the stack looks up.
    SecurityGroupRule,
    /// The name of a resource.
    ResourceName,
    /// A setting of the account, once in a region.
    AccountSetting,
}

/// The place in which a claim exists once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Equal for equal places in all environments.
    pub identity: String,
    /// The place in messages: `us-east-1`, `[existing.zone.public]`.
    pub label: String,
}

/// The value of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimedValue {
    /// A text, claimed by an equal text.
    Text(String),
    /// A block, claimed by every block that overlaps it.
    Block(Cidr),
}

impl ClaimedValue {
    /// Whether both cannot exist in one place.
    fn excludes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(one), Self::Text(other)) => one == other,
            (Self::Block(one), Self::Block(other)) => one.overlaps(*other),
            _ => false,
        }
    }
}

impl std::fmt::Display for ClaimedValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Block(block) => block.fmt(f),
        }
    }
}

impl Claim {
    /// Whether both cannot exist.
    pub(super) fn excludes(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.scope.identity == other.scope.identity
            && self.value.excludes(&other.value)
    }

    pub(super) fn new(
        tree: &Tree,
        node: &Node,
        kind: ClaimKind,
        scope: Scope,
        value: ClaimedValue,
    ) -> Self {
        Self {
            kind,
            scope,
            value,
            key_path: tree.key_path(node).clone(),
            path: tree.path(node),
        }
    }
}

impl Scope {
    /// A place whose identity is its label.
    pub(super) fn named(label: String) -> Self {
        Self {
            identity: label.clone(),
            label,
        }
    }

    /// The region of `node`.
    pub(super) fn region_of(tree: &Tree, node: &Node) -> Self {
        Self::named(tree.region(node).to_owned())
    }
}
