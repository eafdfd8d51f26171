//! Application load balancers and their certificates.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ExistingZone, Network, Ref, Service, Waf, section};
use crate::newtypes::{Arn, Key, PublicName, Seconds};

/// An Application Load Balancer in each network, with TLS 1.2 and 1.3 only.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Balancer {
    /// Its networks.
    pub networks: Vec<Ref<Network>>,
    /// `internal` or `internet-facing`. Default: `internal`.
    #[serde(default)]
    pub scheme: Scheme,
    /// Its TLS certificate.
    pub certificate: Certificate,
    /// The services that it forwards to. Two services have equal weights, unless `[traffic]` splits requests.
    pub services: Vec<Ref<Service>>,
    /// The web ACL that protects it.
    pub waf: Option<Ref<Waf>>,
    /// Longest life of a client connection, in seconds. It is part of the DNS rollback time. Default: 60 (AWS: 3600).
    #[serde(default = "a_minute")]
    pub client_keep_alive: Seconds,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(Balancer, "balancer");

/// Scheme of a load balancer.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum Scheme {
    /// Reachable from the network and from connected networks.
    #[default]
    Internal,
    /// Reachable from the internet.
    InternetFacing,
}

/// A TLS certificate.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Certificate {
    /// Requested from ACM and validated in a zone.
    Requested(RequestedCertificate),
    /// An existing certificate in ACM, in the same region.
    Arn(Arn),
}

/// A certificate requested from ACM.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestedCertificate {
    /// The domain name, which may contain `{env}` and `{suffix}`.
    pub name: PublicName,
    /// The public zone with the validation records.
    pub zone: Ref<ExistingZone>,
}

fn a_minute() -> Seconds {
    Seconds::constant::<60>()
}
