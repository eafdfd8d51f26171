//! Routing of VPNs, new and existing ones.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Routing of a VPN.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum VpnRouting {
    /// Dynamic routing by BGP.
    #[default]
    Bgp,
    /// Static routes to the datacenter's CIDR blocks.
    Static,
}
