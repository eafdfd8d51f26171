//! Configurations of the `aws` provider, one for each region.

/// The id of a provider configuration in one tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProviderId(pub(super) usize);

/// A configuration of the `aws` provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// `None` for the default configuration, that of the first region.
    pub(super) alias: Option<String>,
    pub(super) region: String,
}

impl Provider {
    /// The alias. The default configuration has none.
    pub fn alias(&self) -> Option<&str> {
        self.alias.as_deref()
    }

    /// The AWS region: `us-east-1`.
    pub fn region(&self) -> &str {
        &self.region
    }
}
