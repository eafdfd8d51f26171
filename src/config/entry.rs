//! Where requests come in: load balancers, APIs, DNS, and the web ACL before them.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ExistingZone, Network, Ref, Service, section};
use crate::quantity::{Arn, DomainName, Key, Percent, Seconds};

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
    pub keep_alive: Seconds,
    /// The name this section had before it was renamed: its resources move, nothing is replaced.
    pub formerly: Option<Key>,
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

/// A REST API with regional endpoint, reaching a load balancer through a VPC link.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Api {
    /// The load balancer behind it: private, reached through a network load balancer.
    pub balancer: Ref<Balancer>,
    /// Its own name; the default endpoint, which cannot demand TLS 1.2, is then off.
    pub domain: Option<RequestedCertificate>,
    /// What it serves, by a name of your choice.
    pub routes: BTreeMap<Key, ApiRoute>,
    /// Who may call it. Default: `iam`.
    #[serde(default)]
    pub authorizer: Authorizer,
    /// Requests in a second before it throttles. Default: 1000.
    #[serde(default = "thousand")]
    pub rate: u32,
    /// The web ACL before it.
    pub waf: Option<Ref<Waf>>,
    /// The name this section had before it was renamed: its resources move, nothing is replaced.
    pub formerly: Option<Key>,
}
section!(Api, "api");

/// One method on one path.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiRoute {
    /// The method.
    pub method: Method,
    /// The path: `/payments/{id}`.
    pub path: String,
    /// The fields that a body must have; what does not fit is refused before any code runs.
    #[serde(default)]
    pub body: BTreeMap<String, FieldType>,
    /// Headers that a request must have, such as `Idempotency-Key`.
    #[serde(default)]
    pub headers: BTreeSet<String>,
}

/// An HTTP method.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Read.
    Get,
    /// Create.
    Post,
    /// Replace.
    Put,
    /// Change.
    Patch,
    /// Remove.
    Delete,
}

/// The type of a field of a request's body.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum FieldType {
    /// Text.
    String,
    /// A number.
    Number,
    /// A whole number.
    Integer,
    /// Yes or no.
    Boolean,
    /// An object.
    Object,
}

/// Who may call an API.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum Authorizer {
    /// Callers that sign with IAM credentials.
    #[default]
    Iam,
    /// Whom the stack's own authorizer function lets in (`lambda/authorizer`), by token and route.
    Custom,
}

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

/// A web ACL.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waf {
    /// Requests that one address may make in a window before it is blocked.
    pub rate_limit: Option<RateLimit>,
    /// Rule groups that AWS manages.
    #[serde(default)]
    pub managed: BTreeSet<ManagedRules>,
    /// The name this section had before it was renamed: its resources move, nothing is replaced.
    pub formerly: Option<Key>,
}
section!(Waf, "waf");

/// How many requests one address may make. Counting is approximate and lags by about ten seconds.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// Requests in a window, at least 10.
    #[schemars(range(min = 10))]
    pub requests: u32,
    /// The window. Default: `1m`.
    #[serde(default)]
    pub window: Window,
}

/// A window of a rate limit: only the values its API takes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum Window {
    /// One minute.
    #[default]
    #[serde(rename = "1m")]
    Minute,
    /// Two minutes.
    #[serde(rename = "2m")]
    TwoMinutes,
    /// Five minutes.
    #[serde(rename = "5m")]
    FiveMinutes,
    /// Ten minutes.
    #[serde(rename = "10m")]
    TenMinutes,
}

impl Window {
    /// Its length in seconds.
    pub fn seconds(self) -> u32 {
        match self {
            Self::Minute => 60,
            Self::TwoMinutes => 120,
            Self::FiveMinutes => 300,
            Self::TenMinutes => 600,
        }
    }
}

/// A rule group that AWS manages.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ManagedRules {
    /// What is common: `AWSManagedRulesCommonRuleSet`.
    Common,
    /// SQL injection: `AWSManagedRulesSQLiRuleSet`.
    SqlInjection,
    /// Inputs known to be bad: `AWSManagedRulesKnownBadInputsRuleSet`.
    KnownBadInputs,
    /// Addresses known to be bad: `AWSManagedRulesAmazonIpReputationList`.
    IpReputation,
}

impl ManagedRules {
    /// The name AWS gives the group.
    pub fn group(self) -> &'static str {
        match self {
            Self::Common => "AWSManagedRulesCommonRuleSet",
            Self::SqlInjection => "AWSManagedRulesSQLiRuleSet",
            Self::KnownBadInputs => "AWSManagedRulesKnownBadInputsRuleSet",
            Self::IpReputation => "AWSManagedRulesAmazonIpReputationList",
        }
    }
}

fn a_minute() -> Seconds {
    Seconds::constant::<60>()
}

fn thousand() -> u32 {
    1000
}
