//! Application load balancers and their certificates.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ExistingZone, Network, Ref, Service, Waf, section};
use crate::newtypes::{Arn, DomainName, Key, Seconds};

/// An application load balancer: one in each network, TLS 1.2 and 1.3 only.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Balancer {
    /// The networks it stands in.
    pub networks: Vec<Ref<Network>>,
    /// Who reaches it. Default: `internal`.
    #[serde(default)]
    pub scheme: Scheme,
    /// Its certificate.
    pub certificate: Certificate,
    /// The services behind it. Two of them share requests evenly, unless `[traffic]` says otherwise.
    pub services: Vec<Ref<Service>>,
    /// The web ACL before it.
    pub waf: Option<Ref<Waf>>,
    /// How long a client's connection lives, at most; the old side drains no faster. Default: 60 s (AWS's own is an hour).
    #[serde(default = "a_minute")]
    pub client_keep_alive: Seconds,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(Balancer, "balancer");

/// Who reaches a load balancer.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum Scheme {
    /// What is in the network, or connected to it.
    #[default]
    Internal,
    /// Everybody.
    InternetFacing,
}

/// A TLS certificate.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Certificate {
    /// Requested from ACM and validated in a zone.
    Requested(RequestedCertificate),
    /// One that exists in ACM, in the same region.
    Arn(Arn),
}

/// A certificate requested from ACM.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestedCertificate {
    /// The name it is for.
    pub name: DomainName,
    /// The public zone that proves it.
    pub zone: Ref<ExistingZone>,
}

fn a_minute() -> Seconds {
    Seconds::constant::<60>()
}
