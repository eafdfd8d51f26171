//! Existing resources: looked up by name or tag at plan, never created.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Named, VpnRouting, section};
use crate::newtypes::{Cidr, DomainName, ImageTag, Key, Port, Region, RepositoryName};

/// Existing resources, by kind and name.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Existing {
    /// VPCs with their subnets and security groups.
    pub vpc: Named<ExistingVpc>,
    /// VPN connections to on-premises.
    pub vpn: Named<ExistingVpn>,
    /// Route 53 hosted zones.
    pub zone: Named<ExistingZone>,
    /// Secrets Manager secrets.
    pub secret: Named<ExistingSecret>,
    /// Container images in ECR of the account.
    pub image: Named<ExistingImage>,
    /// Machine images.
    pub ami: Named<ExistingAmi>,
    /// IAM roles.
    pub role: Named<ExistingRole>,
    /// HTTPS services outside this stack, such as the system that is replaced.
    pub http: Named<ExistingHttp>,
}

/// A VPC that is looked up by its `Name` tag.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExistingVpc {
    /// Its region.
    pub region: Region,
    /// Its `Name` tag.
    pub name_tag: String,
    /// Its CIDR block. It must not overlap a network of the stack.
    pub cidr: Cidr,
    /// `Name` tags of its subnets for a transit gateway, each with a name of your choice; at most one in a zone.
    #[serde(default)]
    pub subnets: BTreeMap<Key, String>,
    /// `Name` tags of the route tables that receive routes to the transit gateway, each with a name of your choice.
    /// Default: the route tables of `subnets`. Each subnet then needs one of its own, by an explicit association.
    #[serde(default)]
    pub route_tables: BTreeMap<Key, String>,
    /// `Name` tags of its security groups, each with a name of your choice.
    #[serde(default)]
    pub security_groups: BTreeMap<Key, String>,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(ExistingVpc, "existing.vpc");

/// A VPN connection that ends at a transit gateway, looked up by tags.
///
/// The provider has no data source for a VPN connection itself before 6.0; a virtual private gateway
/// attaches to one VPC only, so it could not serve a new one.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExistingVpn {
    /// Its region.
    pub region: Region,
    /// The `Name` tag of the VPN connection's attachment to the transit gateway.
    pub name_tag: String,
    /// The `Name` tag of the transit gateway.
    pub transit_gateway: String,
    /// Its routing: `bgp` or `static`. With `static` the stack adds the routes to the datacenter's CIDR blocks. Default: `bgp`.
    #[serde(default)]
    pub routing: VpnRouting,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(ExistingVpn, "existing.vpn");

/// A Route 53 hosted zone, looked up by its name.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExistingZone {
    /// Its name.
    pub name: DomainName,
    /// `public` or `private`. Default: `public`.
    #[serde(default)]
    pub visibility: Visibility,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(ExistingZone, "existing.zone");

/// Visibility of a zone.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum Visibility {
    /// Resolved on the internet.
    #[default]
    Public,
    /// Resolved in associated VPCs.
    Private,
}

/// A Secrets Manager secret, looked up by its name. Its value is never stored in the state.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExistingSecret {
    /// Its region.
    pub region: Region,
    /// Its name in Secrets Manager.
    pub name: String,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(ExistingSecret, "existing.secret");

/// A container image, by ECR repository and tag. The plan resolves the digest.
///
/// The environment `bootstrap` creates the repository in every region that runs the image. The image must exist before the
/// plan of its functions (every phase) and of its tasks (from phase `migration`).
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExistingImage {
    /// The repository's name, which may contain `{suffix}`.
    pub repository: RepositoryName,
    /// The tag. The plan fails if tags of the repository are mutable.
    pub tag: ImageTag,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(ExistingImage, "existing.image");

/// An AMI, looked up by its name. A service uses the newest match at its first plan.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExistingAmi {
    /// The owner: an account ID, `self` or `amazon`.
    pub owner: String,
    /// The name, with the wildcard `*`.
    pub name: String,
    /// Its architecture. Default: `arm64`.
    #[serde(default)]
    pub architecture: Architecture,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(ExistingAmi, "existing.ami");

/// Processor architecture.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum Architecture {
    /// Graviton.
    #[default]
    Arm64,
    /// Intel or AMD.
    #[serde(rename = "x86_64")]
    X8664,
}

/// An IAM role, looked up by its name.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExistingRole {
    /// Its name.
    pub name: String,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(ExistingRole, "existing.role");

/// An HTTPS service outside this stack, such as the system that is replaced.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExistingHttp {
    /// Its host name, which its certificate contains.
    pub host: DomainName,
    /// Its port. Default: 443.
    #[serde(default = "https")]
    pub port: Port,
    /// Path of the health check. It returns 200 only while the service can write to its database. Default: `/health`.
    #[serde(default = "health_path")]
    pub health_path: String,
    /// Its addresses, required by a traffic split at a load balancer; public ones by a split at the apex of a zone.
    #[serde(default)]
    pub addresses: Vec<Ipv4Addr>,
    /// Its load balancer on AWS, for a traffic split at the apex of a zone without addresses.
    pub balancer: Option<ExistingBalancer>,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(ExistingHttp, "existing.http");

/// A load balancer, looked up by its name.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExistingBalancer {
    /// Its region.
    pub region: Region,
    /// Its name.
    pub name: String,
}

fn https() -> Port {
    Port::constant::<443>()
}

fn health_path() -> String {
    "/health".to_owned()
}
