//! REST APIs.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Balancer, Ref, RequestedCertificate, Waf, section};
use crate::newtypes::Key;

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
    pub throttle_rate: u32,
    /// The web ACL before it.
    pub waf: Option<Ref<Waf>>,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
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

fn thousand() -> u32 {
    1000
}
