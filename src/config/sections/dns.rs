//! DNS records.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Api, Balancer, ExistingZone, Network, Ref, section};
use crate::newtypes::{InvalidValue, Key, Percent, PublicName, Seconds};

/// A public DNS name with weighted records and health checks.
///
/// If `[traffic]` splits requests at it, the old side and the new side have weighted records of one type: A at the apex
/// of a zone, and CNAME elsewhere.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dns {
    /// The existing public zone of the name, or the parent of `child`.
    pub zone: Ref<ExistingZone>,
    /// A subdomain of `zone` that the stack creates as a zone of its own and delegates. May contain `{env}` and `{suffix}`.
    pub child: Option<PublicName>,
    /// The name, which may contain `{env}` and `{suffix}`. The record of the new side has the prefix `new.`.
    pub name: PublicName,
    /// Its target.
    pub to: DnsTarget,
    /// TTL of the records, in seconds. It is part of the DNS rollback time. Default: 30. Aliases have 60 s, whatever it is.
    #[serde(default = "half_a_minute")]
    pub ttl: Seconds,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(Dns, "dns");

/// Target of a DNS name.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DnsTarget {
    /// An API.
    Api(Ref<Api>),
    /// A load balancer, with weights of its networks. An unhealthy network fails over to the others.
    Balancer(BalancerWeights),
}

/// Weights of the networks of a load balancer.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BalancerWeights {
    /// The load balancer.
    pub name: Ref<Balancer>,
    /// Percentage by network, in total 100. Default: 100 for the first network.
    #[serde(default)]
    pub weights: BTreeMap<Ref<Network>, Percent>,
}

impl Dns {
    /// The name of the new side's record in a traffic split.
    ///
    /// # Errors
    /// If the name is too long for another label.
    pub fn new_side_name(&self) -> Result<PublicName, InvalidValue> {
        format!("new.{}", self.name).parse()
    }
}

impl BalancerWeights {
    /// The weight of `network`, one of the load balancer's `networks`.
    pub fn of(&self, network: &Ref<Network>, networks: &[Ref<Network>]) -> Percent {
        if self.weights.is_empty() && networks.first() == Some(network) {
            return Percent::ALL;
        }
        self.weights.get(network).copied().unwrap_or(Percent::NONE)
    }
}

fn half_a_minute() -> Seconds {
    Seconds::constant::<30>()
}
