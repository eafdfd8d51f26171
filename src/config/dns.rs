//! Names in DNS.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Api, Balancer, ExistingZone, Network, Ref, section};
use crate::quantity::{DomainName, Key, Percent, Seconds};

/// A name in DNS, of type A alias where it leads to AWS, with its health checks.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dns {
    /// The existing public zone the name is in, or the parent of `child`.
    pub zone: Ref<ExistingZone>,
    /// A zone that the stack creates below `zone`, delegated by an NS record.
    pub child: Option<DomainName>,
    /// The name.
    pub name: DomainName,
    /// Where it leads.
    pub to: DnsTarget,
    /// How long resolvers keep it. Default: 60 s.
    #[serde(default = "a_minute")]
    pub ttl: Seconds,
    /// The name this section had before it was renamed: its resources move, nothing is replaced.
    pub formerly: Option<Key>,
}
section!(Dns, "dns");

/// Where a name leads.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DnsTarget {
    /// An API.
    Api(Ref<Api>),
    /// A load balancer; shares in percent by its networks, which is by region. They sum to 100, and a
    /// network that is unhealthy fails over to the others.
    Balancer(BalancerShares),
}

/// How a name is shared among the networks of a load balancer.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BalancerShares {
    /// The load balancer.
    pub name: Ref<Balancer>,
    /// Percent by network. Default: all on its first.
    #[serde(default)]
    pub shares: BTreeMap<Ref<Network>, Percent>,
}

fn a_minute() -> Seconds {
    Seconds::constant::<60>()
}
