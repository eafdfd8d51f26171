//! Kinds of elements: resource types, data sources and ephemeral resource types.

/// A resource type, a data source or an ephemeral resource type.
pub trait Kind {
    /// Its mode in Terraform.
    const MODE: Mode;
    /// Its name in Terraform: `aws_vpc`.
    const TYPE: &'static str;
    /// Whether it has a provider configuration. The types built into Terraform have none.
    const USES_PROVIDER: bool;
}

/// A kind that Terraform creates, updates and destroys.
pub trait Managed: Kind {}

/// The mode of an element in Terraform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// A data source: Terraform reads it.
    Data,
    /// An ephemeral resource: Terraform opens it for the length of a run.
    Ephemeral,
    /// A managed resource: Terraform creates, updates and destroys it.
    Managed,
}
