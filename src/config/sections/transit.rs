//! Transit gateways between networks and on-premises.

use std::net::Ipv4Addr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ExistingVpc, ExistingVpn, Network, Ref, VpnRouting, section};
use crate::newtypes::{Cidr, DomainName, Key};

/// A transit gateway in the region of its networks.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Transit {
    /// Its networks, all in one region. It attaches to the tier `transit`, or else `private`.
    pub networks: Vec<Ref<Network>>,
    /// Existing VPCs attached to it.
    #[serde(default)]
    pub existing: Vec<Ref<ExistingVpc>>,
    /// Transit gateways of other regions that it peers with. List a peering on one side only.
    #[serde(default)]
    pub peers: Vec<Ref<Self>>,
    /// Its private autonomous system number, distinct among peers. Default: 64512.
    #[serde(default = "amazon_asn")]
    pub asn: u32,
    /// The datacenter that it connects to.
    pub on_premises: Option<OnPremises>,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(Transit, "transit");

/// A datacenter that a transit gateway connects to.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OnPremises {
    /// Its CIDR blocks. They must not overlap a network.
    pub cidrs: Vec<Cidr>,
    /// Its DNS domain, which its name servers resolve.
    pub domain: DomainName,
    /// The addresses of its name servers.
    pub name_servers: Vec<Ipv4Addr>,
    /// The connection.
    pub via: Connection,
}

/// Connection to a datacenter.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Connection {
    /// A site-to-site VPN that the stack creates.
    Vpn(Vpn),
    /// An existing VPN, with its transit gateway instead of a new one.
    Existing(Ref<ExistingVpn>),
}

/// A Site-to-Site VPN with two tunnels, IKEv2 and AES-256-GCM. Its pre-shared keys are stored in Secrets Manager.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Vpn {
    /// The public address of the customer gateway.
    pub gateway: Ipv4Addr,
    /// The autonomous system number of the customer gateway. Default: 65000.
    #[serde(default = "customer_asn")]
    pub asn: u32,
    /// Routing: `bgp` or `static`. Default: `bgp`.
    #[serde(default)]
    pub routing: VpnRouting,
}

fn amazon_asn() -> u32 {
    64512
}

fn customer_asn() -> u32 {
    65000
}
