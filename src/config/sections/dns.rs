//! Names in DNS.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Api, Balancer, ExistingZone, Network, Ref, section};
use crate::newtypes::{DomainName, InvalidValue, Key, Percent, Seconds};

/// A public name in DNS, shared by weight, with health checks of what it leads to.
///
/// Where `[traffic]` splits requests at it, the old side and the new share the name as one record
/// set, which has one type: A at the apex of a zone, where a CNAME is illegal, and CNAME below it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dns {
    /// The existing public zone the name is in, or the parent of `child`.
    pub zone: Ref<ExistingZone>,
    /// A zone that the stack creates below `zone`, delegated by an NS record.
    pub child: Option<DomainName>,
    /// The name. What leads to AWS has the label `new` before it.
    pub name: DomainName,
    /// Where it leads.
    pub to: DnsTarget,
    /// How long resolvers keep it. Default: 60 s.
    #[serde(default = "a_minute")]
    pub ttl: Seconds,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
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
    Balancer(BalancerWeights),
}

/// How a name is shared among the networks of a load balancer.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BalancerWeights {
    /// The load balancer.
    pub name: Ref<Balancer>,
    /// Percent by network. Default: all on its first.
    #[serde(default)]
    pub weights: BTreeMap<Ref<Network>, Percent>,
}

impl Dns {
    /// The name of what leads to AWS, where the old side shares the name.
    ///
    /// # Errors
    /// Where the name has no room for another label.
    pub fn new_side_name(&self) -> Result<DomainName, InvalidValue> {
        format!("new.{}", self.name).parse()
    }
}

impl BalancerWeights {
    /// The share of `network`, one of the load balancer's `networks`.
    pub fn of(&self, network: &Ref<Network>, networks: &[Ref<Network>]) -> Percent {
        if self.weights.is_empty() && networks.first() == Some(network) {
            return Percent::ALL;
        }
        self.weights.get(network).copied().unwrap_or(Percent::NONE)
    }
}

fn a_minute() -> Seconds {
    Seconds::constant::<60>()
}
