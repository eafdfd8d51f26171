//! Transit gateways: what connects networks with each other and with on-premises.

use std::net::Ipv4Addr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ExistingVpc, ExistingVpn, Network, Ref, section};
use crate::newtypes::{Cidr, DomainName, Key};

/// A transit gateway in the region of its networks.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Transit {
    /// The networks attached to it, all in one region, by their tier `transit` or else `private`.
    pub networks: Vec<Ref<Network>>,
    /// Existing VPCs attached to it.
    #[serde(default)]
    pub existing: Vec<Ref<ExistingVpc>>,
    /// Transit gateways of other regions that it peers with; named on one side only.
    #[serde(default)]
    pub peers: Vec<Ref<Self>>,
    /// Its private autonomous system number, distinct among peers. Default: 64512.
    #[serde(default = "amazon_asn")]
    pub asn: u32,
    /// The datacenter it reaches.
    pub on_premises: Option<OnPremises>,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(Transit, "transit");

/// A datacenter behind a transit gateway.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OnPremises {
    /// Its blocks, disjoint from every network.
    pub cidrs: Vec<Cidr>,
    /// The domain its names are in, resolved by its own name servers.
    pub domain: DomainName,
    /// The addresses of its name servers.
    pub name_servers: Vec<Ipv4Addr>,
    /// How it is reached.
    pub via: Connection,
}

/// How a datacenter is reached.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Connection {
    /// A site-to-site VPN that the stack creates.
    Vpn(Vpn),
    /// A VPN that exists; its transit gateway is used instead of a new one.
    Existing(Ref<ExistingVpn>),
}

/// A site-to-site VPN with two tunnels, IKEv2 and AES-256-GCM; its pre-shared keys stay in Secrets Manager.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Vpn {
    /// The public address of the customer gateway.
    pub gateway: Ipv4Addr,
    /// The autonomous system number of the customer gateway. Default: 65000.
    #[serde(default = "customer_asn")]
    pub asn: u32,
    /// How routes are learnt. Default: `bgp`.
    #[serde(default)]
    pub routing: Routing,
}

/// How the routes of a VPN are learnt.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum Routing {
    /// By BGP.
    #[default]
    Bgp,
    /// From the datacenter's blocks in this file.
    Static,
}

fn amazon_asn() -> u32 {
    64512
}

fn customer_asn() -> u32 {
    65000
}
