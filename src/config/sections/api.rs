//! REST APIs.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Balancer, Ref, RequestedCertificate, Waf, section};
use crate::newtypes::Key;

/// A REST API with a regional endpoint. It forwards to a load balancer through a VPC link.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Api {
    /// The internal load balancer that receives the requests.
    pub balancer: Ref<Balancer>,
    /// The custom domain name. It disables the default endpoint, which cannot require TLS 1.2.
    pub domain: Option<RequestedCertificate>,
    /// Routes, each with a name of your choice.
    pub routes: BTreeMap<Key, ApiRoute>,
    /// Authorization of callers. Default: `iam`.
    #[serde(default)]
    pub authorizer: Authorizer,
    /// Throttling limit, in requests per second. Default: 1000.
    #[serde(default = "thousand")]
    pub throttle_rate: u32,
    /// The web ACL that protects it.
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
    /// The HTTP method.
    pub method: Method,
    /// The path, such as `/payments/{id}`.
    pub path: String,
    /// Required fields of the body. API Gateway rejects other bodies before any code runs.
    #[serde(default)]
    pub body: BTreeMap<String, FieldType>,
    /// Required headers, such as `Idempotency-Key`.
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

/// Type of a body field.
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
    /// True or false.
    Boolean,
    /// An object.
    Object,
}

/// Authorization of an API.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum Authorizer {
    /// IAM: callers sign their requests.
    #[default]
    Iam,
    /// A Lambda authorizer of the stack (`lambda/authorizer`), by access token and route.
    Custom,
}

fn thousand() -> u32 {
    1000
}
